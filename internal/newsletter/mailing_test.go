package newsletter_test

import (
	"context"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/newsletter"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// press is a newsletter with a mail server, subscribers of its own making and a clock that tests move.
type press struct {
	t        *testing.T
	db       *postgres.DB
	box      *seal.Box
	server   *mailtest.Server
	post     *mail.Post
	letters  *newsletter.Newsletter
	mailings *newsletter.Mailings

	mu sync.Mutex
	at time.Time
}

var denver = func() *time.Location {
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		panic(err)
	}
	return zone
}()

func newPress(t *testing.T) *press {
	t.Helper()
	box, err := seal.New(seal.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	p := &press{t: t, db: postgrestest.New(t), box: box, server: mailtest.New(t), at: time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC)}
	p.terms("due-process", "notice", "rights")
	p.post, p.letters, p.mailings = p.node()
	return p
}

// node is one program of a fleet on the same database.
func (p *press) node() (*mail.Post, *newsletter.Newsletter, *newsletter.Mailings) {
	p.t.Helper()
	smtp, err := mail.NewSMTP(p.server.URL(), "center.test")
	if err != nil {
		p.t.Fatal(err)
	}
	supporters := supporter.New(p.db, p.box, p.now)
	post := mail.New(p.db, mail.Options{
		Sender: smtp, Officials: mail.NewCapture(p.t.TempDir()), From: netmail.Address{Address: "post@center.test"}, Now: p.now,
		SuppressedAmong: supporters.SuppressedAmong, Log: slog.New(slog.DiscardHandler),
	})
	letters := newsletter.New(newsletter.Options{DB: p.db, Box: p.box, Post: post, Supporters: supporters, BaseURL: "https://act.center.test", Now: p.now})
	post.Register(mail.Kind{Name: newsletter.MailEdition, Bulk: true, Render: func(ctx context.Context, m mail.Mail) (mail.Message, error) {
		box, err := letters.Letterbox(ctx, m.SubjectID)
		return mail.Message{To: netmail.Address{Address: box.Email}, Subject: "Term", Text: "Text"}, err
	}})
	mailings := newsletter.NewMailings(newsletter.MailingOptions{
		DB: p.db, Box: p.box, Post: post, Terms: glossary.New(p.db, glossary.InZone(denver), glossary.WithClock(p.now)), Now: p.now, Log: slog.New(slog.DiscardHandler),
		Issues: issue.New(p.db), Supporters: supporters,
		Schedule: newsletter.Schedule{Zone: denver, Hour: 7, Days: newsletter.DaysOf(0, 1, 2, 3, 4, 5, 6), Weekly: time.Saturday},
		Action: func(context.Context, glossary.Term) (newsletter.Action, error) {
			return newsletter.Action{Issue: "water", Signed: 1234, Goal: 5000}, nil
		},
	})
	post.Register(mail.Kind{Name: newsletter.MailUpdate, Bulk: true, Render: func(ctx context.Context, m mail.Mail) (mail.Message, error) {
		one, err := mailings.ByID(ctx, *m.Batch)
		if err != nil {
			return mail.Message{}, err
		}
		reader, err := mailings.Reader(ctx, one, m.SubjectID)
		return mail.Message{To: netmail.Address{Address: reader.Email}, Subject: "News", Text: "Text"}, err
	}})
	return post, letters, mailings
}

func (p *press) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *press) add(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = p.at.Add(d)
}

func (p *press) terms(slugs ...string) {
	p.t.Helper()
	err := p.db.InTx(p.t.Context(), func(tx *postgres.Tx) error {
		for _, slug := range slugs {
			it, err := item.Parse(slug+".md", fmt.Appendf(nil, "---\ntitle: %s\ndefinition: d\ntheme: t\n---\n\nText.\n", slug))
			if err != nil {
				return err
			}
			it.Kind, it.Slug, it.Lang = "terms", slug, "en"
			if err := glossary.New(p.db).SaveContent(p.t.Context(), tx, it); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// subscribe makes n active subscribers, p0@ and on, each at one of so many domains.
func (p *press) subscribe(n, domains int, rhythm string) []newsletter.Subscriber {
	p.t.Helper()
	var rows []newsletter.Subscriber
	var people []newsletter.Person
	at := p.now()
	for i := range n {
		id := uuid.Must(uuid.NewV7())
		email := fmt.Sprintf("%s%d@d%d.example", rhythm, i, i%domains)
		rows = append(rows, newsletter.Subscriber{
			ID: id, MailboxKey: supporter.MailboxKey(p.box, email), KeyVersion: p.box.KeyVersion(), State: newsletter.Active, Rhythm: rhythm, Lang: "en",
			CreatedAt: at, ConfirmedAt: &at,
		})
		people = append(people, newsletter.Person{ID: id, Email: p.box.Seal(email, seal.Place{Table: "subscriber_person", Column: "email", Row: id})})
	}
	db := p.db.Gorm.WithContext(p.t.Context())
	for _, err := range []error{db.CreateInBatches(rows, 500).Error, db.CreateInBatches(people, 500).Error} {
		if err != nil {
			p.t.Fatal(err)
		}
	}
	return rows
}

// late subscribes one more, who says yes now.
func (p *press) late() string {
	row := p.subscribe(1, 1, newsletter.Weekly)[0]
	p.db.Gorm.Exec(`UPDATE subscriber SET rhythm = 'daily' WHERE id = ?`, row.ID)
	return "weekly0@d0.example"
}

func (p *press) begin(kind string) newsletter.Mailing {
	p.t.Helper()
	one, begun, err := p.mailings.Begin(p.t.Context(), kind, p.mailings.Today())
	if err != nil || !begun {
		p.t.Fatalf("begun %v: %v", begun, err)
	}
	return one
}

// round walks, works, and moves the clock.
func (p *press) round() {
	p.t.Helper()
	if err := p.mailings.Walk(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	if err := p.post.WorkBulk(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	p.add(15 * time.Second)
}

func (p *press) read(id uuid.UUID) newsletter.Mailing {
	p.t.Helper()
	one, err := p.mailings.ByID(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return one
}

func (p *press) until(id uuid.UUID, state string) newsletter.Mailing {
	p.t.Helper()
	for range 60 {
		p.round()
		if one := p.read(id); one.State == state {
			return one
		}
	}
	p.t.Fatalf("it is %+v", p.read(id))
	return newsletter.Mailing{}
}

func (p *press) receivers() (to []string) {
	for _, r := range p.server.Accepted() {
		to = append(to, r.To)
	}
	slices.Sort(to)
	return to
}

func TestAnEditionReachesEveryDailyReaderOnce(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.subscribe(2300, 500, newsletter.Daily)
	one := p.begin(newsletter.KindEdition)
	if one.Recipients != 2300 || one.Term == "" || one.Signed != 1234 {
		t.Fatalf("%+v", one)
	}
	p.add(time.Second)
	late := p.late()
	done := p.until(one.ID, newsletter.Done)
	to := p.receivers()
	if len(to) != 2300 || len(slices.Compact(to)) != 2300 {
		t.Fatalf("%d mails", len(to))
	}
	if slices.Contains(to, late) {
		t.Error("someone who came after it began got it")
	}
	if done.Sent != 2300 || done.Walked != 2300 || done.Remaining() != 0 || done.FinishedAt == nil {
		t.Errorf("%+v", done)
	}
	if again, begun, err := p.mailings.Begin(t.Context(), newsletter.KindEdition, p.mailings.Today()); begun || err != nil || again.ID != one.ID {
		t.Errorf("it began twice: %v %v", begun, err)
	}
}

func TestWhoLeavesBeforeTheirMailGoesGetsNone(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	rows := p.subscribe(3, 1, newsletter.Daily)
	one := p.begin(newsletter.KindEdition)
	if err := p.mailings.Walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.db.Gorm.Exec(`UPDATE subscriber SET state = 'paused', paused_until = '2027-01-01' WHERE id = ?`, rows[1].ID)
	done := p.until(one.ID, newsletter.Done)
	if done.Sent != 2 || done.Dropped != 1 {
		t.Errorf("%+v", done)
	}
}

func TestTwoNodesBeginAndWalkOneMailing(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.subscribe(3000, 1000, newsletter.Daily)
	post, _, mailings := p.node()
	var all sync.WaitGroup
	begun := make([]bool, 2)
	for i, m := range []*newsletter.Mailings{p.mailings, mailings} {
		all.Go(func() {
			_, ok, err := m.Begin(t.Context(), newsletter.KindEdition, m.Today())
			if err != nil {
				t.Error(err)
			}
			begun[i] = ok
			if err := m.Walk(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if begun[0] == begun[1] {
		t.Errorf("begun %v", begun)
	}
	one, _ := p.mailings.ByKey(t.Context(), newsletter.KindEdition, "2026-11-28")
	for range 12 {
		for _, node := range []*mail.Post{p.post, post} {
			all.Go(func() { _ = node.WorkBulk(t.Context()) })
		}
		all.Wait()
		p.round()
	}
	done := p.until(one.ID, newsletter.Done)
	to := p.receivers()
	if len(to) != 3000 || len(slices.Compact(to)) != 3000 {
		t.Errorf("%d mails, %+v", len(to), done)
	}
}

func TestAMailingIsStoppedAndResumed(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.subscribe(60, 1, newsletter.Daily)
	one := p.begin(newsletter.KindEdition)
	p.round()
	sent := len(p.server.Accepted())
	if sent == 0 || sent == 60 {
		t.Fatalf("%d went in the first step", sent)
	}
	if err := p.mailings.Stop(t.Context(), one.ID); err != nil {
		t.Fatal(err)
	}
	p.round()
	p.round()
	if got := len(p.server.Accepted()); got != sent {
		t.Fatalf("%d went after the stop", got-sent)
	}
	if err := p.mailings.Stop(t.Context(), one.ID); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("stopped twice: %v", err)
	}
	if err := p.mailings.Resume(t.Context(), one.ID); err != nil {
		t.Fatal(err)
	}
	if done := p.until(one.ID, newsletter.Done); done.Sent != 60 {
		t.Errorf("%+v", done)
	}
	if to := p.receivers(); len(slices.Compact(to)) != 60 || len(p.server.Accepted()) != 60 {
		t.Errorf("%d mails", len(p.server.Accepted()))
	}
}

func TestTheRestOfAStoppedMailingIsGivenUp(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.subscribe(60, 1, newsletter.Daily)
	one := p.begin(newsletter.KindEdition)
	p.round()
	day := p.mailings.Today()
	if err := p.mailings.Skip(t.Context(), newsletter.KindEdition, day); fault.KindOf(err) != fault.KindConflict {
		t.Fatalf("skipped while it goes: %v", err)
	}
	if err := p.mailings.Stop(t.Context(), one.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.mailings.Skip(t.Context(), newsletter.KindEdition, day); err != nil {
		t.Fatal(err)
	}
	p.round()
	if got := p.read(one.ID); got.State != newsletter.Skipped || got.Dropped+got.Sent != 60 || got.Waiting != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhoseMailWasRefusedGetsItAgain(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.subscribe(12, 12, newsletter.Daily)
	one := p.begin(newsletter.KindEdition)
	p.server.Answer(mailtest.Times(5, mailtest.Data, mailtest.Refuse(554, 5, 7, 1)))
	if done := p.until(one.ID, newsletter.Done); done.Failed != 5 || done.Sent != 7 {
		t.Fatalf("%+v", done)
	}
	if n, err := p.mailings.Resend(t.Context(), one.ID); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if done := p.until(one.ID, newsletter.Done); done.Failed != 0 || done.Sent != 12 {
		t.Errorf("%+v", done)
	}
	if to := p.receivers(); len(slices.Compact(to)) != 12 {
		t.Error(to)
	}
}

func TestCountsOutliveTheMailsRows(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.subscribe(5, 5, newsletter.Daily)
	one := p.begin(newsletter.KindEdition)
	p.until(one.ID, newsletter.Done)
	p.add(6 * 24 * time.Hour)
	rows := func() (n int64) {
		p.db.Gorm.Raw(`SELECT count(*) FROM mail`).Scan(&n)
		return n
	}
	if err := p.mailings.Retain(t.Context()); err != nil || rows() != 5 {
		t.Fatalf("%d rows, %v", rows(), err)
	}
	p.add(2 * 24 * time.Hour)
	for range 2 {
		if err := p.mailings.Retain(t.Context()); err != nil || rows() != 0 {
			t.Fatalf("%d rows, %v", rows(), err)
		}
	}
	if got, err := p.mailings.Counted(t.Context(), one.ID); got.Sent != 5 || err != nil {
		t.Errorf("%+v %v", got, err)
	}
}

func TestTheScheduleBeginsOnceADay(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.at = time.Date(2026, 11, 27, 13, 59, 0, 0, time.UTC) // a minute before seven in Denver, a Friday
	tick := func() []newsletter.Mailing {
		t.Helper()
		if err := p.mailings.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := p.mailings.Latest(t.Context(), 20)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := tick(); len(list) != 0 {
		t.Fatalf("%+v", list)
	}
	p.add(time.Minute)
	for range 3 {
		if list := tick(); len(list) != 1 || list[0].Key != "2026-11-27" || list[0].Kind != newsletter.KindEdition {
			t.Fatalf("%+v", list)
		}
		p.add(time.Hour)
	}
	p.add(22 * time.Hour) // Saturday: the weekly one as well
	if list := tick(); len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	p.add(3 * 24 * time.Hour) // nothing ran on Sunday and Monday
	list := tick()
	states := map[string]string{}
	for _, one := range list {
		states[one.Kind+one.Key] = one.State
	}
	if len(list) != 6 || states["edition2026-11-29"] != newsletter.Skipped || states["edition2026-11-30"] != newsletter.Skipped || states["edition2026-12-01"] != newsletter.Walking {
		t.Fatalf("%v", states)
	}
}

func TestASkippedDayIsNotSent(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	day := p.mailings.Today()
	if err := p.mailings.Skip(t.Context(), newsletter.KindEdition, day); err != nil {
		t.Fatal(err)
	}
	if err := p.mailings.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if one, err := p.mailings.ByKey(t.Context(), newsletter.KindEdition, "2026-11-28"); err != nil || one.State != newsletter.Skipped {
		t.Fatalf("%+v %v", one, err)
	}
	if _, err := p.mailings.Edition(t.Context(), newsletter.KindEdition, day); fault.KindOf(err) != fault.KindNotFound {
		t.Error(err)
	}
	if err := p.mailings.Unskip(t.Context(), newsletter.KindEdition, day); err != nil {
		t.Fatal(err)
	}
	if err := p.mailings.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if one, err := p.mailings.ByKey(t.Context(), newsletter.KindEdition, "2026-11-28"); err != nil || one.State != newsletter.Walking {
		t.Errorf("%+v %v", one, err)
	}
}

func TestTheHourOnDaysWithoutIt(t *testing.T) {
	t.Parallel()
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		day  string
		hour int
		want string
	}{
		{"2026-11-28", 7, "2026-11-28T07:00:00-07:00"},
		{"2026-03-08", 2, "2026-03-08T03:00:00-06:00"}, // there is no two o'clock
		{"2026-11-01", 1, "2026-11-01T01:00:00-06:00"}, // there are two of one o'clock
		{"2026-11-01", 0, "2026-11-01T00:00:00-06:00"},
		{"2026-11-01", 23, "2026-11-01T23:00:00-07:00"},
	} {
		s := newsletter.Schedule{Zone: denver, Hour: c.hour}
		if got := s.At(day(c.day)).In(denver).Format(time.RFC3339); got != c.want {
			t.Errorf("%s at %d: %s, want %s", c.day, c.hour, got, c.want)
		}
	}
}

func TestAWeeklyEditionListsItsDays(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.at = time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC)
	for range 3 {
		p.begin(newsletter.KindEdition)
		p.add(24 * time.Hour)
	}
	p.add(-24 * time.Hour)
	p.begin(newsletter.KindWeek)
	e, err := p.mailings.Edition(t.Context(), newsletter.KindWeek, p.mailings.Today())
	if err != nil || len(e.Week) != 2 || !e.Week[0].Day.After(e.Week[1].Day) {
		t.Fatalf("%+v %v", e, err)
	}
	archived, before, after, err := p.mailings.Archived(t.Context(), time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC))
	if err != nil || before.Day() != 26 || after.Day() != 28 || archived.Action.Issue != "water" {
		t.Errorf("%+v %s %s %v", archived, before, after, err)
	}
	list, err := p.mailings.Archive(t.Context(), 10)
	if err != nil || len(list) != 3 || list[0].Day.Day() != 28 {
		t.Errorf("%+v %v", list, err)
	}
	plan, err := p.mailings.Plan(t.Context(), 8)
	if err != nil || len(plan) != 10 {
		t.Errorf("%d planned, %v", len(plan), err)
	}
}
