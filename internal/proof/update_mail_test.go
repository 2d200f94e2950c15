package proof

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"redress/internal/newsletter"
	"redress/internal/supporter"
)

// agrees signs a pledge with the box for updates ticked and confirms.
func (s *site) agrees(t testing.TB, p person, issue string) {
	t.Helper()
	form := p.signing()
	form.Set("updates", "on")
	s.redirected(t, issue+"/pledge", form)
	s.counted(t, path(t, s.awaitMail(t, p.Email, confirmSignature).link(t, "/confirm")))
}

// updates is how many consents to updates of someone stand, how many were given at all, and whether their address is kept.
func (s *site) updates(t testing.TB, p person) (standing, given int, kept bool) {
	t.Helper()
	key := supporter.MailboxKey(boxOf(t, s), p.Email)
	err := connect(t, s).QueryRow(t.Context(), `
		SELECT count(*) FILTER (WHERE withdrawn IS NULL), count(*), EXISTS (SELECT 1 FROM supporter_person WHERE mailbox_key = $1)
		FROM consent WHERE mailbox_key = $1 AND kind = 'updates'`, key).Scan(&standing, &given, &kept)
	if err != nil {
		t.Fatal(err)
	}
	return standing, given, kept
}

// sends lets a campaigner send an update of the issue.
func (s *site) sends(t testing.TB, key string) string {
	t.Helper()
	out, err := s.command(t, "update", "send", strings.TrimPrefix(theIssue, "/issues/"), key)
	if err != nil {
		t.Fatalf("send: %v %s", err, out)
	}
	return out
}

// The updates that come with the program.
const (
	firstNews  = "four-bills-end-in-january"
	secondNews = "bills-to-keep-the-rule"
)

// TestHanaGetsAnUpdateAndEndsThem signs with the box ticked and gets the update that a campaigner sends. Theo signs without, and
// gets none. She ends updates by the page behind its link, on a small phone in the dark without script, and gets no other.
func TestHanaGetsAnUpdateAndEndsThem(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	h, theo := hana(), maya()
	s.agrees(t, h, theIssue)
	s.redirected(t, theIssue+"/pledge", theo.signing())
	s.counted(t, path(t, s.awaitMail(t, theo.Email, confirmSignature).link(t, "/confirm")))
	slug := strings.TrimPrefix(theIssue, "/issues/")

	out, err := s.command(t, "update", "preview", slug, firstNews)
	if err != nil || !strings.Contains(out, "Subject: Four federal bills") {
		t.Fatalf("preview: %v %s", err, out)
	}
	if out, err := s.command(t, "update", "test", slug, firstNews, "--to", "operator@center.example"); err != nil || !strings.Contains(out, "captured") {
		t.Fatalf("test: %v %s", err, out)
	}
	s.awaitMail(t, "operator@center.example", newsletter.MailUpdate)
	if out, err := s.command(t, "update", "send", slug, "no-such-update"); err == nil {
		t.Errorf("an update that isn't there: %s", out)
	}
	has(t, "sending", s.sends(t, firstNews), "to 1.")
	mail := s.awaitMail(t, h.Email, newsletter.MailUpdate)
	unwrapped := strings.Join(strings.Fields(mail.Text), " ")
	for _, want := range []string{
		"You get this because you agreed on", "when you signed the pledge on", "Send me updates from", "100 Example Street",
		theUpdate[:strings.LastIndex(theUpdate, "/")] + "/" + firstNews, "/manage", strings.ToUpper(say("edition.mail.action")), theIssue + "/letter", "people have signed", // she has signed already
	} {
		if !strings.Contains(unwrapped, want) {
			t.Errorf("the text lacks %q:\n%s", want, mail.Text)
		}
	}
	if header := mail.Get("List-Unsubscribe"); !strings.Contains(header, "/one-click>") || mail.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" ||
		!strings.Contains(mail.Get("List-Id"), "updates.") {
		t.Errorf("List-Unsubscribe: %s, List-Id: %s", header, mail.Get("List-Id"))
	}
	has(t, "sending again", s.sends(t, firstNews), "There already")
	readUpdate(t, s)

	b := open(t, look{Width: 320, Dark: true, NoScript: true})
	b.visit(updatesLink(t, s, mail))
	b.says(say("update.stop.heading"), say("update.stop.words"))
	b.doesNotSay(h.Email)
	b.fits()
	b.picture("updates-stop-320-dark")
	if standing, _, kept := s.updates(t, h); standing != 1 || !kept {
		t.Errorf("before the button: %d stand, address %v", standing, kept)
	}
	b.click(`main form button`)
	b.says(say("update.stopped.heading"))
	b.fits()
	b.picture("updates-stopped-320-dark")
	if standing, given, kept := s.updates(t, h); standing != 0 || given != 1 || kept {
		t.Errorf("after the button: %d of %d stand, address %v", standing, given, kept)
	}
	has(t, "the next one", s.sends(t, secondNews), "to 0.")
	time.Sleep(6 * time.Second) // the walk has been by
	for _, m := range s.mails(t) {
		if m.Kind == newsletter.MailUpdate && (strings.Contains(m.Get("To"), theo.Email) || strings.HasPrefix(m.Subject, "Two bills")) {
			t.Errorf("%q went to %s", m.Subject, m.Get("To"))
		}
	}
	out, err = s.command(t, "update", "status", slug, firstNews)
	if err != nil || !strings.Contains(out, "1 of 1 sent") {
		t.Errorf("status: %v %s", err, out)
	}
}

// updatesLink is the way to the page that ends updates, as the mail's text has it.
func updatesLink(t *testing.T, s *site, mail letterbox) string {
	t.Helper()
	for _, link := range linkInMail.FindAllString(mail.Text, -1) {
		if strings.HasPrefix(link, s.URL+"/updates/") {
			return link
		}
	}
	t.Fatalf("no way to end updates in\n%s", mail.Text)
	return ""
}

// readUpdate opens the mail in a browser as mail programs show it.
func readUpdate(t *testing.T, s *site) {
	t.Helper()
	name := regexp.MustCompile(`/dev/mail/[^"]+newsletter\.update[^"]+`).FindString(get(t, s, "/dev/mail"))
	if name == "" {
		t.Fatal("no update is listed at /dev/mail")
	}
	for _, l := range []look{{Width: 320}, {Width: 320, Dark: true}, {Width: 1280}} {
		b := open(t, l)
		b.visit(s.URL + name + "?form=html")
		b.says("Four federal bills", say("edition.mail.action"))
		b.fits()
		b.picture("update-mail-" + lookName(l))
	}
}

// TestAMailProviderEndsUpdatesByOneClick follows the links of an update by GET and HEAD first, as scanners do, which changes
// nothing; then it does what a provider does when its reader presses its button.
func TestAMailProviderEndsUpdatesByOneClick(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	h := hana()
	s.agrees(t, h, theIssue)
	s.sends(t, firstNews)
	mail := s.awaitMail(t, h.Email, newsletter.MailUpdate)
	before := settled(t, s)
	oneClick := strings.Trim(mail.Get("List-Unsubscribe"), "<>")
	followed := 0
	for _, link := range append(append(linkInMail.FindAllString(mail.Text, -1), linkInMail.FindAllString(mail.HTML, -1)...), oneClick) {
		if !strings.HasPrefix(link, s.URL+"/") {
			continue
		}
		followed++
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			req, err := http.NewRequestWithContext(t.Context(), method, strings.TrimRight(link, ".,)"), nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body(t, resp)
			if resp.StatusCode != http.StatusOK || strings.HasPrefix(link, s.URL+"/updates/") && resp.Header.Get("Cache-Control") != "private, no-store" {
				t.Errorf("%s of a link: %d %q", method, resp.StatusCode, resp.Header.Get("Cache-Control"))
			}
		}
	}
	time.Sleep(time.Second)
	if after := states(t, s); after != before || followed < 8 {
		t.Errorf("following %d links moved something:\nbefore %s\nafter  %s", followed, before, after)
	}
	press := func(form string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, oneClick, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://mail.provider.example")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, body(t, resp)
	}
	if status, _ := press("a=b"); status != http.StatusUnprocessableEntity {
		t.Errorf("another POST: %d", status)
	}
	if standing, _, _ := s.updates(t, h); standing != 1 {
		t.Fatalf("before the button %d stand", standing)
	}
	first, text := press("List-Unsubscribe=One-Click")
	second, again := press("List-Unsubscribe=One-Click")
	if first != http.StatusOK || second != http.StatusOK || text != again {
		t.Errorf("%d, then %d", first, second)
	}
	if standing, given, kept := s.updates(t, h); standing != 0 || given != 1 || kept {
		t.Errorf("after the button: %d of %d stand, address %v", standing, given, kept)
	}
	for _, at := range []string{"/updates/" + canaryToken, "/updates/" + canaryToken + "/one-click"} {
		if resp, _ := s.post(t, at, url.Values{"List-Unsubscribe": {"One-Click"}}); resp.StatusCode != http.StatusNotFound {
			t.Errorf("a made-up token: %d", resp.StatusCode)
		}
	}
}
