package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/content/item"
	"redress/internal/jobs"
	"redress/internal/mail"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// pledgeSite is a site with pledges and a post whose mails the test reads.
type pledgeSite struct {
	*testSite
	box   *mailbox
	seal  *seal.Box
	clock *time.Time
}

// mailbox is a mail server that keeps what it takes.
type mailbox struct{ texts []string }

func (m *mailbox) Open(context.Context) (mail.Session, error) { return mailboxSession{m}, nil }
func (m *mailbox) Accepted() string                           { return mail.Sent }

type mailboxSession struct{ *mailbox }

func (mailboxSession) Ping() error { return nil }
func (mailboxSession) Close()      {}
func (s mailboxSession) Send(_ context.Context, e *mail.Envelope) error {
	s.texts = append(s.texts, string(e.Raw))
	return nil
}

const pledgePath = "/issues/qualified-immunity/pledge"

func newPledgeSite(t *testing.T, settings ...string) *pledgeSite {
	t.Helper()
	s := newTestSite(t, settings...)
	box, err := seal.New([]byte(strings.Repeat("s", seal.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	p := &pledgeSite{testSite: s, box: &mailbox{}, seal: box, clock: &at}
	now := func() time.Time { return *p.clock }
	post := mail.New(s.db, mail.Options{Sender: p.box, Officials: p.box, From: netmail.Address{Name: centerName, Address: "office@center.example"}, Now: now})
	s.Now, s.Post, s.Box = now, post, box
	s.Pledges = pledge.New(s.db, box, post, pledge.Options{
		Supporters: supporter.New(s.db, box, now),
		StateOf:    func(string) (string, bool) { return "CO", true },
		Zone:       s.Config.Location,
		Now:        now,
		Log:        slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	t.Cleanup(s.Pledges.Close)
	jobs.PledgeMails{Pledges: s.Pledges, Centers: s.Centers, BaseURL: s.Config.BaseURL, From: jobs.SenderAt(nil), Zone: s.Config.Location}.Register(post)
	p.publish(t, "2026-12-31")
	return p
}

func (p *pledgeSite) publish(t *testing.T, closes string) {
	t.Helper()
	it, err := item.Parse("pledges/qualified-immunity.md", []byte(`---
title: Let the courts answer
addressee: The Committees on the Judiciary
goal: 20
opens: 2026-11-20
closes: `+closes+`
handed_over: The number of people who signed.
kept_days_after_close: 30
show_names: true
---

I ask **Congress** to let the courts answer.
`))
	if err != nil {
		t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = "pledges", "qualified-immunity", "en"
	if err := p.db.InTx(t.Context(), func(tx *postgres.Tx) error { return p.Pledges.SaveContent(t.Context(), tx, it) }); err != nil {
		t.Fatal(err)
	}
	p.Changed("content")
}

func anasForm() url.Values {
	return url.Values{
		"given_name": {"Ana"}, "family_name": {"Reyes"}, "email": {"ana@mail.example"}, "zip": {"80203"}, "show_name": {"on"},
	}
}

func (p *pledgeSite) post(path string, form url.Values) *http.Response {
	return p.ask(http.MethodPost, path, strings.NewReader(form.Encode()))
}

// mails sends what waits and returns the texts of the mails that went out.
func (p *pledgeSite) mails(t *testing.T) []string {
	t.Helper()
	p.box.texts = nil
	if err := p.Post.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p.box.texts
}

var confirmLink = regexp.MustCompile(`/signatures/[A-Za-z0-9_-]+/confirm`)

// link is the one link to confirm in the mails that wait.
func (p *pledgeSite) link(t *testing.T) string {
	t.Helper()
	mails := p.mails(t)
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	plain := strings.ReplaceAll(strings.ReplaceAll(mails[0], "=\r\n", ""), "=\n", "")
	found := confirmLink.FindString(plain)
	if found == "" {
		t.Fatalf("no link to confirm in\n%s", mails[0])
	}
	return found
}

func (p *pledgeSite) count(t *testing.T) int64 {
	t.Helper()
	c, err := p.Pledges.Count(t.Context(), "qualified-immunity")
	if err != nil {
		t.Fatal(err)
	}
	return c.Confirmed
}

// mustShow checks status, that the answer is private, and what it says.
// mustLead says that an answer leads to another address, for its visitor alone.
func mustLead(t *testing.T, r *http.Response, to string) {
	t.Helper()
	if got := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || got != to {
		t.Errorf("%d to %q, want 303 to %q", r.StatusCode, got, to)
	}
	if got := r.Header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
}

func mustShow(t *testing.T, r *http.Response, status int, words ...string) string {
	t.Helper()
	body := bodyOf(t, r)
	if r.StatusCode != status {
		t.Errorf("status %d, want %d", r.StatusCode, status)
	}
	if got := r.Header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("the page lacks %q:\n%s", w, body)
		}
	}
	return body
}

func TestSignConfirmAndBeCounted(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	page := p.get(pledgePath)
	if got := page.Header.Get("Cache-Control"); got != "public, max-age=0, s-maxage=2, stale-while-revalidate=8, stale-if-error=600" {
		t.Errorf("Cache-Control is %q", got)
	}
	body := bodyOf(t, page)
	for _, words := range []string{"Let the courts answer", "The Committees on the Judiciary", "December 31, 2026", "The number of people who signed.",
		"<strong>Congress</strong>", "toward 20", "your name here", `name="given_name"`, "13 or older", "30 days"} {
		if !strings.Contains(body, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if strings.Contains(body, "checked") {
		t.Error("a box is ticked before anybody ticked it")
	}

	r := p.post(pledgePath, anasForm())
	to := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/signatures/") {
		t.Fatalf("%d to %q", r.StatusCode, to)
	}
	sent := mustShow(t, p.get(to), http.StatusOK, "Check your mail", "Let the courts answer", "/dev/mail", "noindex")
	for _, secret := range []string{"ana@mail.example", "Reyes", "80203"} {
		if strings.Contains(sent, secret) {
			t.Errorf("check your mail shows %q", secret)
		}
	}
	link := p.link(t)
	for range 3 { // a scanner that follows links
		mustShow(t, p.get(link), http.StatusOK, "Confirm my signature", "Ana Reyes", "Colorado", "Your first name and your state will be shown", "noindex", `<form method="post">`)
		p.ask(http.MethodHead, link, nil)
	}
	if n := p.count(t); n != 0 {
		t.Fatalf("count is %d before anybody pressed the button", n)
	}
	for range 2 { // the second finds it counted
		mustLead(t, p.post(link, nil), link)
		mustShow(t, p.get(link), http.StatusOK, "Thank you, Ana", "you are the first", "/issues/qualified-immunity/letter")
	}
	if n := p.count(t); n != 1 {
		t.Errorf("count is %d", n)
	}

	p.Changed(pledge.Tag("qualified-immunity"))
	time.Sleep(1100 * time.Millisecond) // a page with counts is made anew once a second
	if body := bodyOf(t, p.get(pledgePath)); !strings.Contains(body, "Colorado, today") || !strings.Contains(body, `<span class="signature">Ana</span>`) || strings.Contains(body, "Reyes") {
		t.Errorf("the page shows the wrong name:\n%s", body)
	}
}

func TestCountIsExactlyThreeFields(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	r := p.get("/issues/qualified-immunity/count.json")
	if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("Content-Type is %q", got)
	}
	if got := r.Header.Get("Cache-Control"); got != "public, max-age=0, s-maxage=2, stale-while-revalidate=8, stale-if-error=600" {
		t.Errorf("Cache-Control is %q", got)
	}
	var fields map[string]any
	if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
		t.Fatal(err)
	}
	if len(fields) != 3 || fields["confirmed"] != 0.0 || fields["goal"] != 20.0 || fields["as_of"] != "2026-11-22T17:00:00Z" {
		t.Errorf("count.json is %v", fields)
	}
	if r := p.get("/issues/no-such-issue/count.json"); r.StatusCode != http.StatusNotFound {
		t.Errorf("status %d for an unknown pledge", r.StatusCode)
	}
}

// The answer to a newcomer, to somebody who has signed, to a third person on a
// mailbox and to a robot is the same, byte for byte, but for the token.
func TestTheAnswerTellsNobodyWhoHasSigned(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	var want, wantPage string
	check := func(who string, form url.Values) {
		t.Helper()
		r := p.post(pledgePath, form)
		to := r.Header.Get("Location")
		if len(to) != len("/signatures/")+60 {
			t.Errorf("%s: Location is %q", who, to)
		}
		var answer strings.Builder
		r.Header.Del("Location")
		r.Header.Del("X-Request-Id")
		r.Header.Del("Date")
		if err := r.Header.Write(&answer); err != nil {
			t.Fatal(err)
		}
		answer.WriteString(r.Status + bodyOf(t, r))
		page := p.get(to)
		pageBody := page.Status + bodyOf(t, page)
		if want == "" {
			want, wantPage = answer.String(), pageBody
		}
		if answer.String() != want {
			t.Errorf("%s is answered\n%s\nnot\n%s", who, answer.String(), want)
		}
		if pageBody != wantPage {
			t.Errorf("%s sees another page", who)
		}
		// Whatever is in the Location confirms nothing.
		for _, path := range []string{to, to + "/confirm"} {
			if r := p.post(path, nil); r.StatusCode < 400 {
				t.Errorf("%s: POST %s is answered %d", who, path, r.StatusCode)
			}
		}
		if r := p.get(to + "/confirm"); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: GET of a receipt's confirm page is %d", who, r.StatusCode)
		}
	}
	check("a newcomer", anasForm())
	check("one who waits", anasForm())
	p.mails(t)
	link := p.linkOf(t, anasForm())
	mustLead(t, p.post(link, nil), link)
	check("one who has signed", anasForm())
	check("one who has signed and was told", anasForm())
	ben, cleo, robot := anasForm(), anasForm(), anasForm()
	ben.Set("given_name", "Ben")
	cleo.Set("given_name", "Cleo")
	robot.Set(abuse.HoneypotField, "x")
	robot.Set("email", "robot@mail.example")
	check("another person on the mailbox", ben)
	check("a third on the mailbox", cleo)
	check("a robot", robot)
	var n int64
	if err := p.db.Read(t.Context()).Raw(`SELECT count(*) FROM signature`).Scan(&n).Error; err != nil || n != 3 {
		t.Errorf("%d signatures, %v", n, err)
	}
}

// linkOf signs a day later, when the mailbox may get mail again, and returns
// its link.
func (p *pledgeSite) linkOf(t *testing.T, form url.Values) string {
	t.Helper()
	*p.clock = p.clock.Add(25 * time.Hour)
	p.post(pledgePath, form)
	link := p.link(t)
	*p.clock = p.clock.Add(-25 * time.Hour)
	return link
}

// Places on a mailbox go to those who confirm; whoever comes third reads why.
func TestTheThirdToConfirmReadsWhyItIsNotCounted(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	var links []string
	for _, name := range []string{"Ana", "Ben", "Cleo"} {
		form := anasForm()
		form.Set("given_name", name)
		p.post(pledgePath, form)
		links = append(links, p.link(t))
	}
	mustShow(t, p.get(links[2]), http.StatusOK, "Confirm my signature")
	for _, link := range links[:2] {
		mustLead(t, p.post(link, nil), link)
		mustShow(t, p.get(link), http.StatusOK, "Your signature counts")
	}
	for _, r := range []struct {
		answer *http.Response
		status int
	}{{p.get(links[2]), http.StatusOK}, {p.post(links[2], nil), http.StatusConflict}} {
		body := mustShow(t, r.answer, r.status, "This mailbox has its two signatures", "an e-mail address of your own")
		if strings.Contains(body, "Confirm my signature") || strings.Contains(body, "Ana") {
			t.Error("the page offers a button that can't work, or names others")
		}
	}
}

func TestTheMailboxLearnsWhichItWas(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	p.post(pledgePath, anasForm())
	p.post(p.link(t), nil)
	for i, want := range []string{"you already signed", "", ""} {
		p.post(pledgePath, anasForm())
		mails := p.mails(t)
		if want == "" && len(mails) != 0 || want != "" && (len(mails) != 1 || !strings.Contains(mails[0], want)) {
			t.Errorf("form %d: %d mails: %v", i+2, len(mails), mails)
		}
	}
	ben, cleo := anasForm(), anasForm()
	ben.Set("given_name", "Ben")
	cleo.Set("given_name", "Cleo")
	p.post(pledgePath, ben)
	p.post(p.link(t), nil)
	*p.clock = p.clock.Add(48 * time.Hour)
	p.post(pledgePath, cleo)
	mails := p.mails(t)
	if len(mails) != 1 || !strings.Contains(mails[0], "two people have signed") || strings.Contains(mails[0], "Cleo") || confirmLink.MatchString(mails[0]) {
		t.Errorf("the third's mail: %v", mails)
	}
}

func TestAFormThatCannotBeTakenComesBackAsTyped(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	form := anasForm()
	form.Set("zip", "8020")
	form.Set("email", "ana@nowhere")
	body := mustShow(t, p.post(pledgePath, form), http.StatusUnprocessableEntity,
		"There is a problem", `href="#field-zip"`, `href="#field-email"`, "A ZIP code has five digits", `value="8020"`, `value="ana@nowhere"`, `value="Reyes"`, "checked",
		"Let the courts answer", "<title>Error:")
	if strings.Contains(body, "pledge.") || strings.Contains(body, "supporter.") {
		t.Errorf("a message key is shown:\n%s", body)
	}
	if n := len(p.mails(t)); n != 0 {
		t.Errorf("%d mails", n)
	}
	if r := p.post("/issues/no-such-issue/pledge", form); r.StatusCode != http.StatusNotFound {
		t.Errorf("status %d for an unknown pledge", r.StatusCode)
	}
}

func TestOddAddressesAreNotFound(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	for _, slug := range []string{"%ff%fe", "%00", "a%2Fb", "Qualified-Immunity", strings.Repeat("a", 3000), "no-such-issue"} {
		for _, path := range []string{"/pledge", "/count.json"} {
			if r := p.get("/issues/" + slug + path); r.StatusCode != http.StatusNotFound {
				t.Errorf("GET %.30s%s: %d", slug, path, r.StatusCode)
			}
		}
		if r := p.post("/issues/"+slug+"/pledge", anasForm()); r.StatusCode != http.StatusNotFound {
			t.Errorf("POST %.30s: %d", slug, r.StatusCode)
		}
	}
	form := anasForm()
	form.Set("given_name", "A\x00na\xff")
	form.Set("email", "a\x00na@mail.example")
	mustShow(t, p.post(pledgePath, form), http.StatusUnprocessableEntity, "There is a problem")
}

func TestAClosedPledgeRefusesKindly(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	p.post(pledgePath, anasForm())
	link := p.link(t)
	p.publish(t, "2026-11-20")
	if body := bodyOf(t, p.get(pledgePath)); !strings.Contains(body, "This pledge closed on November 20, 2026") || strings.Contains(body, "given_name") || strings.Contains(body, "your name here") {
		t.Errorf("the page of a closed pledge:\n%s", body)
	}
	mustShow(t, p.post(pledgePath, anasForm()), http.StatusConflict, "This pledge closed on November 20, 2026")
	mustShow(t, p.get(link), http.StatusOK, "wasn’t confirmed in time")
	mustShow(t, p.post(link, nil), http.StatusConflict, "wasn’t confirmed in time")
	if n := p.count(t); n != 0 {
		t.Errorf("count is %d", n)
	}
}

func TestLinksThatLeadNowhereSaySo(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	p.post(pledgePath, anasForm())
	link := p.link(t)
	*p.clock = p.clock.Add(seal.ConfirmFor)
	mustShow(t, p.get(link), http.StatusNotFound, "This link has run out", pledgePath+"#sign")
	mustShow(t, p.post(link, nil), http.StatusNotFound, "This link has run out")
	for _, token := range []string{"x", strings.Repeat("A", 60), strings.TrimSuffix(strings.TrimPrefix(link, "/signatures/"), "/confirm")[1:]} {
		mustShow(t, p.get("/signatures/"+token+"/confirm"), http.StatusNotFound, "This link doesn’t work")
		mustShow(t, p.post("/signatures/"+token+"/confirm", nil), http.StatusNotFound, "This link doesn’t work")
		if r := p.get("/signatures/" + token); r.StatusCode != http.StatusNotFound {
			t.Errorf("a receipt that is none: %d", r.StatusCode)
		}
	}
	if r := p.get(strings.TrimSuffix(link, "/confirm")); r.StatusCode != http.StatusNotFound {
		t.Errorf("a confirm token as a receipt: %d", r.StatusCode)
	}
}

func TestWithPostgreSQLAwayTheFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	if body := bodyOf(t, p.get(pledgePath)); !strings.Contains(body, "given_name") {
		t.Fatal("no form")
	}
	p.db.Close()
	if r := p.get(pledgePath); r.StatusCode != http.StatusOK {
		t.Errorf("the page in memory: %d", r.StatusCode)
	}
	mustShow(t, p.post(pledgePath, anasForm()), http.StatusServiceUnavailable, `value="ana@mail.example"`, `value="Reyes"`, "checked")
	if strings.Contains(p.log.String(), "ana@mail.example") || strings.Contains(p.log.String(), "Reyes") {
		t.Error("the log holds what was typed")
	}
}

func TestUpdatesAreAgreedToInTheWordsShown(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	body := bodyOf(t, p.get(pledgePath))
	words := "Send me updates from " + centerName + " by e-mail"
	if !strings.Contains(body, words) {
		t.Errorf("the page lacks %q", words)
	}
	form := anasForm()
	form.Set("updates", "on")
	p.post(pledgePath, form)
	link := p.link(t)
	mustShow(t, p.get(link), http.StatusOK, words)
	p.post(link, nil)
	var kept string
	if err := p.db.Read(t.Context()).Raw(`SELECT words FROM consent`).Scan(&kept).Error; err != nil || kept != words {
		t.Errorf("the consent says %q, %v", kept, err)
	}
}

func TestSigningIsLimitedPerNetwork(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t, "REDRESS_RATE_LIMIT", "on")
	last := 0
	for range 200 {
		last = p.post(pledgePath, anasForm()).StatusCode
		if last == http.StatusTooManyRequests {
			return
		}
	}
	t.Errorf("the 200th form is answered %d", last)
}

// Who comes while no more can be taken keeps what they typed, and is told when to
// come back.
func TestWhoCannotBeTakenNowKeepsTheForm(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	p.Pledges.Close() // as when the program stops
	r := p.post(pledgePath, anasForm())
	if after := r.Header.Get("Retry-After"); after != "2" {
		t.Errorf("Retry-After: %q", after)
	}
	mustShow(t, r, http.StatusServiceUnavailable, `value="ana@mail.example"`, `value="Reyes"`, `value="80203"`, "checked", "Nothing you typed is lost")
}

// A visitor who hangs up while others' signatures are committed did nothing wrong,
// and neither did we: no error is logged, and the request is counted apart.
func TestWhoHangsUpIsNoError(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	busy := p.db.Gorm.Begin()
	if err := busy.Exec(`LOCK TABLE signature IN EXCLUSIVE MODE`).Error; err != nil {
		t.Fatal(err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, pledgePath, strings.NewReader(anasForm().Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	answer := httptest.NewRecorder()
	answered := make(chan struct{})
	go func() { defer close(answered); p.Handler().ServeHTTP(answer, request) }()
	waits := func() (n int64) {
		if err := p.db.Gorm.Raw(`SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'signature'::regclass`).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	for deadline := time.Now().Add(20 * time.Second); waits() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody waits")
		}
	}
	hangUp()
	<-answered
	if answer.Code != statusHungUp || answer.Body.Len() > 0 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if err := busy.Rollback().Error; err != nil {
		t.Fatal(err)
	}
	if log := p.log.String(); strings.Contains(log, "request failed") || !strings.Contains(log, `"status":499`) {
		t.Errorf("the log says\n%s", log)
	}
	// Who comes next is taken, and one who fails while they wait is still an error.
	form := anasForm()
	form.Set("email", "ben@mail.example")
	if r := p.post(pledgePath, form); r.StatusCode != http.StatusSeeOther {
		t.Errorf("the next one: %d", r.StatusCode)
	}
	p.add().open("/test/breaks", func(echo.Context) error { return errors.New("broken") })
	if r := p.get("/test/breaks"); r.StatusCode != http.StatusInternalServerError || !strings.Contains(p.log.String(), "request failed") {
		t.Errorf("our own mistake: %d", r.StatusCode)
	}
}
