package mail

import (
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

func composer() *Post {
	p := New(nil, Options{
		From: netmail.Address{Name: "Center for Open Courts", Address: "post@center.test"},
		Now:  func() time.Time { return time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC) },
	})
	p.kinds["note"], p.kinds["plea"] = Kind{Name: "note"}, Kind{Name: "plea", Official: true}
	return p
}

func row(kind string) Mail {
	return Mail{ID: uuid.New(), Kind: kind, MessageID: "abc@center.test"}
}

func good() Message {
	return Message{
		To: netmail.Address{Name: "Maya Ortiz", Address: "maya@example.org"}, Subject: "Please confirm", Text: "Hello\n",
		HTML: "<p>Hello</p>", Headers: map[string]string{"List-Unsubscribe": "<https://center.test/" + strings.Repeat("x", 120) + ">"},
	}
}

func TestComposeWholeMail(t *testing.T) {
	t.Parallel()
	m := good()
	m.From = netmail.Address{Name: "José Ñúñez via Center, Inc.", Address: "letters@bücher.example"}
	m.ReplyTo = netmail.Address{Name: "José Ñúñez", Address: "jose@example.org"}
	m.Subject = "Grüße – “S. 1913” and 日本語"
	m.Text = "Zażółć gęślą jaźń\r\nsecond\rthird\x00\n"
	e, err := composer().compose(row("note"), m)
	if err != nil {
		t.Fatal(err)
	}
	if e.From != "post@center.test" || e.To != "maya@example.org" {
		t.Errorf("envelope %q %q", e.From, e.To)
	}
	raw := string(e.Raw)
	r, err := Parse(e.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if r.Subject != m.Subject {
		t.Errorf("subject %q", r.Subject)
	}
	from, err := netmail.ParseAddress(headerOf(t, r, "From"))
	if err != nil || from.Name != m.From.Name || from.Address != "letters@xn--bcher-kva.example" {
		t.Errorf("from %v %v", from, err)
	}
	if strings.TrimRight(r.Text, "\n") != "Zażółć gęślą jaźń\nsecond\nthird" {
		t.Errorf("text %q", r.Text)
	}
	if r.HTML != m.HTML {
		t.Errorf("html %q", r.HTML)
	}
	for _, want := range []string{"Message-ID: <abc@center.test>\r\n", "Auto-Submitted: auto-generated\r\n", "List-Unsubscribe: <https://center.test/x", "MIME-Version: 1.0\r\n"} {
		if !strings.Contains(raw, want) {
			t.Errorf("missing %q in\n%s", want, raw)
		}
	}
	if strings.Contains(raw, "User-Agent") || strings.Contains(raw, "X-Mailer") {
		t.Error("the mail names the program that made it")
	}
	for line := range strings.SplitSeq(raw, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %q", line)
		}
	}
}

func headerOf(t *testing.T, r Reading, name string) string {
	t.Helper()
	if name == "From" {
		// the decoded header isn't an address list again when a name has a comma, so quote it
		at := strings.LastIndex(r.From, " <")
		return `"` + strings.Trim(r.From[:at], `"`) + `"` + r.From[at:]
	}
	return ""
}

func TestSubjectsReadAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{
		"=?utf-8?Q?=46=52=45=45?=", "=?utf-8?Q?=46=52=45=45?= (S. 1913, Denver)", "a =? b", "Grüße =?utf-8?b?RlJFRQ==?= 日本語",
		strings.Repeat("=?utf-8?Q?=41?= é日 ", 12) + "end",
	} {
		m := good()
		m.Subject = subject
		e, err := composer().compose(row("plea"), m)
		if err != nil {
			t.Errorf("%q: %v", subject, err)
			continue
		}
		if r, err := Parse(e.Raw); err != nil || r.Subject != subject {
			t.Errorf("%q is read as %q, %v", subject, r.Subject, err)
		}
		for line := range strings.SplitSeq(string(e.Raw), "\r\n") {
			if strings.Contains(line, "?b?") && len(line) > len("Subject: ")+75 {
				t.Errorf("%q: a line of %d bytes", subject, len(line))
			}
		}
	}
}

func TestOfficialMailIsAPersons(t *testing.T) {
	t.Parallel()
	e, err := composer().compose(row("plea"), good())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(e.Raw), "Auto-Submitted") {
		t.Error("a person's letter is marked as a machine's")
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Message){
		"newline in subject":        func(m *Message) { m.Subject = "Hi\nBcc: all@example.org" },
		"CRLF in subject":           func(m *Message) { m.Subject = "Hi\r\n\r\nbody" },
		"NUL in subject":            func(m *Message) { m.Subject = "Hi\x00" },
		"line separator in subject": func(m *Message) { m.Subject = "Hi\u2028there" },
		"broken UTF-8 in subject":   func(m *Message) { m.Subject = "Hi\xff" },
		"no subject":                func(m *Message) { m.Subject = "  " },
		"no text":                   func(m *Message) { m.Text = "\n" },
		"newline in a name":         func(m *Message) { m.To.Name = "Maya\r\nBcc: all@example.org" },
		"newline in from name":      func(m *Message) { m.From = netmail.Address{Name: "a\nb", Address: "a@center.test"} },
		"newline in reply name":     func(m *Message) { m.ReplyTo = netmail.Address{Name: "a\nb", Address: "a@center.test"} },
		"newline in an address":     func(m *Message) { m.To.Address = "maya@example.org\r\nRCPT TO:<x@example.org>" },
		"two addresses":             func(m *Message) { m.To.Address = "maya@example.org,ben@example.org" },
		"address with a bracket":    func(m *Message) { m.To.Address = "maya@example.org> SIZE=1" },
		"no address":                func(m *Message) { m.To = netmail.Address{} },
		"no domain":                 func(m *Message) { m.To.Address = "maya" },
		"quoted local part":         func(m *Message) { m.To.Address = `"a b"@example.org` },
		"header with newline":       func(m *Message) { m.Headers = map[string]string{"X-Campaign": "a\nBcc: x@example.org"} },
		"header name with colon":    func(m *Message) { m.Headers = map[string]string{"X-A: b\r\nBcc": "x@example.org"} },
		"own Bcc":                   func(m *Message) { m.Headers = map[string]string{"bcc": "x@example.org"} },
		"own Message-ID":            func(m *Message) { m.Headers = map[string]string{"Message-Id": "<x@y>"} },
		"header with umlaut":        func(m *Message) { m.Headers = map[string]string{"X-Campaign": "Grüße"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := good()
			spoil(&m)
			if e, err := composer().compose(row("note"), m); err == nil {
				t.Fatalf("composed:\n%s", e.Raw)
			}
		})
	}
	if _, err := composer().compose(row("note"), good()); err != nil {
		t.Fatalf("the unspoiled mail: %v", err)
	}
}

// Whatever a visitor types into a name or subject, the mail has the headers we set and no others, and one body.
func TestNothingTypedBecomesAHeader(t *testing.T) {
	t.Parallel()
	p := composer()
	plainMail, err := p.compose(row("note"), good())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := Parse(plainMail.Raw)
	rapid.Check(t, func(t *rapid.T) {
		m := good()
		m.Subject = rapid.String().Draw(t, "subject")
		m.To.Name = rapid.String().Draw(t, "name")
		m.Text = rapid.String().Draw(t, "text")
		m.HTML = "<p>" + rapid.String().Draw(t, "html")
		e, err := p.compose(row("note"), m)
		if err != nil {
			return
		}
		got, err := Parse(e.Raw)
		if err != nil {
			t.Fatalf("%v:\n%s", err, e.Raw)
		}
		if len(got.Headers) != len(want.Headers) {
			t.Fatalf("headers %v", got.Headers)
		}
		for i, h := range got.Headers {
			if h.Name != want.Headers[i].Name {
				t.Fatalf("header %s", h.Name)
			}
		}
		if got.Subject != oneLine(m.Subject) {
			t.Fatalf("subject %q of %q", got.Subject, m.Subject)
		}
		if got.HTML != cleanBody(m.HTML) {
			t.Fatalf("html %q of %q", got.HTML, m.HTML)
		}
	})
}

func FuzzParse(f *testing.F) {
	e, err := composer().compose(row("note"), good())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(e.Raw)
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = Parse(raw) })
}

func FuzzSplitAddress(f *testing.F) {
	for _, seed := range []string{"maya@example.org", "a@b@c", "a.b+c@bücher.example", "<a@b>", "a@b\r\nc", ".a@b.c", "0@\xc60"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		local, domain, ok := SplitAddress(s)
		if !ok {
			return
		}
		if strings.ContainsAny(local+domain, " \r\n\t<>@,;:\"\\()[]\x00") || strings.ToLower(domain) != domain || !isASCII(domain) {
			t.Fatalf("%q passed as %q %q", s, local, domain)
		}
		if l, d, ok := SplitAddress(local + "@" + domain); !ok || l != local || d != domain {
			t.Fatalf("%q is not stable", s)
		}
	})
}
