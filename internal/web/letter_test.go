package web

import (
	"context"
	"html"
	"io/fs"
	"net/http"
	netmail "net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"redress/content"
	"redress/internal/abuse"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/content/item"
	"redress/internal/issue"
	"redress/internal/jobs"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

const letterPath = "/issues/qualified-immunity/letter"

// letterSite is a site with the sample letter, real civic facts, and a post
// whose mails the test reads.
type letterSite struct {
	*testSite
	box *mailbox
}

func newLetterSite(t *testing.T, settings ...string) *letterSite {
	t.Helper()
	return letterSiteOn(t, civicstest.InMemory(t), settings...)
}

func letterSiteOn(t *testing.T, atlas *civics.Atlas, settings ...string) *letterSite {
	t.Helper()
	s := newTestSite(t, settings...)
	secret, err := seal.New([]byte(strings.Repeat("s", seal.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	l := &letterSite{testSite: s, box: &mailbox{}}
	now := func() time.Time { return civicstest.Day }
	from := netmail.Address{Name: centerName, Address: "office@center.example"}
	s.Now, s.Box = now, secret
	s.Post = mail.New(s.db, mail.Options{Sender: l.box, Officials: l.box, From: from, Now: now})
	s.Atlas, s.Issues = atlas, issue.New(s.db)
	s.Letters = letter.New(letter.Options{
		DB: s.db, Box: secret, Post: s.Post, Atlas: s.Atlas, Issues: s.Issues, Supporters: supporter.New(s.db, secret, now), Now: now,
	})
	s.Pledges = pledge.New(s.db, secret, s.Post, pledge.Options{Supporters: supporter.New(s.db, secret, now), Now: now})
	t.Cleanup(s.Pledges.Close)
	jobs.LetterMails{Letters: s.Letters, Centers: s.Centers, BaseURL: s.Config.BaseURL, From: jobs.SenderAt(&from)}.Register(s.Post)
	if err := s.db.Gorm.Where("true").Delete(&center.Center{}).Error; err != nil {
		t.Fatal(err)
	}
	l.publish(t, "center.md", s.Centers.SaveContent)
	l.publish(t, "issues/qualified-immunity.md", s.Issues.SaveContent)
	l.publish(t, "letters/qualified-immunity.md", s.Letters.SaveContent)
	return l
}

func (l *letterSite) publish(t *testing.T, file string, save func(context.Context, *postgres.Tx, item.Item) error) {
	t.Helper()
	text, err := fs.ReadFile(content.FS, "en/"+file)
	if err != nil {
		t.Fatal(err)
	}
	it, err := item.Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	it.Slug, it.Lang = strings.TrimSuffix(filepath.Base(file), ".md"), "en"
	if it.Kind = filepath.Dir(file); it.Kind == "." {
		it.Kind = it.Slug
	}
	if err := l.db.InTx(t.Context(), func(tx *postgres.Tx) error { return save(t.Context(), tx, it) }); err != nil {
		t.Fatal(err)
	}
}

func (l *letterSite) post(path string, form url.Values) *http.Response {
	return l.ask(http.MethodPost, path, strings.NewReader(form.Encode()))
}

// page asks for a page and wants its status.
func (l *letterSite) page(t *testing.T, status int, r *http.Response) string {
	t.Helper()
	body := bodyOf(t, r)
	if r.StatusCode != status {
		t.Fatalf("%d, want %d: %.400s", r.StatusCode, status, regexp.MustCompile(`(?s).*<main`).ReplaceAllString(body, "<main"))
	}
	return body
}

func (l *letterSite) mails(t *testing.T) []mail.Reading {
	t.Helper()
	l.box.texts = nil
	for paced := 1; paced > 0; { // the clock stands still here: turns come at once
		if err := l.db.Gorm.Exec("UPDATE mail_pace SET next_at = ?", l.Now()).Error; err != nil {
			t.Fatal(err)
		}
		if err := l.Post.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := l.db.Gorm.Raw("SELECT count(*) FROM mail WHERE state = 'queued' AND not_before <= ? AND paces <> '{}'", l.Now()).Scan(&paced).Error
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []mail.Reading
	for _, raw := range l.box.texts {
		m, err := mail.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	return got
}

var (
	inputs    = regexp.MustCompile(`(?s)<input[^>]*>`)
	textareas = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selected  = regexp.MustCompile(`<option value="([^"]*)" selected`)
	attribute = func(name string) *regexp.Regexp { return regexp.MustCompile(`\b` + name + `="([^"]*)"`) }
)

// formOnPage is what a browser would send for the letter's form as the page
// shows it.
func formOnPage(t *testing.T, page string) url.Values {
	t.Helper()
	_, form, found := strings.Cut(page, "data-letter")
	form, _, closed := strings.Cut(form, "</form>")
	if !found || !closed {
		t.Fatal("there is no letter's form on the page")
	}
	values := url.Values{}
	value := func(tag, name string) string {
		m := attribute(name).FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		return html.UnescapeString(m[1])
	}
	for _, tag := range inputs.FindAllString(form, -1) {
		if value(tag, "type") == "checkbox" && !strings.Contains(tag, " checked") {
			continue
		}
		values.Add(value(tag, "name"), value(tag, "value"))
	}
	for _, m := range textareas.FindAllStringSubmatch(form, -1) {
		values.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	if m := selected.FindStringSubmatch(form); m != nil {
		values.Set("state", m[1])
	}
	return values
}

func fillMaya(form url.Values) url.Values {
	for name, v := range map[string]string{
		"given_name": "Maya", "family_name": "Ortiz", "street": "1437 Bannock St", "city": "Denver", "state": "CO", "zip": "80203",
		"email": "maya.ortiz@example.org", "story": "My brother was hurt in a traffic stop.",
	} {
		form.Set(name, v)
	}
	return form
}

var confirmPath = regexp.MustCompile(`/messages/[A-Za-z0-9_-]+/confirm`)

func TestMayaWritesOnTheSite(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	find := l.page(t, http.StatusOK, l.get(letterPath))
	if !strings.Contains(find, `name="zip"`) || !strings.Contains(find, `name="address"`) || !strings.Contains(find, "Test site: nothing you write here reaches an office") {
		t.Error("the finding step lacks a way to find, or doesn't say that this is a test site")
	}
	found := l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}})
	if cc := found.Header.Get("Cache-Control"); cc != "private, no-store" {
		t.Errorf("an answer to an address may be kept: %s", cc)
	}
	write := l.page(t, http.StatusOK, found)
	for _, want := range []string{"We send", "You send, about 2 minutes each", "Senator John W. Hickenlooper", "Representative Diana DeGette", "Check 5 letters", "Test site: nothing"} {
		if !strings.Contains(write, want) {
			t.Errorf("the writing step lacks %q", want)
		}
	}
	form := formOnPage(t, write)
	if len(form["officials[]"]) != 5 || form.Get("street") != "1437 Bannock St" || form.Get("updates") != "" {
		t.Fatalf("%d officials, street %q, updates %q", len(form["officials[]"]), form.Get("street"), form.Get("updates"))
	}
	sent := l.post(letterPath, fillMaya(form))
	location := sent.Header.Get("Location")
	if sent.StatusCode != http.StatusSeeOther || !strings.HasPrefix(location, "/messages/") || strings.Contains(location, "confirm") {
		t.Fatalf("%d to %q: %s", sent.StatusCode, location, bodyOf(t, sent))
	}
	receipt := l.page(t, http.StatusOK, l.get(location))
	for _, want := range []string{"Check your mail to send 2 letters", "Waits for you", "I sent it", "My brother was hurt", "The form will ask for"} {
		if !strings.Contains(receipt, want) {
			t.Errorf("the receipt lacks %q", want)
		}
	}
	for _, private := range []string{"Bannock", "Ortiz", "maya.ortiz"} {
		if strings.Contains(receipt, private) {
			t.Errorf("the receipt shows %q", private)
		}
	}
	if r := l.post(location+"/confirm", url.Values{}); r.StatusCode != http.StatusNotFound {
		t.Errorf("the redirect's token confirms: %d", r.StatusCode)
	}

	mails := l.mails(t)
	if len(mails) != 1 {
		t.Fatalf("%d mails, want one", len(mails))
	}
	confirm := confirmPath.FindString(mails[0].Text)
	for range 3 { // scanners follow links
		page := l.page(t, http.StatusOK, l.get(confirm))
		for _, want := range []string{"Send 2 letters", "Maya Ortiz via Center for Open Courts", "1437 Bannock St", "maya.ortiz@example.org"} {
			if !strings.Contains(page, want) {
				t.Errorf("the confirm page lacks %q", want)
			}
		}
	}
	if got := l.mails(t); len(got) != 0 {
		t.Fatalf("looking at the confirm page sent %d mails", len(got))
	}
	preview := l.page(t, http.StatusOK, l.get(confirm))
	for range 2 {
		if r := l.post(confirm, url.Values{}); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != location {
			t.Fatalf("confirming: %d to %q", r.StatusCode, r.Header.Get("Location"))
		}
	}
	letters := 0
	for _, m := range l.mails(t) {
		if strings.Contains(m.From, " via ") {
			letters++
			if shown := strings.TrimSpace(m.Text); !strings.Contains(html.UnescapeString(preview), strings.ReplaceAll(shown, "\r\n", "\n")) {
				t.Errorf("this went out, and is not what the confirm page showed:\n%s", shown)
			}
		}
	}
	if letters != 2 {
		t.Errorf("%d letters, want two", letters)
	}
	receipt = l.page(t, http.StatusOK, l.get(location))
	if !strings.Contains(receipt, "Our mail server took it on November 22, 2026") {
		t.Error("the receipt doesn't tell what became of the letters")
	}
	done := regexp.MustCompile(`/messages/[A-Za-z0-9_-]+/deliveries/[0-9a-f-]+/done`).FindString(receipt)
	if r := l.post(done, url.Values{}); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != location {
		t.Errorf("I sent it: %d", r.StatusCode)
	}
	if receipt = l.page(t, http.StatusOK, l.get(location)); !strings.Contains(receipt, "You sent it, as you told us") {
		t.Error("the receipt forgot what was sent by hand")
	}
	if log := l.log.String(); strings.Contains(log, "Bannock") || strings.Contains(log, "maya") || strings.Contains(log, strings.TrimPrefix(location, "/messages/")) {
		t.Error("the log knows who wrote, or a token")
	}
}

func TestPlainFieldsAreEnough(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	form := formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}})))
	plain := fillMaya(url.Values{"officials[]": form["officials[]"], "subject": {"A subject"}, "body": {"My words."}})
	if r := l.post(letterPath, plain); r.StatusCode != http.StatusSeeOther {
		t.Errorf("%d: %s", r.StatusCode, bodyOf(t, r))
	}
}

func TestLetterByZIP(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	page := l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203"))
	if again := l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203&utm_source=x")); again != page {
		t.Error("the same ZIP code has two pages")
	}
	for _, want := range []string{"Some of your representatives depend on your street", "Diana DeGette", "Check 3 letters", `value="80203"`} {
		if !strings.Contains(page, want) {
			t.Errorf("80203 lacks %q", want)
		}
	}
	// Those that the visitor picks among the candidates join the sure ones.
	candidate := regexp.MustCompile(`id="candidate-([^"]*)"`).FindStringSubmatch(page)
	if candidate == nil {
		t.Fatal("no candidates to choose")
	}
	chosen := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"officials[]": {candidate[1]}}))
	if form := formOnPage(t, chosen); len(form["officials[]"]) != 1 || form["officials[]"][0] != candidate[1] || !form.Has("body") {
		t.Errorf("officials %v: one letter has the plain fields", form["officials[]"])
	}
	vacant := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Pleasanton}}))
	if !strings.Contains(vacant, "this seat is vacant") {
		t.Error("the vacant seat of CA-14 is not shown")
	}
	dc := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Washington}}))
	if !strings.Contains(dc, "Eleanor Holmes Norton") {
		t.Error("the District's delegate is not a recipient")
	}
}

func TestPlacesThatCantBeTaken(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	for _, path := range []string{letterPath, "/issues/qualified-immunity/call"} {
		page := l.page(t, http.StatusUnprocessableEntity, l.get(path+"?zip=8020"))
		if !strings.Contains(page, `value="8020"`) || !strings.Contains(page, "There is a problem") {
			t.Errorf("%s: what was typed is gone, or nothing says what is wrong", path)
		}
	}
	for address, status := range map[string]int{
		"": 422, "Denver": 422, civicstest.Unknown: 422, civicstest.TwoPlaces: 422, civicstest.ServerError: 503,
	} {
		for _, next := range []string{"", "call"} {
			page := l.page(t, status, l.post(letterPath+"/recipients", url.Values{"address": {address}, "next": {next}}))
			if !strings.Contains(html.UnescapeString(page), `value="`+address+`"`) || !strings.Contains(page, `name="zip"`) {
				t.Errorf("%q: what was typed is gone, or there is no way on", address)
			}
		}
	}
	if r := l.get("/issues/none/letter"); r.StatusCode != http.StatusNotFound {
		t.Errorf("an issue that isn't: %d", r.StatusCode)
	}
	if r := l.post("/issues/none/letter/recipients", url.Values{"address": {civicstest.Denver}}); r.StatusCode != http.StatusNotFound {
		t.Errorf("recipients of an issue that isn't: %d", r.StatusCode)
	}
}

func TestNonConstituentsLetterComesBack(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	form := formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Boulder}})))
	boulder := form["officials[]"]
	r := l.post(letterPath, fillMaya(form)) // Maya lives in Denver
	page := l.page(t, http.StatusUnprocessableEntity, r)
	for _, want := range []string{"Not your representatives", "Diana DeGette", "My brother was hurt", `value="1437 Bannock St"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	again := formOnPage(t, page)
	for _, id := range again["shown[]"] {
		if id == boulder[len(boulder)-1] {
			t.Error("an official of Boulder is still offered to be sent to")
		}
	}
	if got := l.mails(t); len(got) != 0 {
		t.Errorf("%d mails", len(got))
	}
}

func TestLetterFaultsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	form := formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}})))
	fillMaya(form)
	form.Set("email", "maya")
	form.Set("given_name", "Maya\r\nBcc: eve@example.net")
	form["officials[]"] = form["officials[]"][:2]
	page := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath, form))
	again := formOnPage(t, page)
	for name := range form {
		if name != "given_name" && name != "shown[]" && again.Get(name) != form.Get(name) {
			t.Errorf("%s is now %q, was %q", name, again.Get(name), form.Get(name))
		}
	}
	if len(again["officials[]"]) != 2 || len(again["shown[]"]) != 5 {
		t.Errorf("%d of %d are checked, want 2 of 5", len(again["officials[]"]), len(again["shown[]"]))
	}
	for _, m := range regexp.MustCompile(`<a href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("the summary links to %s, which isn't there", m[1])
		}
	}
	form.Set("email", "maya.ortiz@example.org")
	form.Set("given_name", "Maya")
	delete(form, "officials[]")
	if page := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath, form)); !strings.Contains(page, "Choose at least one person") {
		t.Error("nothing says that nobody was chosen")
	}
	if page := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath, url.Values{"story": {"kept <b>words</b>"}})); !strings.Contains(page, "There is a problem") {
		t.Error("an empty form has no answer")
	}
}

func TestWithPostgreSQLAwayTheLetterIsKept(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	form := fillMaya(formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}}))))
	form["officials[]"] = form["officials[]"][1:]
	l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203"))
	l.db.Close()
	if r := l.get(letterPath + "?zip=80203"); r.StatusCode != http.StatusOK {
		t.Errorf("the page in memory: %d", r.StatusCode)
	}
	if page := l.page(t, http.StatusServiceUnavailable, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}})); !strings.Contains(page, `value="`+civicstest.Denver+`"`) {
		t.Error("the address that was typed is gone")
	}
	again := formOnPage(t, l.page(t, http.StatusServiceUnavailable, l.post(letterPath, form)))
	for name, want := range form {
		if got := again[name]; strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s is now %q, was %q", name, got, want)
		}
	}
	if strings.Contains(l.log.String(), "Bannock") || strings.Contains(l.log.String(), "maya") {
		t.Error("the log holds what was typed")
	}
}

func TestRobotsGetAReceiptOfNothing(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	r := l.post(letterPath, fillMaya(url.Values{abuse.HoneypotField: {"x"}, "officials[]": {"x"}}))
	location := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(location, "/messages/") {
		t.Fatalf("%d to %q", r.StatusCode, location)
	}
	if r := l.get(location); r.StatusCode != http.StatusNotFound {
		t.Errorf("a robot's receipt: %d", r.StatusCode)
	}
	var n int64
	if l.db.Gorm.Table("message").Count(&n); n != 0 {
		t.Errorf("%d messages kept", n)
	}
}

func TestCallPage(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	const path = "/issues/qualified-immunity/call"
	if page := l.page(t, http.StatusOK, l.get(path)); !strings.Contains(page, `name="zip"`) {
		t.Error("the call page asks for no place")
	}
	spans := strings.NewReplacer(`<span class="call-yours" data-call-field="your_name">`, "", "</span>", "") // the caller's part of a script
	byZIP := spans.Replace(l.page(t, http.StatusOK, l.get(path+"?zip=80203")))
	byAddress := spans.Replace(l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}, "next": {"call"}})))
	for _, want := range []string{"Diana DeGette", "202-225-4431", "Capitol office", "Hello, my name is [your name]", "H.R. 3602"} {
		if !strings.Contains(byZIP, want) || !strings.Contains(byAddress, want) {
			t.Errorf("the call page lacks %q", want)
		}
	}
	if !strings.Contains(byAddress, "SB20-217") || strings.Contains(byZIP, "SB20-217") {
		t.Error("state legislators are called by those who know theirs, and by nobody else")
	}
	vacant := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Pleasanton}, "next": {"call"}}))
	if !strings.Contains(vacant, "This seat is vacant") {
		t.Error("a vacant seat is not shown")
	}
}

func TestLiveSiteMakesNoExcuse(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t, "REDRESS_DELIVERY", "live", "REDRESS_SMTP_URL", "smtp://mail.example:25",
		"REDRESS_BASE_URL", "https://act.example.org", "REDRESS_MAIL_FROM", "letters@act.example.org")
	if page := l.page(t, http.StatusOK, l.get(letterPath)); strings.Contains(page, "Test site") {
		t.Error("a live site calls itself a test")
	}
}
