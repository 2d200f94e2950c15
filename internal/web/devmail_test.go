package web

import (
	"context"
	"net/http"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/postgres"
)

// newMailSite is a site on this machine with one captured mail; it returns the mail's path.
func newMailSite(t *testing.T, settings ...string) (*testSite, string) {
	t.Helper()
	data := t.TempDir()
	s := newTestSite(t, append([]string{"REDRESS_DATA", data}, settings...)...)
	folder := mail.NewCapture(filepath.Join(data, "mail"))
	post := mail.New(s.db, mail.Options{Sender: folder, Officials: folder, From: netmail.Address{Name: centerName, Address: "post@center.test"}})
	post.Register(mail.Kind{Name: "test.note", Render: func(context.Context, mail.Mail) (mail.Message, error) {
		return mail.Message{
			To: netmail.Address{Address: "maya@example.org"}, Subject: "Confirm <b>now</b>",
			Text: "Open http://localhost:8080/signatures/abc-1/confirm.\nOr <script>alert(1)</script> not.\n",
			HTML: `<p>Hello</p><script>alert(1)</script>`,
		}, nil
	}})
	err := s.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		return post.Queue(t.Context(), tx, mail.Mail{Kind: "test.note", SubjectID: uuid.New()})
	})
	if err == nil {
		err = post.Work(t.Context())
	}
	list, listErr := folder.List(0)
	if err != nil || listErr != nil || len(list) != 1 {
		t.Fatalf("captured %d mails, %v %v", len(list), err, listErr)
	}
	s.Post = post
	return s, "/dev/mail/" + list[0].Name
}

// local is a request that comes straight from this machine.
var local = []string{"Host", "localhost:8080", "RemoteAddr", "127.0.0.1:40000"}

func from(headers ...string) []string { return append(append([]string{}, local...), headers...) }

func TestDevMailShowsWhatWasCaptured(t *testing.T) {
	t.Parallel()
	s, path := newMailSite(t)
	list := s.get("/dev/mail", local...)
	body := bodyOf(t, list)
	if list.StatusCode != http.StatusOK || !strings.Contains(body, `href="`+path+`"`) || !strings.Contains(body, "maya@example.org") {
		t.Fatalf("list: %d\n%s", list.StatusCode, body)
	}
	one := s.get(path, local...)
	page := bodyOf(t, one)
	if one.StatusCode != http.StatusOK {
		t.Fatalf("mail: %d", one.StatusCode)
	}
	for _, want := range []string{
		"Confirm &lt;b&gt;now&lt;/b&gt;",
		`Open <a href="http://localhost:8080/signatures/abc-1/confirm">http://localhost:8080/signatures/abc-1/confirm</a>.` + "\n",
		`src="` + path + `?form=html"`, "Message-Id",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "<script>alert") {
		t.Error("a mail's text became markup")
	}
	for _, r := range []*http.Response{list, one} {
		if r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("X-Robots-Tag") != "noindex" {
			t.Errorf("headers %v", r.Header)
		}
	}
	if strings.Contains(s.log.String(), "maya") || strings.Contains(s.log.String(), path) {
		t.Error("the log names a mail")
	}
}

func TestDevMailHTMLIsSandboxed(t *testing.T) {
	t.Parallel()
	s, path := newMailSite(t)
	r := s.get(path+"?form=html", local...)
	if body := bodyOf(t, r); r.StatusCode != http.StatusOK || !strings.Contains(body, "<p>Hello</p>") {
		t.Fatalf("%d %s", r.StatusCode, body)
	}
	policy := r.Header.Values("Content-Security-Policy")
	if len(policy) != 1 || !strings.HasPrefix(policy[0], "sandbox; default-src 'none'") || strings.Contains(policy[0], "allow-") || strings.Contains(policy[0], "script-src") {
		t.Errorf("policy %q", policy)
	}
	if r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("cache %q", r.Header.Get("Cache-Control"))
	}
}

func TestDevMailAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	s, path := newMailSite(t)
	for name, headers := range map[string][]string{
		"another host":       {"Host", "act.example.org", "RemoteAddr", "127.0.0.1:40000"},
		"rebinding":          {"Host", "localhost.example.org", "RemoteAddr", "127.0.0.1:40000"},
		"another machine":    {"Host", "localhost:8080", "RemoteAddr", "203.0.113.7:40000"},
		"X-Forwarded-For":    from("X-Forwarded-For", "127.0.0.1"),
		"X-Forwarded-Host":   from("X-Forwarded-Host", "localhost"),
		"X-Forwarded-Server": from("X-Forwarded-Server", "proxy"),
		"X-Forwarded-Port":   from("X-Forwarded-Port", "8080"),
		"Forwarded":          from("Forwarded", "for=127.0.0.1"),
		"empty Forwarded":    from("Forwarded", ""),
		"Via":                from("Via", "1.1 proxy"),
		"X-Real-IP":          from("X-Real-Ip", "127.0.0.1"),
	} {
		for _, target := range []string{"/dev/mail", path, path + "?form=html"} {
			if r := s.get(target, headers...); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s answered %d", name, strings.TrimPrefix(target, path), r.StatusCode)
			}
		}
	}
	for _, host := range []string{"127.0.0.1:8080", "[::1]:8080", "localhost"} {
		if r := s.get("/dev/mail", "Host", host, "RemoteAddr", "[::1]:40000"); r.StatusCode != http.StatusOK {
			t.Errorf("%s answered %d", host, r.StatusCode)
		}
	}
}

func TestDevMailIsNotThereOnAPublicSite(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]string{
		"public base":     {"REDRESS_BASE_URL", "https://act.example.org"},
		"public listener": {"REDRESS_ADDR", "0.0.0.0:8080", "REDRESS_BASE_URL", "http://localhost:8080"},
	} {
		s, path := newMailSite(t, settings...)
		for _, target := range []string{"/dev/mail", path} {
			if r := s.get(target, local...); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: answered %d", name, r.StatusCode)
			}
		}
	}
}

func TestDevMailReadsNothingElse(t *testing.T) {
	t.Parallel()
	s, path := newMailSite(t)
	if err := os.WriteFile(filepath.Join(s.Config.Data, "secret"), []byte("Subject: s\r\n\r\nsecret"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(path, "/dev/mail/")
	for _, target := range []string{
		"/dev/mail/secret", "/dev/mail/..%2Fsecret", "/dev/mail/../secret", "/dev/mail/%2e%2e%2fsecret", "/dev/mail/..%5csecret",
		"/dev/mail/..%2Fmail%2F" + name, "/dev/mail/" + name + "%00", "/dev/mail/." + name, "/dev/mail/%252e%252e%252fsecret",
	} {
		r := s.get(target, local...)
		if body := bodyOf(t, r); r.StatusCode == http.StatusOK || strings.Contains(body, "secret\n") || strings.Contains(body, "Subject") {
			t.Errorf("%s answered %d", target, r.StatusCode)
		}
	}
	if r := s.get(path+"?form=text", local...); r.StatusCode != http.StatusOK {
		t.Errorf("an unknown form answered %d", r.StatusCode)
	}
}
