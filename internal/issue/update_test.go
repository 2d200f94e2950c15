package issue_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/postgres/postgrestest"
)

func news(issue, title, date, body string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("---\nissue: " + issue + "\ntitle: " + title + "\ndate: " + date + "\nsummary: In short.\n---\n\n" + body + "\n")}
}

func withNews() fstest.MapFS {
	fsys := world()
	fsys["en/issues/fire.md"] = &fstest.MapFile{Data: []byte("---\ntitle: Fire\nsummary: s\npublished: 2026-01-01\nupdated: 2026-01-01\n---\n")}
	fsys["en/updates/old.md"] = news("water", "Old", "2026-01-05", "It was about *due process*.")
	fsys["en/updates/new.md"] = news("water", "New", "2026-03-05", "More.")
	fsys["en/updates/other.md"] = news("fire", "Other", "2026-02-05", "")
	fsys["en/updates/embargoed.md"] = news("water", "Embargoed", time.Now().AddDate(0, 0, 3).Format(time.DateOnly), "Not yet.")
	fsys["en/updates/hidden.md"] = news("later", "Hidden", "2026-02-05", "Its issue isn't out.")
	return fsys
}

func keys(updates []issue.Update) string {
	var all []string
	for _, u := range updates {
		all = append(all, u.Key)
	}
	return strings.Join(all, " ")
}

func TestUpdatesAreSeenFromTheirDayOn(t *testing.T) {
	t.Parallel()
	issues := load(t, withNews())
	for slug, want := range map[string]string{"water": "new old", "fire": "other", "later": "", "none": ""} {
		if got, err := issues.Updates(t.Context(), slug); err != nil || keys(got) != want {
			t.Errorf("%s: %q, %v; want %q", slug, keys(got), err, want)
		}
	}
	if got, err := issues.LatestUpdates(t.Context(), 2); err != nil || keys(got) != "new other" {
		t.Errorf("latest: %q, %v", keys(got), err)
	}
	u, err := issues.UpdateByKey(t.Context(), "water", "old")
	if err != nil || u.Title != "Old" || u.Date.Format(time.DateOnly) != "2026-01-05" || !strings.Contains(string(u.HTML), `href="/terms/due-process"`) || len(u.Mentioned) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	for _, key := range []string{"other", "embargoed", "hidden", "none", ""} {
		if _, err := issues.UpdateByKey(t.Context(), "water", key); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%q of another issue, or of tomorrow: %v", key, err)
		}
	}
	if _, err := issues.UpdateByKey(t.Context(), "later", "hidden"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("on an issue that isn't out: %v", err)
	}
	if got, err := issues.Updates(i18n.With(t.Context(), "es"), "water"); err != nil || len(got) != 0 {
		t.Errorf("in another language: %v, %v", got, err)
	}
}

func TestAnUpdateFitsItsTable(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), &issue.Update{})
}

func TestWhatIsWrongWithAnUpdate(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 500)
	for front, field := range map[string]string{
		"title: T\ndate: 2026-01-01\nsummary: S\n":                               "issue",
		"issue: A B\ntitle: T\ndate: 2026-01-01\nsummary: S\n":                   "issue",
		"issue: water\ndate: 2026-01-01\nsummary: S\n":                           "title",
		"issue: water\ntitle: " + long + "\ndate: 2026-01-01\nsummary: S\n":      "title",
		"issue: water\ntitle: T\nsummary: S\n":                                   "date",
		"issue: water\ntitle: T\ndate: yesterday\nsummary: S\n":                  "",
		"issue: water\ntitle: T\ndate: 2026-01-01\n":                             "summary",
		"issue: water\ntitle: T\ndate: 2026-01-01\nsummary: " + long + "\n":      "summary",
		"issue: water\ntitle: T\ndate: 2026-01-01\nsummary: S\nauthor: nobody\n": "author",
	} {
		it, err := item.Parse("en/updates/x.md", []byte("---\n"+front+"---\n"))
		if err != nil {
			t.Fatal(err)
		}
		it.Kind, it.Slug, it.Lang = "updates", "x", "en"
		problems, ok := item.AsProblems((*issue.Issues)(nil).SaveUpdate(t.Context(), nil, it))
		if !ok || len(problems) == 0 || (field != "" && problems[0].Field != field) {
			t.Errorf("%q: %v, want a problem with %q", front, problems, field)
		}
	}
}
