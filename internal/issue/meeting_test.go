package issue

import (
	"strings"
	"testing"
	"time"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

const oneMeeting = `  - key: board
    board: Board
    title: Regular meeting
    starts: 2027-06-08T18:00
    ends: 2027-06-08T20:00
    zone: America/Denver
    place: City Hall
    address: 1 Main St
    city: Denver
    state: CO
    speak: Sign up.
    sign_up_by: 2027-06-08T12:00
    speak_minutes: 3
    points: [One., Two.]
    source_title: City
    source_url: https://example.org/agenda
`

func meetingsFile(t *testing.T, meetings string) item.Item {
	t.Helper()
	it, err := item.Parse("en/meetings/water.md", []byte("---\nmeetings:\n"+meetings+"---\n\nFind **yours**.\n"))
	if err != nil {
		t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = "meetings", "water", "en"
	return it
}

// clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func TestMeetingsAreSavedAndFollowed(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	postgrestest.CheckStruct(t, db, &Agenda{}, &Meeting{})
	issues, now := New(db), &clock{time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	save := func(meetings string) {
		t.Helper()
		err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
			return issues.SaveMeetings(now.now)(t.Context(), tx, meetingsFile(t, meetings))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	find := func() Meeting {
		t.Helper()
		m, err := issues.Meeting(t.Context(), "water", "board")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	save(oneMeeting)
	first := find()
	if first.Sequence != 0 || !first.ChangedAt.Equal(now.Time) || first.There(first.Starts).Format("15:04 MST") != "18:00 MDT" || len(first.Points) != 2 {
		t.Errorf("a new meeting: %+v", first)
	}
	now.Time = now.AddDate(0, 0, 1)
	later := strings.ReplaceAll(strings.ReplaceAll(oneMeeting, "key: board", "key: other"), "2027-06-08", "2027-05-01")
	save(oneMeeting + later)
	if m := find(); m.Sequence != 0 || !m.ChangedAt.Equal(first.ChangedAt) {
		t.Errorf("a meeting that nobody changed: %d, %s", m.Sequence, m.ChangedAt)
	}
	save(strings.Replace(oneMeeting, "City Hall", "Library", 1) + later)
	if m := find(); m.Sequence != 1 || !m.ChangedAt.Equal(now.Time) || m.Place != "Library" {
		t.Errorf("a meeting that moved: %+v", m)
	}
	agenda, coming, err := issues.Meetings(t.Context(), "water", now.Time)
	if err != nil || len(coming) != 2 || coming[0].Key != "other" || !strings.Contains(string(agenda.HTML), "<strong>yours</strong>") {
		t.Errorf("coming are %v of %+v, %v", coming, agenda, err)
	}
	if _, coming, err = issues.Meetings(t.Context(), "water", time.Date(2027, 5, 2, 2, 0, 0, 0, time.UTC)); err != nil || len(coming) != 1 {
		t.Errorf("after the first, %d are coming, %v", len(coming), err)
	}
	if _, coming, err = issues.Meetings(t.Context(), "fire", now.Time); err != nil || len(coming) != 0 {
		t.Errorf("without an agenda: %v, %v", coming, err)
	}
	if _, err := issues.Meeting(t.Context(), "water", "none"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("an unknown meeting: %v", err)
	}
	save("")
	if _, err := issues.Meeting(t.Context(), "water", "board"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a meeting that was taken off: %v", err)
	}
}

func TestWhatIsWrongWithMeetings(t *testing.T) {
	t.Parallel()
	issues := New(nil)
	change := func(old, now string) string { return strings.Replace(oneMeeting, old, now, 1) }
	for name, c := range map[string]struct{ file, want string }{
		"no zone":           {change("    zone: America/Denver\n", ""), "zone: is required"},
		"this computer's":   {change("America/Denver", "Local"), "zone: is required"},
		"an unknown zone":   {change("America/Denver", "Mountain"), "no time zone"},
		"ends first":        {change("ends: 2027-06-08T20:00", "ends: 2027-06-08T17:00"), "must come after starts"},
		"ends at once":      {change("ends: 2027-06-08T20:00", "ends: 2027-06-08T18:00"), "must come after starts"},
		"no start":          {change("    starts: 2027-06-08T18:00\n", ""), "starts: is required"},
		"a day only":        {change("2027-06-08T18:00", "2027-06-08"), "a time is written as"},
		"a time skipped":    {change("2027-06-08T18:00", "2027-03-14T02:30"), "skip this time"},
		"an odd year":       {change("2027-06-08T18:00", "0207-06-08T18:00"), "year can't be right"},
		"a late sign-up":    {change("sign_up_by: 2027-06-08T12:00", "sign_up_by: 2027-06-09T12:00"), "must not come after the meeting"},
		"an unknown key":    {change("key: board", "kye: board"), "there is no such field"},
		"a key no slug":     {change("key: board", "key: The.board"), "not a slug"},
		"two of a key":      {oneMeeting + oneMeeting, "another meeting has the key"},
		"an unknown state":  {change("state: CO", "state: ZZ"), "not a state"},
		"nowhere":           {change("    place: City Hall\n", ""), "needs a place or an online_url"},
		"a plain link":      {change("https://example.org/agenda", "http://example.org/agenda"), "https://"},
		"no source title":   {change("    source_title: City\n", ""), "source_title: is required"},
		"too many points":   {change("[One., Two.]", "[a, b, c, d, e, f]"), "5 fit"},
		"an empty point":    {change("[One., Two.]", "['']"), "is required"},
		"an hour and more":  {change("speak_minutes: 3", "speak_minutes: 90"), "between 0 and 60"},
		"no way to speak":   {change("    speak: Sign up.\n", ""), "speak: is required"},
		"10,000 characters": {change("board: Board", "board: "+strings.Repeat("x", 10_000)), "160 fit"},
	} {
		err := issues.SaveMeetings(time.Now)(t.Context(), nil, meetingsFile(t, c.file))
		if problems, ok := item.AsProblems(err); !ok || !strings.Contains(problems.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestPastMeetingsAreNotedAndTaken(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 6, 10, 0, 0, 0, 0, time.UTC)
	notes := MeetingsOver(func() time.Time { return at })(meetingsFile(t, oneMeeting+strings.NewReplacer("key: board", "key: next", "2027", "2028").Replace(oneMeeting)))
	if len(notes) != 1 || !strings.Contains(notes[0], `"board"`) {
		t.Errorf("notes: %q", notes)
	}
}

func TestWhenAMeetingChanges(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC)
	m := Meeting{Starts: at, SignUpBy: at.Add(-time.Hour)}
	for _, c := range []struct{ now, want time.Time }{
		{at.Add(-2 * time.Hour), at.Add(-time.Hour)}, {at, at.Add(supposed)}, {at.Add(supposed), time.Time{}},
	} {
		if got := m.Changes(c.now); !got.Equal(c.want) {
			t.Errorf("at %s it changes at %s", c.now, got)
		}
	}
	if m.IsOver(at) || !m.IsOver(at.Add(supposed)) || m.SignUpOpen(at) || !m.SignUpOpen(at.Add(-2*time.Hour)) {
		t.Error("over too soon or too late")
	}
}
