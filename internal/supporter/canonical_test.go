package supporter

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/seal"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for typed, canonical := range map[string]string{
		"maya@example.org":                     "maya@example.org",
		" Maya@Example.ORG ":                   "maya@example.org",
		"Maya.Ortiz+pledge@Gmail.com":          "mayaortiz@gmail.com",
		"m.a.y.a.ortiz@googlemail.com":         "mayaortiz@gmail.com",
		"maya+x@outlook.com":                   "maya@outlook.com",
		"maya.ortiz+x@icloud.com":              "maya.ortiz@icloud.com",
		"maya+x@example.org":                   "maya+x@example.org", // a server of its own may mean something by it
		"maya.ortiz@example.org":               "maya.ortiz@example.org",
		"maya@BÜCHER.example":                  "maya@xn--bcher-kva.example",
		"maya@xn--bcher-kva.example":           "maya@xn--bcher-kva.example",
		"o'brien@example.org":                  "o'brien@example.org",
		"josé@example.org":                     "josé@example.org",
		"jose\u0301@example.org":               "josé@example.org",
		"a@b.co":                               "a@b.co",
		strings.Repeat("a", 64) + "@b.example": strings.Repeat("a", 64) + "@b.example",
	} {
		got, err := Canonical(typed)
		if err != nil || got != canonical {
			t.Errorf("%q → %q, %v; want %q", typed, got, err, canonical)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for typed, key := range map[string]string{
		"":                                      "supporter.email.missing",
		"  ":                                    "supporter.email.missing",
		"maya":                                  "supporter.email.no_at",
		"maya@example.org\r\nBcc: x@y.example":  "supporter.email.space",
		"maya@example.org\n":                    "supporter.email.space",
		"maya ortiz@example.org":                "supporter.email.space",
		"maya@example.org ben@example.org":      "supporter.email.space",
		"maya@@example.org":                     "supporter.email.two_ats",
		"maya@example.org,ben@example.org":      "supporter.email.two_ats",
		"maya@ben@example.org":                  "supporter.email.two_ats",
		strings.Repeat("a", 300) + "@b.example": "supporter.email.long",
		strings.Repeat("a", 65) + "@b.example":  "supporter.email.invalid",
		"@example.org":                          "supporter.email.invalid",
		"maya@":                                 "supporter.email.invalid",
		"maya@localhost":                        "supporter.email.invalid",
		"maya@127.0.0.1":                        "supporter.email.invalid",
		"maya@[127.0.0.1]":                      "supporter.email.invalid",
		"maya@example..org":                     "supporter.email.invalid",
		"maya@example.org.":                     "supporter.email.invalid",
		"maya@-example.org":                     "supporter.email.invalid",
		"maya@exam_ple.org":                     "supporter.email.invalid",
		".maya@example.org":                     "supporter.email.invalid",
		"ma..ya@example.org":                    "supporter.email.invalid",
		"maya.@example.org":                     "supporter.email.invalid",
		"+tag@gmail.com":                        "supporter.email.invalid",
		"<maya@example.org>":                    "supporter.email.invalid",
		`"maya"@example.org`:                    "supporter.email.invalid",
		"maya\u200b@example.org":                "supporter.email.invalid",
		"maya\x00@example.org":                  "supporter.email.invalid",
		"maya@example.org\x00":                  "supporter.email.invalid",
		"maya＠example.org":                      "supporter.email.no_at",
		"\xff@example.org":                      "supporter.email.invalid",
	} {
		got, err := Canonical(typed)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Name != "email" || f.Fields[0].Key != key {
			t.Errorf("%q → %q, %v; want %s", typed, got, err, key)
			continue
		}
		if !i18n.Has(key) {
			t.Errorf("no words for %s", key)
		}
		if typed != "" && len(typed) > 3 && strings.Contains(err.Error(), strings.TrimSpace(typed)) {
			t.Errorf("the error quotes %q", typed)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		"Maya.Ortiz+x@Gmail.com", "a@b.co", "josé@bücher.example", "İ@example.org", "ǰ@example.org", "ﬁ@example.org", "a@ß.example", "ᾳ@x.example",
		"a+b+c@outlook.com", "+@gmail.com", ".@gmail.com", "a@b@c", "a@b\r\n", "Σς@example.org", "\u0345a@example.org", "a@xn--a.example", "①@example.org",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := Canonical(typed)
		if err != nil {
			if fault.KindOf(err) != fault.KindInvalid {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		again, err := Canonical(got)
		if err != nil || again != got {
			t.Fatalf("%q → %q → %q, %v", typed, got, again, err)
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, " \r\n\t\x00<>,;\"") || strings.Count(got, "@") != 1 || got == "" {
			t.Fatalf("%q → %q", typed, got)
		}
		if _, _, ok := mail.SplitAddress(strings.Trim(typed, " ")); !ok {
			t.Fatalf("%q was taken and can't be written to", typed)
		}
		if upper, err := Canonical(asciiUpper(typed)); err != nil || upper != got {
			t.Fatalf("%q in capitals is %q, %v, not %q", typed, upper, err, got)
		}
	})
}

func asciiUpper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 32
		}
		return r
	}, s)
}

func box(t testing.TB) *seal.Box {
	t.Helper()
	b, err := seal.New([]byte(strings.Repeat("secret", 8)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMailboxKey(t *testing.T) {
	t.Parallel()
	b := box(t)
	if !bytes.Equal(MailboxKey(b, "Maya.Ortiz+x@gmail.com"), MailboxKey(b, "mayaortiz@googlemail.com")) {
		t.Error("two spellings of one mailbox differ")
	}
	if bytes.Equal(MailboxKey(b, "maya@example.org"), MailboxKey(b, "ben@example.org")) {
		t.Error("two mailboxes are alike")
	}
	if n := len(MailboxKey(b, "maya@example.org")); n != 32 {
		t.Errorf("%d bytes", n)
	}
	other, _ := seal.New([]byte(strings.Repeat("other!", 8)))
	if bytes.Equal(MailboxKey(b, "maya@example.org"), MailboxKey(other, "maya@example.org")) {
		t.Error("the key does not depend on the secret")
	}
}

func TestSignerKey(t *testing.T) {
	t.Parallel()
	b := box(t)
	same := [][3]string{
		{"maya@example.org", "Maya", "Ortíz-O’Brien"}, {"MAYA@example.org", " maya ", "ORTIZ O'BRIEN"}, {"maya@example.org", "Maya Ortiz", "OBrien"},
		{"maya@example.org", "Máya", "Ortiz  OʼBrien."}, {"maya@example.org", "Ｍaya", "Ortiz‐OBrien"},
	}
	for _, s := range same[1:] {
		if !bytes.Equal(SignerKey(b, same[0][0], same[0][1], same[0][2]), SignerKey(b, s[0], s[1], s[2])) {
			t.Errorf("%q (%q) is not %q (%q)", s, foldName(s[1]+" "+s[2]), same[0], foldName(same[0][1]+" "+same[0][2]))
		}
	}
	for _, s := range [][3]string{
		{"maya@example.org", "Ben", "Ortiz-O’Brien"}, {"ben@example.org", "Maya", "Ortíz-O’Brien"}, {"maya@example.org", "", ""}, {"maya@example.org", "李", "明"},
	} {
		if bytes.Equal(SignerKey(b, same[0][0], same[0][1], same[0][2]), SignerKey(b, s[0], s[1], s[2])) {
			t.Errorf("%q is taken for %q", s, same[0])
		}
	}
	if bytes.Equal(SignerKey(b, "a@b.co", "李", "明"), SignerKey(b, "a@b.co", "王", "芳")) {
		t.Error("names in other scripts fold to nothing")
	}
	if bytes.Equal(SignerKey(b, "maya@example.org", "", ""), MailboxKey(b, "maya@example.org")) {
		t.Error("the two kinds of key are alike")
	}
}

func FuzzFoldName(f *testing.F) {
	f.Add("Ortíz-O’Brien")
	f.Add("\u0345ᾳ ﬁ")
	f.Fuzz(func(t *testing.T, name string) {
		folded := foldName(name)
		if strings.ToValidUTF8(folded, "") != folded {
			t.Fatalf("%q → %q", name, folded)
		}
		if strings.TrimSpace(folded) != folded || strings.Contains(folded, "  ") {
			t.Fatalf("%q → %q", name, folded)
		}
		if again := foldName(folded); again != folded {
			t.Fatalf("%q → %q → %q", name, folded, again)
		}
	})
}
