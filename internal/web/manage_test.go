package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"redress/internal/civics/civicstest"
	"redress/internal/jobs"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// manageSite is a site with pledges, letters and self-service.
type manageSite struct {
	*letterSite
}

func newManageSite(t *testing.T) *manageSite {
	t.Helper()
	m := &manageSite{newLetterSite(t)}
	now := m.Now
	m.Supporters = supporter.New(m.db, m.Box, now)
	m.Links = supporter.NewLinks(m.db, m.Box, m.Post, now)
	m.Newsletter = newsletter.New(newsletter.Options{DB: m.db, Box: m.Box, Post: m.Post, Supporters: m.Supporters, Now: now, BaseURL: m.Config.BaseURL})
	jobs.NewsletterMails{Newsletter: m.Newsletter, Centers: m.Centers, BaseURL: m.Config.BaseURL, From: jobs.SenderAt(nil)}.Register(m.Post)
	jobs.PledgeMails{Pledges: m.Pledges, Centers: m.Centers, BaseURL: m.Config.BaseURL, From: jobs.SenderAt(nil)}.Register(m.Post)
	jobs.ManageMails{
		Links: m.Links, Supporters: m.Supporters, Pledges: m.Pledges, Letters: m.Letters, Newsletter: m.Newsletter, Centers: m.Centers,
		BaseURL: m.Config.BaseURL, From: jobs.SenderAt(nil), Zone: m.Config.Location,
	}.Register(m.Post)
	m.publish(t, "pledges/qualified-immunity.md", m.Pledges.SaveContent)
	return m
}

func (m *manageSite) send(t *testing.T) []string {
	t.Helper()
	m.box.texts = nil
	if err := m.Post.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m.box.texts
}

func (m *manageSite) submit(path string, pairs ...string) *http.Response {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return m.ask(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func pathIn(t *testing.T, mails []string, pattern string) string {
	t.Helper()
	plain := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(strings.Join(mails, "\n"))
	found := regexp.MustCompile(pattern).FindString(plain)
	if found == "" {
		t.Fatalf("no %s in %d mails", pattern, len(mails))
	}
	return found
}

// signed signs and confirms.
func (m *manageSite) signed(t *testing.T, given, email string) {
	t.Helper()
	m.submit(pledgePath, "given_name", given, "family_name", "Reyes", "email", email, "zip", "80203", "show_name", "on", "updates", "on")
	link := pathIn(t, m.send(t), `/signatures/[\w-]{60}/confirm`)
	if r := m.submit(link); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirming answers %d", r.StatusCode)
	}
}

func (m *manageSite) link(t *testing.T, email string) string {
	t.Helper()
	if r := m.submit("/manage", "email", email); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/manage/sent" {
		t.Fatalf("asking answers %d %s", r.StatusCode, bodyOf(t, r))
	}
	return pathIn(t, m.send(t), `/manage/[\w-]{60}`)
}

func (m *manageSite) count(t *testing.T) int64 {
	t.Helper()
	m.Pledges.Changed(pledge.Tag("qualified-immunity"))
	c, err := m.Pledges.Count(t.Context(), "qualified-immunity")
	if err != nil {
		t.Fatal(err)
	}
	return c.Confirmed
}

func TestAMailboxManagesWhatIsItsOwn(t *testing.T) {
	t.Parallel()
	m := newManageSite(t)
	m.signed(t, "Ana", "ana@mail.example")
	m.signed(t, "Ben", "ben@other.example")
	ana, ben := m.link(t, "ana@mail.example"), m.link(t, "ben@other.example")

	r := m.get(ana)
	page := bodyOf(t, r)
	for _, want := range []string{"Ana Reyes", "ana@mail.example", "80203", "counted", `"` + ana + `/erase"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "Ben") || r.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(page, "noindex") {
		t.Errorf("not private: %v", r.Header)
	}
	signature := regexp.MustCompile(`/signatures/[0-9a-f-]{36}`).FindString(page)
	foreign := regexp.MustCompile(`/signatures/[0-9a-f-]{36}`).FindString(bodyOf(t, m.get(ben)))
	for _, verb := range []string{"/show", "/withdraw", "/name"} {
		if r := m.submit(ana+foreign+verb, "given_name", "Eve", "family_name", "Evil"); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s of somebody else's answers %d", verb, r.StatusCode)
		}
	}

	if r := m.submit(ana+signature+"/name", "given_name", "Ana7", "family_name", ""); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(bodyOf(t, r), `value="Ana7"`) {
		t.Errorf("a wrong name answers %d", r.StatusCode)
	}
	if r := m.submit(ana+signature+"/name", "given_name", "Anna", "family_name", "Reyes"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("a right name answers %d", r.StatusCode)
	}
	m.signed(t, "Ana", "ana@mail.example") // a second person; the first now has another name
	if r := m.submit(ana+signature+"/name", "given_name", "Ana", "family_name", "Reyes"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(bodyOf(t, r), "already signed") {
		t.Errorf("a taken name answers %d", r.StatusCode)
	}
	if r := m.submit(ana+signature+"/show", "show", "off"); r.Header.Get("Location") != ana+"?done=hidden" {
		t.Error(r.Header)
	}

	var data map[string]any
	r = m.submit(ana + "/data")
	if err := json.Unmarshal([]byte(bodyOf(t, r)), &data); err != nil || !strings.Contains(r.Header.Get("Content-Disposition"), "attachment") {
		t.Fatal(err)
	}
	signatures := data["signatures"].([]any)
	if len(signatures) != 2 || len(data["consents"].([]any)) != 2 || len(data["mails"].([]any)) < 3 || data["address_for_updates"] != "ana@mail.example" {
		t.Errorf("%v", data)
	}
	if r := m.submit(ana + "/updates"); r.StatusCode != http.StatusSeeOther {
		t.Error(r.StatusCode)
	}
	if yes, err := m.Supporters.Consented(t.Context(), supporter.MailboxKey(m.Box, "ana@mail.example"), supporter.Updates); err != nil || yes {
		t.Error("the consent stands", err)
	}
	if m.submit(ana + signature + "/withdraw"); m.count(t) != 2 {
		t.Errorf("after withdrawing: %d", m.count(t))
	}

	if page := bodyOf(t, m.get(ben+"/erase")); !strings.Contains(page, `name="silence"`) || m.count(t) != 2 {
		t.Error(page)
	}
	if r := m.submit(ben + "/erase"); r.StatusCode != http.StatusOK || m.count(t) != 2 {
		t.Errorf("erasing answers %d; %d are counted", r.StatusCode, m.count(t))
	}
	if r := m.get(ben); r.StatusCode != http.StatusNotFound || !strings.Contains(bodyOf(t, r), `href="/manage"`) {
		t.Errorf("the link of the erased answers %d", r.StatusCode)
	}
	var left int64
	m.db.Read(t.Context()).Raw(`SELECT count(*) FROM signature_person`).Scan(&left)
	if left != 1 {
		t.Errorf("%d persons are left", left)
	}
}

func TestAMailboxManagesItsNewsletter(t *testing.T) {
	t.Parallel()
	m := newManageSite(t)
	m.submit("/newsletter", "email", "ana@mail.example", "rhythm", "weekly")
	m.submit(pathIn(t, m.send(t), `/subscriptions/[\w-]{60}/confirm`))
	ana := m.link(t, "ana@mail.example")
	page := bodyOf(t, m.get(ana))
	if !strings.Contains(page, "once a week") || !strings.Contains(page, `/subscriptions/`) {
		t.Error("the page says nothing of the newsletter")
	}
	var data struct{ Newsletter map[string]any }
	if err := json.Unmarshal([]byte(bodyOf(t, m.submit(ana+"/data"))), &data); err != nil || data.Newsletter["email"] != "ana@mail.example" || data.Newsletter["state"] != "active" {
		t.Errorf("%v %v", data, err)
	}
	if r := m.submit(ana + "/erase"); r.StatusCode != http.StatusOK {
		t.Errorf("erasing answers %d", r.StatusCode)
	}
	var left int64
	m.db.Read(t.Context()).Raw(`SELECT (SELECT count(*) FROM subscriber) + (SELECT count(*) FROM subscriber_person) + (SELECT count(*) FROM consent)`).Scan(&left)
	if left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

func TestManageAnswersTheUnknownAlike(t *testing.T) {
	t.Parallel()
	m := newManageSite(t)
	m.signed(t, "Ana", "ana@mail.example")
	known, unknown := m.submit("/manage", "email", "ana@mail.example"), m.submit("/manage", "email", "nobody@mail.example")
	if known.StatusCode != unknown.StatusCode || bodyOf(t, known) != bodyOf(t, unknown) || known.Header.Get("Location") != unknown.Header.Get("Location") {
		t.Error("the answers differ")
	}
	mails := m.send(t)
	if len(mails) != 1 || !strings.Contains(mails[0], "ana@mail.example") {
		t.Errorf("%d mails went out", len(mails))
	}
	if r := m.submit("/manage", "email", "nobody"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(bodyOf(t, r), `value="nobody"`) {
		t.Errorf("no address answers %d", r.StatusCode)
	}
	for range 6 { // the day's allowance is three for one mailbox
		m.submit("/manage", "email", "ana@mail.example")
	}
	if mails := m.send(t); len(mails) > 3 {
		t.Errorf("%d mails in a day", len(mails))
	}
	if r := m.submit("/manage", "email", "ana@mail.example", "fax_extension", "1"); r.StatusCode != http.StatusSeeOther || len(m.send(t)) != 0 {
		t.Error("a robot got a mail")
	}
	for _, path := range []string{"/manage/x", "/manage/x/erase", "/manage/x/signatures/y/name"} {
		if r := m.get(path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, r.StatusCode)
		}
	}
}

func TestATypoIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	m := newManageSite(t)
	typed := []string{"given_name", "Ana", "family_name", "Reyes", "email", "ana@gmial.com", "zip", "80203"}
	r := m.submit(pledgePath, typed...)
	page := bodyOf(t, r)
	if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Did you mean gmail.com?") || !strings.Contains(page, `name="email_asked" value="ana@gmial.com"`) {
		t.Fatalf("%d %s", r.StatusCode, page)
	}
	if r := m.submit(pledgePath, append(typed, "email_asked", "ana@gmial.com")...); r.StatusCode != http.StatusSeeOther {
		t.Errorf("sent again unchanged: %d", r.StatusCode)
	}
	if mails := m.send(t); len(mails) != 1 || !strings.Contains(mails[0], "ana@gmial.com") {
		t.Error("the mail went elsewhere")
	}
	if r := m.submit(pledgePath, append(typed, "email_asked", "ana@gmial.com", "email_domain", "gmail.com")...); r.StatusCode != http.StatusSeeOther {
		t.Errorf("taken: %d", r.StatusCode)
	}
	if mails := m.send(t); len(mails) != 1 || !strings.Contains(mails[0], "ana@gmail.com") {
		t.Error("the mail did not go to the one that was meant")
	}
	if r := m.submit(pledgePath, append(typed, "email_domain", "evil.example")...); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another domain: %d", r.StatusCode)
	}
}

func TestAHeldSignaturesPageSaysSo(t *testing.T) {
	t.Parallel()
	m := newManageSite(t)
	m.submit(pledgePath, "given_name", "Ana", "family_name", "Reyes", "email", "ana@mailinator.com", "zip", "80203")
	link := pathIn(t, m.send(t), `/signatures/[\w-]{60}/confirm`)
	if r := m.submit(link); r.StatusCode != http.StatusSeeOther {
		t.Fatal(r.StatusCode)
	}
	r := m.get(link)
	if page := bodyOf(t, r); r.StatusCode != http.StatusOK || !strings.Contains(page, "Not counted yet: under review") || !strings.Contains(page, `href="/contact"`) {
		t.Errorf("%d %s", r.StatusCode, page)
	}
	if n := m.count(t); n != 0 {
		t.Errorf("%d are counted", n)
	}
}

// aboutPeople are the tables that keep something by a mailbox, a signature or a
// message, and where their owner reads it in "my data". A table that comes to them
// has to be in what a mailbox is shown, and in what is erased with it.
var aboutPeople = map[string]string{
	"consent":               "consents",
	"delivery":              "messages.letters",
	"mail":                  "mails",
	"manage_request":        "links_asked_for",
	"message":               "messages",
	"message_move":          "messages.moves",
	"message_person":        "messages.writer",
	"message_proof":         "letters_asked_for",
	"message_review":        "messages.reviews",
	"message_text":          "messages.letters",
	"signature":             "signatures",
	"signature_district":    "signatures.district",
	"signature_event":       "", // the same once more, for an hour at most
	"signature_hold":        "signatures",
	"signature_person":      "signatures",
	"signature_review_step": "signatures.decisions",
	"subscriber":            "newsletter",
	"subscriber_change":     "newsletter.address_that_takes_over",
	"supporter_former":      "", // leads from links in older mails to the mailbox
	"supporter_person":      "address_for_updates",
	"suppression":           "no_mail_wanted",
}

func TestMyDataLeavesNoTableOut(t *testing.T) {
	t.Parallel()
	m := newManageSite(t)
	var tables []string
	err := m.db.Read(t.Context()).Raw(`
		SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = current_schema()
			AND column_name IN ('mailbox_key', 'signer_key', 'signature_id', 'message_id', 'subscriber_id') ORDER BY 1`).Scan(&tables).Error
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.Sorted(maps.Keys(aboutPeople)); !slices.Equal(tables, want) {
		t.Errorf("tables about people are\n%q, of which my data shows\n%q", tables, want)
	}

	addSource(t, m.Pledges, "flyer-1")
	m.submit(pledgePath, "given_name", "Maya", "family_name", "Ortiz", "email", "maya.ortiz@example.org", "zip", "80203", "updates", "on", "from", "flyer-1")
	if r := m.submit(pathIn(t, m.send(t), `/signatures/[\w-]{60}/confirm`)); r.StatusCode != http.StatusSeeOther {
		t.Fatal(r.StatusCode)
	}
	write := m.page(t, http.StatusOK, m.post(letterPath+"/recipients?from=flyer-1", url.Values{"address": {civicstest.Denver}}))
	if r := m.post(letterPath, fillMaya(formOnPage(t, write))); r.StatusCode != http.StatusSeeOther {
		t.Fatal(r.StatusCode)
	}
	if r := m.submit(pathIn(t, m.send(t), `/messages/[\w-]+/confirm`)); r.StatusCode != http.StatusSeeOther {
		t.Fatal(r.StatusCode)
	}
	m.send(t) // the letters
	if err := m.db.Gorm.Exec(`INSERT INTO signature_district SELECT id, 'ocd-division/country:us/state:co/cd:1', 119 FROM signature`).Error; err != nil {
		t.Fatal(err)
	}
	choice := pledge.Choice{Pledge: "qualified-immunity", Domain: "example.org"}
	if _, _, err := m.Pledges.Decide(t.Context(), choice, pledge.DecideHold, "ana", nil); err != nil {
		t.Fatal(err)
	}
	if r := m.submit("/manage", "email", "maya.ortiz@example.org"); r.StatusCode != http.StatusSeeOther {
		t.Fatal(r.StatusCode)
	}
	link := pathIn(t, m.send(t), `/manage/[\w-]{60}`)
	_, err = m.Newsletter.Import(t.Context(), newsletter.Import{Email: "maya.ortiz@example.org", Words: "Send me the term of the day.", Given: m.Now(), Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	news, err := m.Newsletter.Owned(t.Context(), supporter.MailboxKey(m.Box, "maya.ortiz@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Newsletter.Change(t.Context(), m.Newsletter.Token(news.Subscriber), "maya@new.example", "Send it there."); err != nil {
		t.Fatal(err)
	}
	err = m.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		return m.Supporters.Suppress(t.Context(), tx, supporter.MailboxKey(m.Box, "maya.ortiz@example.org"), supporter.Asked)
	})
	if err != nil {
		t.Fatal(err)
	}
	text := bodyOf(t, m.submit(link+"/data"))
	var data map[string]any
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	for table, where := range aboutPeople {
		part := any(data)
		for name := range strings.SplitSeq(where, ".") {
			if list, ok := part.([]any); ok && len(list) > 0 {
				part = list[0]
			}
			if object, ok := part.(map[string]any); ok && name != "" {
				part = object[name]
			}
		}
		list, isList := part.([]any)
		// nothing was decided about this message: its list is empty, and there
		if empty := part == nil || part == "" || isList && len(list) == 0; empty && table != "message_review" {
			t.Errorf("%s: %s shows %v", table, where, part)
		}
	}
	for _, want := range []string{
		`"id": "ocd-division/country:us/state:co/cd:1"`, `"congress": 119`, `"source_code": "flyer-1"`, `"origin": "form"`, `"held_for": "review"`,
		`"decision": "hold"`, `"was": "confirmed"`, `"to": "confirmed"`, `"street": "1437 Bannock St"`, `"reason": "asked"`, `"sent_to"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("my data lacks %s", want)
		}
	}
	if strings.Count(text, `"source_code": "flyer-1"`) != 2 || strings.Contains(text, `"ana"`) {
		t.Errorf("%s", text)
	}
}
