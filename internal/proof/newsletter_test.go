package proof

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"redress/internal/newsletter"
)

// preferencesLink is a link that opens a subscription.
var preferencesLink = regexp.MustCompile(`/subscriptions/[A-Za-z0-9_-]{60}\b`)

// joins subscribes someone, confirms, and gives the page that thanks and that of the preferences.
func (s *site) joins(t testing.TB, p person) (confirm, preferences string) {
	t.Helper()
	s.redirected(t, "/newsletter", url.Values{"email": {p.Email}})
	confirm = path(t, s.awaitMail(t, p.Email, confirmNews).link(t, "/confirm"))
	s.redirected(t, confirm, nil)
	_, thanks := s.get(t, confirm)
	for _, link := range preferencesLink.FindAllString(thanks, -1) {
		if !strings.HasPrefix(confirm, link) {
			return confirm, link
		}
	}
	t.Fatalf("no way to the preferences in\n%s", thanks)
	return "", ""
}

// subscription is the state of someone's subscription, "" when there is none, and how many consents to the newsletter stand.
func (s *site) subscription(t testing.TB, p person) (state string, consents int) {
	t.Helper()
	conn := connect(t, s)
	key := mailboxKey(t, s, p.Email)
	err := conn.QueryRow(t.Context(), `
		SELECT coalesce((SELECT state FROM subscriber WHERE mailbox_key = $1), ''),
			(SELECT count(*) FROM consent WHERE mailbox_key = $1 AND kind = 'newsletter' AND withdrawn IS NULL)`, key).Scan(&state, &consents)
	if err != nil {
		t.Fatal(err)
	}
	return state, consents
}

// TestMayaSubscribesAndLeaves subscribes without script, confirms from the mail, chooses weekly, pauses, and leaves by the page;
// she takes that back once.
func TestMayaSubscribesAndLeaves(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	m := maya()
	b := open(t, look{NoScript: true})
	b.visit(s.URL + "/")
	b.click(`.newsletter-box a`)
	b.says(say("newsletter.page.heading"), say("newsletter.rhythm.daily"), say("newsletter.rhythm.weekly"))
	b.fill("#field-email", m.Email)
	b.picture("newsletter")
	b.click(`form#subscribe button[type="submit"]`)
	b.says(say("newsletter.sent.heading"))
	b.doesNotSay(m.Email)
	b.picture("newsletter-sent")

	asked := s.awaitMail(t, m.Email, confirmNews)
	has(t, "the mail", asked.Text, say("newsletter.mail.confirm.button"), "100 Example Street") // the postal address
	confirm := asked.link(t, "/confirm")
	if state, consents := s.subscription(t, m); state != newsletter.Pending || consents != 0 {
		t.Errorf("before confirming: %q, %d consents", state, consents)
	}
	b.visit(confirm)
	b.says(say("newsletter.confirm.heading"), say("newsletter.confirm.words"))
	b.doesNotSay(m.Email)
	b.picture("newsletter-confirm")
	b.click(`main form[method="post"] button`)
	b.says(say("newsletter.thanks.heading"), say("newsletter.thanks.next"))
	b.picture("newsletter-thanks")
	if state, consents := s.subscription(t, m); state != newsletter.Active || consents != 1 {
		t.Errorf("after confirming: %q, %d consents", state, consents)
	}

	b.click(`main a[href^="/subscriptions/"]`)
	b.says(say("newsletter.preferences.heading"))
	b.doesNotSay(m.Email)
	b.picture("newsletter-preferences")
	b.press("#rhythm-weekly")
	b.click(`form:has(#rhythm-weekly) button`)
	b.says(say("newsletter.preferences.done_rhythm"))
	b.click(`button[value="2_weeks"]`)
	b.says(say("newsletter.preferences.done_pause"), say("newsletter.preferences.resume"))
	if state, _ := s.subscription(t, m); state != newsletter.Paused {
		t.Errorf("paused: %q", state)
	}
	b.click(`button[value="resume"]`)
	b.says(say("newsletter.preferences.done_resume"))

	leave := func() {
		t.Helper()
		b.click(`main a[href$="/unsubscribe"]`)
		b.says(say("newsletter.unsubscribe.heading"))
		b.doesNotSay(m.Email)
		b.picture("newsletter-unsubscribe")
		b.click(`main form button`)
		b.says(say("newsletter.gone.heading"), say("newsletter.gone.undo"))
		b.picture("newsletter-gone")
		if state, consents := s.subscription(t, m); state != newsletter.Ended || consents != 0 {
			t.Errorf("after leaving: %q, %d consents", state, consents)
		}
	}
	leave()
	b.click(`main form button`)
	b.says(say("newsletter.undone.heading"))
	if state, consents := s.subscription(t, m); state != newsletter.Active || consents != 1 {
		t.Errorf("taken back: %q, %d consents", state, consents)
	}
	b.click(`main a[href^="/subscriptions/"]`)
	leave()
}

// TestAMailProviderUnsubscribesByOneClick does what a provider does when its reader presses its button, as RFC 8058 has it: a POST
// without cookies or an origin, or from a page of the provider's own. It is answered at once, alike each time, and a GET of the
// same address changes nothing.
func TestAMailProviderUnsubscribesByOneClick(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	for name, origin := range map[string]string{"no origin": "", "the provider's": "https://mail.provider.example"} {
		m := maya()
		_, mine := s.joins(t, m)
		press := func(form string) (int, string) {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+mine+"/one-click", strings.NewReader(form))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if origin != "" {
				req.Header.Set("Origin", origin)
				req.Header.Set("Sec-Fetch-Site", "cross-site")
			}
			resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, body(t, resp)
		}
		resp, page := s.get(t, mine+"/one-click")
		if resp.StatusCode != http.StatusOK || !strings.Contains(page, `action="`+mine+`/unsubscribe"`) {
			t.Errorf("%s: a GET: %d", name, resp.StatusCode)
		}
		if status, _ := press("a=b"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: another POST: %d", name, status)
		}
		if state, _ := s.subscription(t, m); state != newsletter.Active {
			t.Fatalf("%s: before the button it is %q", name, state)
		}
		first, text := press("List-Unsubscribe=One-Click")
		second, again := press("List-Unsubscribe=One-Click")
		if first != http.StatusOK || second != http.StatusOK || text != again {
			t.Errorf("%s: %d, then %d", name, first, second)
		}
		if state, consents := s.subscription(t, m); state != newsletter.Ended || consents != 0 {
			t.Errorf("%s: after the button: %q, %d consents", name, state, consents)
		}
	}
	if resp, _ := s.post(t, "/subscriptions/"+canaryToken+"/one-click", url.Values{"List-Unsubscribe": {"One-Click"}}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a made-up token: %d", resp.StatusCode)
	}
}

// TestNobodyLearnsWhoHasTheNewsletter subscribes a newcomer and one who has it: the answers are the same to the byte, and only
// the mailbox is told.
func TestNobodyLearnsWhoHasTheNewsletter(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	m := maya()
	s.joins(t, m)
	answer := func(p person) string {
		t.Helper()
		where := s.redirected(t, "/newsletter", url.Values{"email": {p.Email}})
		_, page := s.follow(t, where)
		return where + page
	}
	if answer(m) != answer(maya()) {
		t.Error("the answer tells who has the newsletter")
	}
	told := s.awaitMail(t, m.Email, newsletter.MailAlready)
	if header := told.Get("List-Unsubscribe"); !strings.HasSuffix(header, "/one-click>") {
		t.Errorf("List-Unsubscribe: %q", header)
	}
	resp, page := s.get(t, path(t, told.link(t, "/subscriptions/")))
	if resp.StatusCode != http.StatusOK || strings.Contains(page, m.Email) {
		t.Errorf("the preferences: %d", resp.StatusCode)
	}
	robot := maya()
	s.redirected(t, "/newsletter", url.Values{"email": {robot.Email}, "fax_extension": {"1"}})
	if state, _ := s.subscription(t, robot); state != "" {
		t.Errorf("a robot is %q", state)
	}
}

// TestScannersLeaveSubscriptionsAlone follows every link of every mail about a subscription by GET and HEAD.
func TestScannersLeaveSubscriptionsAlone(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	m, other, third := maya(), maya(), maya()
	_, mine := s.joins(t, m)
	s.redirected(t, "/newsletter", url.Values{"email": {m.Email}})
	s.redirected(t, "/newsletter", url.Values{"email": {other.Email}})
	s.redirected(t, mine, url.Values{"do": {"address"}, "email": {third.Email}})
	for to, kind := range map[string]string{m.Email: newsletter.MailAlready, other.Email: confirmNews, third.Email: newsletter.MailChange} {
		s.awaitMail(t, to, kind)
	}
	s.awaitMail(t, m.Email, newsletter.MailChanging)
	before := settled(t, s)
	followed := 0
	for _, mail := range s.mails(t) {
		found := append(linkInMail.FindAllString(mail.Text, -1), linkInMail.FindAllString(mail.HTML, -1)...)
		for _, link := range append(found, strings.Trim(mail.Get("List-Unsubscribe"), "<>")) {
			if !strings.Contains(link, "/subscriptions/") {
				continue
			}
			followed++
			for _, method := range []string{http.MethodHead, http.MethodGet} {
				req, err := http.NewRequestWithContext(t.Context(), method, link, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				body(t, resp)
				if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "private, no-store" {
					t.Errorf("%s: %d %q", method, resp.StatusCode, resp.Header.Get("Cache-Control"))
				}
			}
		}
	}
	if followed < 10 {
		t.Fatalf("only %d links were followed: nothing was proven", followed)
	}
	time.Sleep(time.Second)
	if after := states(t, s); after != before {
		t.Errorf("following links moved something:\nbefore %s\nafter  %s", before, after)
	}
	// And the button behind one of them still works: the new address takes over.
	s.redirected(t, path(t, s.awaitMail(t, third.Email, newsletter.MailChange).link(t, "/confirm")), nil)
	if state, _ := s.subscription(t, third); state != newsletter.Active {
		t.Errorf("the new address is %q", state)
	}
	if state, _ := s.subscription(t, m); state != newsletter.Ended {
		t.Errorf("the former address is %q", state)
	}
}
