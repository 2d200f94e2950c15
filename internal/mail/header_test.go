package mail

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/seal"
)

// typed is everything of a mail that somebody outside may have a say in.
type typed struct {
	toName, to, fromName, from, replyName, reply, subject, header, value, text string
}

func (x typed) message() Message {
	m := Message{
		To: netmail.Address{Name: x.toName, Address: x.to}, From: netmail.Address{Name: x.fromName, Address: x.from},
		ReplyTo: netmail.Address{Name: x.replyName, Address: x.reply}, Subject: x.subject, Text: x.text, HTML: "<p>" + x.text,
	}
	if x.header != "" {
		m.Headers = map[string]string{x.header: x.value}
	}
	return m
}

func harmless() typed {
	return typed{
		"Senator Ann Lee", "ann.lee@legislature.example", "Maya Ortiz via Center", "letters@center.test", "Maya Ortiz", "maya@example.org",
		"Keep the law", "X-Campaign", "qualified-immunity", "Hello\n",
	}
}

// ours are the headers that a mail may have besides the one that its kind sets.
var ours = []string{
	"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding",
}

// holds fails when a composed mail says anything else than was asked: who it is from, whom it goes to, where answers go.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, x typed, e *Envelope) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(e.Raw))
	if err != nil {
		t.Fatalf("%v:\n%s", err, e.Raw)
	}
	for name, values := range m.Header {
		if !slices.Contains(ours, name) && !strings.EqualFold(name, x.header) {
			t.Fatalf("a header %s came in:\n%s", name, e.Raw)
		}
		if len(values) != 1 {
			t.Fatalf("%d headers %s:\n%s", len(values), name, e.Raw)
		}
	}
	for _, want := range []struct{ header, name, address string }{
		{"From", x.fromName, x.from}, {"To", x.toName, x.to}, {"Reply-To", x.replyName, x.reply},
	} {
		list, err := m.Header.AddressList(want.header)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s is read as %v, %v:\n%s", want.header, list, err, e.Raw)
		}
		local, domain, _ := SplitAddress(want.address)
		if list[0].Address != local+"@"+domain {
			t.Fatalf("%s leads to %q, want %q", want.header, list[0].Address, want.address)
		}
		// A program that decodes where it must not, reads the same.
		loose, err := new(mime.WordDecoder).DecodeHeader(list[0].Name)
		if err != nil || loose != list[0].Name {
			t.Fatalf("%s's name %q is read as %q by some", want.header, list[0].Name, loose)
		}
		if strings.ContainsAny(list[0].Name, "\r\n\u202e\u2066") {
			t.Fatalf("%s's name is %q", want.header, list[0].Name)
		}
	}
	if to, _ := m.Header.AddressList("To"); e.To != to[0].Address {
		t.Fatalf("the envelope goes to %q", e.To)
	}
	if e.From != "post@center.test" {
		t.Fatalf("the envelope comes from %q", e.From)
	}
	head, _, _ := strings.Cut(string(e.Raw), "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.ContainsAny(line, "\r\n\x00") || len(line) > 998 {
			t.Fatalf("a header line %q", line)
		}
	}
	if r, err := Parse(e.Raw); err != nil || r.Subject != oneLine(x.subject) {
		t.Fatalf("subject %q of %q, %v", r.Subject, x.subject, err)
	}
}

// smuggled are the ways that are known to have worked somewhere.
var smuggled = []string{
	"x\r\nBcc: all@example.org", "x\nBcc: all@example.org", "x\rBcc: all@example.org", "x\r\n\r\n<html>", "x\r\n\tBcc: all@example.org",
	"x%0d%0aBcc: all@example.org", "x\u2028Bcc: all@example.org", "x\u0085Bcc: all@example.org", "x\u560d\u560aBcc: all@example.org",
	"=?utf-8?q?x=0D=0ABcc:_all@example.org?=", "=?utf-8?b?eA0KQmNjOiBhbGxAZXhhbXBsZS5vcmc=?=", "=?utf-8?q?Bank_=3Cceo=40bank.example=3E?=",
	`"Bank" <ceo@bank.example>,`, "Bank <ceo@bank.example>", "Bank <ceo@bank.example>\x00", `\" <ceo@bank.example>, \"`, `x" <ceo@bank.example>, "y`,
	"x;y:z,", "undisclosed-recipients:;", "a@b.example, c@d.example", "(comment) <x@y.example>", "\u202egro.elpmaxe@oec", "\u2066ceo@bank.example\u2069",
	"x\x00y", "\xff\xfe", strings.Repeat("long ", 300), strings.Repeat("x", 2000), " ", "\t", "\\", `"`, "ceo@bank.example>", "<ceo@bank.example", "=?", "?=", "=?=?", "== ??=",
	"Bcc:", "Reply-To: ceo@bank.example", ".\r\nMAIL FROM:<x@y.example>", "x> BODY=8BITMIME", "x@y.example> NOTIFY=SUCCESS ORCPT=rfc822;z@y.example", "é\u0301\u200d",
}

func TestNothingIsSmuggledInThroughAnyField(t *testing.T) {
	t.Parallel()
	p := composer()
	put := map[string]func(*typed, string){
		"to name": func(x *typed, s string) { x.toName = s }, "to": func(x *typed, s string) { x.to = s },
		"from name": func(x *typed, s string) { x.fromName = s }, "from": func(x *typed, s string) { x.from = s },
		"reply name": func(x *typed, s string) { x.replyName = s }, "reply": func(x *typed, s string) { x.reply = s },
		"subject": func(x *typed, s string) { x.subject = s }, "header": func(x *typed, s string) { x.header = s },
		"value": func(x *typed, s string) { x.value = s }, "text": func(x *typed, s string) { x.text = s },
	}
	for field, set := range put {
		taken := 0
		for _, s := range smuggled {
			x := harmless()
			set(&x, s)
			e, err := p.compose(row("plea"), x.message())
			if err != nil {
				continue
			}
			taken++
			holds(t, x, e)
		}
		if taken == 0 && strings.Contains(field, "name") {
			t.Errorf("%s: everything was refused, nothing was tried", field)
		}
	}
	for _, name := range taken { // the list in compose.go
		x := harmless()
		x.header, x.value = name, "x"
		if _, err := p.compose(row("plea"), x.message()); err == nil {
			t.Errorf("a kind may set %s", name)
		}
	}
}

func TestWhateverIsTypedTheHeadersHold(t *testing.T) {
	t.Parallel()
	p := composer()
	word := rapid.OneOf(rapid.String(), rapid.SampledFrom(smuggled), rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom(smuggled).Draw(t, "before") + rapid.String().Draw(t, "between") + rapid.SampledFrom(smuggled).Draw(t, "after")
	}))
	rapid.Check(t, func(t *rapid.T) {
		x := harmless()
		for _, field := range []*string{&x.toName, &x.fromName, &x.replyName, &x.subject, &x.value, &x.text, &x.to, &x.from, &x.reply, &x.header} {
			if rapid.IntRange(0, 3).Draw(t, "spoil") == 0 {
				*field = word.Draw(t, "typed")
			}
		}
		if e, err := p.compose(row("plea"), x.message()); err == nil && x.reply != "" && x.from != "" {
			holds(t, x, e)
		}
	})
}

func FuzzCompose(f *testing.F) {
	for _, s := range smuggled {
		f.Add(s, "maya@example.org", s, s, "X-Campaign", s)
	}
	f.Add("a", "a@b.example\r\nRCPT TO:<c@d.example>", "b", "c", "Bcc", "d")
	p := composer()
	f.Fuzz(func(t *testing.T, name, address, subject, text, header, value string) {
		x := harmless()
		x.toName, x.fromName, x.replyName, x.reply, x.subject, x.text, x.header, x.value = name, name, name, address, subject, text, header, value
		if e, err := p.compose(row("plea"), x.message()); err == nil && (x.reply != "" || name != "") {
			holds(t, x, e)
		}
	})
}

// A mail that goes out again is the same to the byte while it is fresh.
func TestAMailIsComposedTheSameAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)
	p := composer()
	p.opt.Now = func() time.Time { return now }
	m := row("note")
	m.CreatedAt = now.Add(-3 * time.Second)
	message := good()
	message.Headers["X-Campaign"], message.Headers["List-Unsubscribe-Post"] = "a", "List-Unsubscribe=One-Click"
	first, err := p.compose(m, message)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(100 * time.Minute)
	for range 8 {
		again, err := p.compose(m, message)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Raw, again.Raw) {
			t.Fatalf("first\n%s\nthen\n%s", first.Raw, again.Raw)
		}
	}
	now = now.Add(time.Hour)
	late, err := p.compose(m, message)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := Parse(late.Raw); r.Date != now.Format(time.RFC1123Z) {
		t.Errorf("a mail that waited for hours is dated %s", r.Date)
	}
}

func TestReturnPath(t *testing.T) {
	t.Parallel()
	box, err := seal.New([]byte(strings.Repeat("a secret of a test ", 3)))
	if err != nil {
		t.Fatal(err)
	}
	returns, err := NewReturnPath("Bounces@act.Example.org", box)
	if err != nil {
		t.Fatal(err)
	}
	id := uuid.New()
	address := returns.Of(id)
	if _, _, ok := SplitAddress(address); !ok {
		t.Errorf("%s can't be mailed to", address)
	}
	for _, way := range []string{address, strings.ToUpper(address), strings.ToLower(address), " " + address + "\n"} {
		if got, ok := returns.Mail(way); !ok || got != id {
			t.Errorf("%q is read as %v %v", way, got, ok)
		}
	}
	_, mark, _ := strings.Cut(address, "+")
	for _, wrong := range []string{
		"", "@", "+", "bounces@act.example.org", "bounces+@act.example.org", "bounces+" + mark + "x", "other+" + mark, "bounces-" + mark,
		strings.Replace(address, "act.", "", 1), strings.Replace(address, "+", "+a", 1), address[:len(address)-1],
		"bounces+" + box.Mark("another purpose", id) + "@act.example.org",
	} {
		if got, ok := returns.Mail(wrong); ok {
			t.Errorf("%q is read as %v", wrong, got)
		}
	}
	for _, bad := range []string{"", "bounces", "a+b@act.example.org", "bünces@act.example.org", strings.Repeat("a", 22) + "@act.example.org", "a@b@c"} {
		if _, err := NewReturnPath(bad, box); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
	if _, err := NewReturnPath(strings.Repeat("a", 21)+"@act.example.org", box); err != nil {
		t.Error(err)
	}
	p := composer()
	p.opt.Returns = returns
	m := row("note")
	e, err := p.compose(m, good())
	if err != nil || e.From != returns.Of(m.ID) {
		t.Errorf("envelope from %v, %v", e, err)
	}
}
