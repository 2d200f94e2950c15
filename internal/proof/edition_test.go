package proof

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMayaGetsTheTermOfTheDay: she subscribes, gets the edition when it goes, reads
// it on a phone in the dark, changes how often she gets it by the link in it, and
// finds it in the archive.
func TestMayaGetsTheTermOfTheDay(t *testing.T) {
	t.Parallel()
	s := newSite(t, "REDRESS_NEWSLETTER_DAYS=none")
	s.start(t)
	m := maya()
	s.redirected(t, "/newsletter", url.Values{"email": {m.Email}})
	confirm := s.awaitMailWhere(t, m.Email, func(l letterbox) bool { return strings.Contains(l.Text, "/subscriptions/") })
	s.redirected(t, path(t, confirm.link(t, "/confirm")), nil)

	out, err := s.command(t, "newsletter", "preview")
	if err != nil || !strings.Contains(out, "Subject: ") {
		t.Fatalf("preview: %v %s", err, out)
	}
	title := regexp.MustCompile(`Subject: (.+): the term of the day`).FindStringSubmatch(out)
	if title == nil {
		t.Fatalf("preview: %s", out)
	}
	if out, err := s.command(t, "newsletter", "test", "--to", "operator@center.example"); err != nil || !strings.Contains(out, "captured") {
		t.Fatalf("test: %v %s", err, out)
	}
	s.awaitMailWhere(t, "operator@center.example", func(l letterbox) bool { return strings.HasPrefix(l.Subject, title[1]) })

	if out, err := s.command(t, "newsletter", "send"); err != nil || !strings.Contains(out, "to 1.") {
		t.Fatalf("send: %v %s", err, out)
	}
	edition := s.awaitMailWhere(t, m.Email, func(l letterbox) bool { return strings.HasPrefix(l.Subject, title[1]+": ") })
	for _, want := range []string{"You get this because", "Unsubscribe:", strings.ToUpper(say("edition.mail.action")), "/terms/"} {
		if !strings.Contains(edition.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, edition.Text)
		}
	}
	if strings.Contains(edition.HTML, "<img") || strings.Contains(edition.HTML, "http://localhost:8080") {
		t.Error("the edition fetches something or leads elsewhere")
	}
	if got := edition.Get("List-Unsubscribe"); !strings.Contains(got, "/one-click>") || edition.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe: %s", got)
	}
	readEdition(t, s, title[1])

	preferences := path(t, edition.link(t, "/subscriptions/"))
	if resp, text := s.get(t, preferences); resp.StatusCode != http.StatusOK || !strings.Contains(text, "value=\"weekly\"") {
		t.Errorf("preferences: %d", resp.StatusCode)
	}
	has(t, "the archive", get(t, s, "/newsletter/editions"), title[1])
	page := regexp.MustCompile(`/newsletter/editions/\d{4}-\d\d-\d\d`).FindString(get(t, s, "/newsletter/editions"))
	has(t, "the edition's page", get(t, s, page), title[1], say("edition.action"))
	if resp, _ := s.get(t, "/newsletter/editions/2020-01-01"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a day without an edition: %d", resp.StatusCode)
	}
	has(t, "the operator's page", get(t, s, "/dev/newsletter"), say("edition.sending.title"), say("edition.sending.sent"))
	if out, err := s.command(t, "newsletter", "send"); err != nil || !strings.Contains(out, "There already") {
		t.Errorf("a second send: %v %s", err, out)
	}
	archiveLooks(t, s, page)
}

// readEdition opens the mail in a browser as mail programs show it: small and large, light and dark.
func readEdition(t *testing.T, s *site, title string) {
	t.Helper()
	name := regexp.MustCompile(`/dev/mail/[^"]+newsletter\.edition[^"]+`).FindString(get(t, s, "/dev/mail"))
	if name == "" {
		t.Fatal("no edition is listed at /dev/mail")
	}
	for _, l := range []look{{Width: 320}, {Width: 320, Dark: true}, {Width: 1280}, {Width: 1280, Dark: true}} {
		b := open(t, l)
		b.visit(s.URL + name + "?form=html")
		b.says(title, say("edition.mail.action"))
		b.fits()
		b.picture("edition-mail-" + strings.Trim(strings.ReplaceAll(lookName(l), " ", "-"), "-"))
	}
}

func archiveLooks(t *testing.T, s *site, page string) {
	t.Helper()
	for _, l := range []look{{Width: 320}, {Width: 1280, Dark: true}} {
		for name, at := range map[string]string{"archive": "/newsletter/editions", "edition": page, "sending": "/dev/newsletter"} {
			b := open(t, l)
			b.visit(s.URL + at)
			b.fits()
			b.picture(name + "-" + lookName(l))
		}
	}
}

func lookName(l look) string {
	name := map[int64]string{320: "320", 1280: "1280"}[l.Width]
	if l.Dark {
		name += "-dark"
	}
	return name
}

// TestAnEditionGoesAtItsHour lets the site's own schedule send it: the hour has passed already today.
func TestAnEditionGoesAtItsHour(t *testing.T) {
	t.Parallel()
	s := newSite(t, "REDRESS_NEWSLETTER_HOUR=0")
	s.start(t)
	for end := time.Now().Add(time.Minute); ; time.Sleep(300 * time.Millisecond) {
		if out, err := s.command(t, "newsletter", "plan"); err == nil && strings.Contains(out, "edition  done") {
			return
		} else if time.Now().After(end) {
			t.Fatalf("%v %s", err, out)
		}
	}
}
