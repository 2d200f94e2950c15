package jobs_test

import (
	"bytes"
	"context"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/content"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/content/item"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/jobs"
	"redress/internal/letter"
	"redress/internal/letter/cwc"
	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

const letterIssue = "qualified-immunity"

// letterWorld is letters with their mails, a mail server and a movable clock.
type letterWorld struct {
	*letter.Letters
	t      *testing.T
	db     *postgres.DB
	box    *seal.Box
	atlas  *civics.Atlas
	post   *mail.Post
	server *mailtest.Server
	folder string // of captured mail

	congress *cwc.Client // nil: off
	issues   *issue.Issues

	mu sync.Mutex
	at time.Time
}

// newLetterWorld sends to offices by SMTP only when live.
func newLetterWorld(t *testing.T, live bool) *letterWorld {
	t.Helper()
	// The atlas is in memory: what letters ask of it is the same.
	return letterWorldOn(t, live, func(*letterWorld) *civics.Atlas { return civicstest.InMemory(t) })
}

func letterWorldOn(t *testing.T, live bool, atlas func(*letterWorld) *civics.Atlas, changes ...func(*letterWorld)) *letterWorld {
	t.Helper()
	w := &letterWorld{t: t, db: postgrestest.New(t), server: mailtest.New(t), folder: t.TempDir(), at: civicstest.Day}
	var err error
	if w.box, err = seal.New([]byte(strings.Repeat("a secret of a test ", 3))); err != nil {
		t.Fatal(err)
	}
	smtp, err := mail.NewSMTP(w.server.URL(), "center.test")
	if err != nil {
		t.Fatal(err)
	}
	from := netmail.Address{Name: "Center for Open Courts", Address: "letters@center.test"}
	folder := mail.NewCapture(w.folder)
	o := mail.Options{Sender: smtp, Officials: folder, Folder: folder, From: from, Now: w.now}
	if live {
		o.Officials = smtp
	}
	w.post = mail.New(w.db, o)
	w.atlas = atlas(w)
	issues, centers := issue.New(w.db), center.New(w.db)
	w.issues = issues
	of := letter.Options{
		DB: w.db, Box: w.box, Post: w.post, Atlas: w.atlas, Issues: issues,
		Supporters: supporter.New(w.db, w.box, w.now), Live: live, Now: w.now,
	}
	for _, change := range changes {
		change(w)
	}
	if w.congress != nil {
		of.Congress = w.congress
	}
	w.Letters = letter.New(of)
	jobs.LetterMails{Letters: w.Letters, Centers: centers, BaseURL: "https://act.center.test", From: jobs.SenderAt(&from), Zone: newYork(t)}.Register(w.post)
	jobs.CongressMails{
		Letters: w.Letters, Centers: centers, BaseURL: "https://act.center.test", Client: w.congress, Agent: "Example Action",
		Contact: cwc.Contact{Name: "Ada Park", Email: "ada@center.test", Phone: "202-555-0123"},
	}.Register(w.post)
	// Both of Denver's legislators share a domain: it takes a letter a second here.
	if err := w.post.SetPace(t.Context(), mail.PaceOfDomain("coleg.gov"), mail.FastestPace, "the test", w.at); err != nil {
		t.Fatal(err)
	}
	w.save("center.md", centers.SaveContent)
	w.save("issues/"+letterIssue+".md", issues.SaveContent)
	w.save("letters/"+letterIssue+".md", w.SaveContent)
	return w
}

// newYork is where the center is, whose days end five hours after UTC's.
func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func (w *letterWorld) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *letterWorld) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func (w *letterWorld) save(file string, save func(context.Context, *postgres.Tx, item.Item) error) {
	w.t.Helper()
	text, err := fs.ReadFile(content.FS, "en/"+file)
	if err != nil {
		w.t.Fatal(err)
	}
	it, err := item.Parse(file, text)
	if err != nil {
		w.t.Fatal(err)
	}
	it.Slug, it.Lang = strings.TrimSuffix(filepath.Base(file), ".md"), "en"
	it.Kind = strings.TrimSuffix(filepath.Dir(file), ".")
	if it.Kind == "" {
		it.Kind = it.Slug
	}
	if err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error { return save(w.t.Context(), tx, it) }); err != nil {
		w.t.Fatal(err)
	}
}

// maya writes to everyone who represents her.
func (w *letterWorld) maya() letter.NewMessage {
	w.t.Helper()
	answer, err := w.atlas.ByAddress(w.t.Context(), civicstest.Denver)
	if err != nil {
		w.t.Fatal(err)
	}
	s := letter.NewMessage{
		IssueSlug: letterIssue, GivenName: "Maya", FamilyName: "Ortiz", Email: "maya.ortiz@example.org",
		Address:  civics.Address{Street: "1437 Bannock St", City: "Denver", State: "CO", Zip: "80203"},
		Story:    "My brother was hurt in a traffic stop in 2022.",
		Subjects: map[string]string{"": "Please keep the law"}, Bodies: map[string]string{"": "I ask you to keep it."},
	}
	for _, o := range answer.Officials {
		s.Officials = append(s.Officials, o.ID)
	}
	return s
}

func (w *letterWorld) submit(s letter.NewMessage) (receipt string) {
	w.t.Helper()
	receipt, err := w.Submit(w.t.Context(), s)
	if err != nil {
		w.t.Fatal(err)
	}
	return receipt
}

// rows are the mails of some kinds.
func (w *letterWorld) rows(kinds ...string) []mail.Mail {
	w.t.Helper()
	var rows []mail.Mail
	if err := w.db.Gorm.Where("kind IN ?", kinds).Find(&rows).Error; err != nil || len(rows) == 0 {
		w.t.Fatalf("%d mails, %v", len(rows), err)
	}
	return rows
}

// work sends what is due, and lets as much time pass as letters to one
// legislature keep between them.
func (w *letterWorld) work() {
	w.t.Helper()
	for {
		if err := w.post.Work(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		var paced int64
		err := w.db.Gorm.Table("mail").Where("state = 'queued' AND attempts = 0 AND not_before <= ? AND paces <> '{}'", w.now()).Count(&paced).Error
		if err != nil {
			w.t.Fatal(err)
		}
		if paced == 0 {
			return
		}
		w.later(2 * time.Second)
	}
}

// arrived is a mail with its headers as they were sent.
type arrived struct {
	mail.Reading
	header netmail.Header
}

// inbox are the mails that a mailbox got.
func (w *letterWorld) inbox(address string) []arrived {
	var got []arrived
	for _, r := range w.server.Accepted() {
		if r.To != address {
			continue
		}
		m, err := netmail.ReadMessage(bytes.NewReader(r.Raw))
		if err != nil {
			w.t.Fatal(err)
		}
		got = append(got, arrived{r.Read(w.t), m.Header})
	}
	return got
}

// confirmFromMail takes the token out of the last mail and confirms with it.
func (w *letterWorld) confirmFromMail(address string) {
	w.t.Helper()
	w.work()
	inbox := w.inbox(address)
	if len(inbox) == 0 {
		w.t.Fatalf("no mail came")
	}
	_, after, found := strings.Cut(inbox[len(inbox)-1].Text, "https://act.center.test/messages/")
	token, _, isConfirm := strings.Cut(after, "/confirm")
	if !found || !isConfirm {
		w.t.Fatalf("no confirm link in: %s", inbox[len(inbox)-1].Text)
	}
	if _, err := w.Confirm(w.t.Context(), token); err != nil {
		w.t.Fatal(err)
	}
}

func (w *letterWorld) states(receipt string) []letter.State {
	w.t.Helper()
	r, err := w.Receipt(w.t.Context(), receipt)
	if err != nil {
		w.t.Fatal(err)
	}
	var states []letter.State
	for _, l := range r.Letters {
		if l.Channel == civics.ChannelEmail {
			states = append(states, l.State)
		}
	}
	return states
}

func (w *letterWorld) wantStates(receipt string, want letter.State) {
	w.t.Helper()
	got := w.states(receipt)
	if len(got) != 2 || got[0] != want || got[1] != want {
		w.t.Fatalf("states %v, want two %s", got, want)
	}
}

func TestLetterReachesTheOffices(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	receipt := w.submit(w.maya())
	w.work()
	if n := len(w.server.Accepted()); n != 1 {
		t.Fatalf("%d mails before confirming, want the one to Maya", n)
	}
	asked := w.inbox("maya.ortiz@example.org")[0]
	for _, typed := range []string{"My brother", "Bannock", "Maya"} {
		if strings.Contains(asked.Text+asked.HTML+asked.Subject, typed) {
			t.Errorf("the mail that anyone can set off quotes %q", typed)
		}
	}
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Sent)
	r, _ := w.Receipt(t.Context(), receipt)
	for _, l := range r.Ours() {
		inbox := w.inbox(l.SentTo)
		if len(inbox) != 1 {
			t.Fatalf("%d mails at %s, want one", len(inbox), l.Channel)
		}
		got := inbox[0]
		header := got.header
		if from, err := netmail.ParseAddress(header.Get("From")); err != nil || from.Name != "Maya Ortiz via Center for Open Courts" || from.Address != "letters@center.test" {
			t.Errorf("From: %s", header.Get("From"))
		}
		if reply, err := netmail.ParseAddress(header.Get("Reply-To")); err != nil || reply.Address != "maya.ortiz@example.org" {
			t.Errorf("Reply-To: %s", header.Get("Reply-To"))
		}
		if got.Subject != "Please keep the law (Denver)" {
			t.Errorf("subject %q lacks the town", got.Subject)
		}
		if want := "Dear " + l.Title + " " + l.LastName + ",\n"; !strings.HasPrefix(got.Text, want) {
			t.Errorf("no salutation %q: %.60s", want, got.Text)
		}
		for _, want := range []string{"My brother was hurt", "I ask you to keep it.", "Maya Ortiz\n1437 Bannock St\nDenver, CO 80203", "Center for Open Courts", "Qualified immunity", "confirmed"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("the letter lacks %q:\n%s", want, got.Text)
			}
		}
	}
	if copies := w.inbox("maya.ortiz@example.org"); len(copies) != 2 || !strings.Contains(copies[1].Text, "1437 Bannock St") {
		t.Errorf("%d mails to Maya, want the question and the copy", len(copies))
	}
}

func TestTestSiteCapturesLetters(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, false)
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Captured)
	inbox := w.inbox("maya.ortiz@example.org")
	if text := inbox[len(inbox)-1].Text; !strings.Contains(text, "no office gets this letter") || strings.Contains(text, "Goes by e-mail") {
		t.Errorf("the copy says that letters go out: %s", text)
	}
	for _, r := range w.server.Accepted() {
		if r.To != "maya.ortiz@example.org" {
			t.Errorf("a letter left a test site")
		}
	}
	files, err := os.ReadDir(w.folder)
	if err != nil || len(files) != 2 {
		t.Errorf("%d captured letters, %v", len(files), err)
	}
}

// On a live site an official in test mode gets nothing, and neither does anybody
// from a letter in test mode; what was tried is kept here.
func TestLettersInTestModeAreCaptured(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	before := w.submit(w.maya())
	ours := w.ours(before)
	if err := w.SetTest(t.Context(), ours[0].OfficialID, true, "lee"); err != nil {
		t.Fatal(err)
	}
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	if got := w.states(before); got[0] != letter.Captured || got[1] != letter.Sent || w.written(ours[0].SentTo) != 0 {
		t.Errorf("with one official in test mode the letters stand %v", got)
	}
	inbox := w.inbox("maya.ortiz@example.org")
	if text := inbox[len(inbox)-1].Text; strings.Count(text, "is only tried") != 1 || strings.Count(text, "Goes by e-mail") != 1 {
		t.Errorf("the copy doesn't tell which letter is tried: %s", text)
	}
	if err := w.db.Gorm.Exec("UPDATE letter SET test = true").Error; err != nil {
		t.Fatal(err)
	}
	s := w.maya()
	s.Story = "Another story."
	after := w.submit(s)
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(after, letter.Captured)
	if w.written(ours[0].SentTo) != 0 || w.written(ours[1].SentTo) != 1 {
		t.Error("a letter in test mode went out")
	}
	if files, err := os.ReadDir(w.folder); err != nil || len(files) != 3 {
		t.Errorf("%d captured letters, %v", len(files), err)
	}
}

func TestMailServerDownThenUp(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	before := len(w.server.Accepted())
	w.server.Stop()
	_ = w.post.Work(t.Context()) // says that the server is away
	for _, s := range w.states(receipt) {
		if s != letter.Deferred && s != letter.Queued {
			t.Errorf("with the server away a letter is %s", s)
		}
	}
	w.server.Start()
	for range 6 {
		w.later(6 * time.Hour)
		w.work()
	}
	w.wantStates(receipt, letter.Sent)
	if n := len(w.server.Accepted()) - before; n != 3 {
		t.Errorf("%d mails, want two letters and a copy, each once", n)
	}
}

func TestRefusedLetterIsTheWritersToSend(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	receipt := w.submit(w.maya())
	w.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.To && a.To != "maya.ortiz@example.org" {
			return mailtest.Refuse(550, 5, 1, 1)
		}
		return mailtest.Reply{}
	})
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Failed)
	r, _ := w.Receipt(t.Context(), receipt)
	if l := r.Ours()[0]; l.Code != 550 || l.Enhanced != "5.1.1" {
		t.Errorf("refused with %d %s", l.Code, l.Enhanced)
	}
	if err := w.Done(t.Context(), receipt, r.Ours()[0].ID); err != nil || !slices.Contains(w.states(receipt), letter.DoneByYou) {
		t.Errorf("a refused letter can't be sent by hand: %v", err)
	}
}

// sharedMailbox is an atlas in which Denver's state legislators share a mailbox.
func sharedMailbox(t *testing.T) *civics.Atlas {
	t.Helper()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	denver, err := civicstest.InMemory(t).ByAddress(t.Context(), civicstest.Denver)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range denver.Officials {
		if o.Level == civics.State {
			tables.Corrections = append(tables.Corrections, civics.Correction{
				OfficialID: o.ID, Field: "email", Value: "shared@legislature.test", Source: "test",
			})
		}
	}
	return civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day }),
		civics.WithGeocoder(civicstest.NewCensus().Geocoder()))
}

// Two officials who share a mailbox both get their letter.
func TestSharedMailbox(t *testing.T) {
	t.Parallel()
	w := letterWorldOn(t, true, func(*letterWorld) *civics.Atlas { return sharedMailbox(t) })
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Sent)
	inbox := w.inbox("shared@legislature.test")
	if len(inbox) != 2 || inbox[0].Text == inbox[1].Text {
		t.Errorf("%d letters in the shared mailbox, want one for each by name", len(inbox))
	}
}

// What stands in names and subjects stays in its header, in any script.
func TestNamesStayInTheirHeader(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	s := w.maya()
	s.GivenName, s.FamilyName = "Łucja, D’Arc", "Nguyễn-Ортіс"
	s.Subjects = map[string]string{"": `Re: "Fwd" <x@y.example>; ` + strings.Repeat("long ", 30)}
	receipt := w.submit(s)
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Sent)
	r, _ := w.Receipt(t.Context(), receipt)
	got := w.inbox(r.Ours()[0].SentTo)[0]
	header := got.header
	from, err := netmail.ParseAddress(header.Get("From"))
	if err != nil || from.Address != "letters@center.test" || from.Name != "Łucja, D’Arc Nguyễn-Ортіс via Center for Open Courts" {
		t.Errorf("From: %v, %v", from, err)
	}
	if header.Get("Bcc") != "" || len(header["To"]) != 1 {
		t.Error("a header was smuggled in")
	}
	if !strings.HasPrefix(got.Subject, `Re: "Fwd" <x@y.example>; long`) {
		t.Errorf("subject %q", got.Subject)
	}
}

// A letter that comes in again is no letter more: its mailbox alone is told, and
// led to the one that went.
func TestTheSameLetterAgainTellsItsMailboxOnly(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	s := w.maya()
	receipt := w.submit(s)
	w.confirmFromMail(s.Email)
	w.work()
	sent := len(w.server.Accepted())
	for range 2 {
		w.submit(s)
		w.work()
	}
	inbox := w.inbox(s.Email)
	last := inbox[len(inbox)-1]
	if n := len(w.server.Accepted()) - sent; n != 1 || !strings.HasPrefix(last.Subject, "You already sent these letters") {
		t.Fatalf("%d mails after the same letter came in twice, the last %q", n, last.Subject)
	}
	if !strings.Contains(last.Text, "/messages/"+receipt) || strings.Contains(last.Text, "/confirm") {
		t.Errorf("the mail doesn't lead to the letter that went: %s", last.Text)
	}
	for _, typed := range []string{"Maya", "Ortiz", "Bannock", "traffic stop", "Please keep"} {
		if strings.Contains(last.Subject+last.Text, typed) {
			t.Errorf("the mail repeats %q", typed)
		}
	}
}

// A mail whose message was erased is dropped, not sent.
func TestErasedLetterIsNotSent(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	s := w.maya()
	receipt := w.submit(s)
	w.confirmFromMail("maya.ortiz@example.org")
	before := len(w.server.Accepted())
	err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		_, err := w.Erase(t.Context(), tx, supporter.MailboxKey(w.box, s.Email))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	if n := len(w.server.Accepted()); n != before {
		t.Errorf("%d mails went out about an erased message", n-before)
	}
	var open []uuid.UUID
	if err := w.db.Gorm.Table("mail").Where("state NOT IN ? AND not_before <= ?", []string{"sent", "dropped"}, w.now()).Pluck("id", &open).Error; err != nil || len(open) > 0 {
		t.Errorf("%d mails still wait, %v", len(open), err)
	}
	if _, err := w.Receipt(t.Context(), receipt); err == nil {
		t.Error("the receipt still opens")
	}
}

// In the evening UTC is a day ahead of the center; mails tell the center's day,
// as the pages do, and when on its last day a link dies.
func TestLetterMailsTellTheCentersDates(t *testing.T) {
	t.Parallel()
	w := newLetterWorld(t, true)
	w.later(13*time.Hour + 3*time.Minute) // November 22, 8:03 p.m. in New York
	s := w.maya()
	receipt := w.submit(s)
	w.confirmFromMail(s.Email)
	w.work()
	w.submit(s)
	w.work()
	r, err := w.Receipt(t.Context(), receipt)
	if err != nil {
		t.Fatal(err)
	}
	inbox := w.inbox(s.Email)
	if len(inbox) != 3 {
		t.Fatalf("%d mails to Maya, want the question, the copy and that it went already", len(inbox))
	}
	for i, want := range []string{
		"until November 29, 2026, 8:03 p.m. EST",
		i18n.Date(t.Context(), r.Kept.In(newYork(t))),
		"November 22, 2026",
	} {
		if !strings.Contains(inbox[i].Text, want) {
			t.Errorf("%q does not tell %q:\n%s", inbox[i].Subject, want, inbox[i].Text)
		}
	}
}
