package pledge

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzNames(f *testing.F) {
	for _, name := range []string{"Renée", "J.R.", " O’Brien  Smith ", "a\u0301b", "می\u200cخواهم", "evil.com", "\u202eanA", "1", "a\xff", "\u200d"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, fault := tidyName(typed)
		if fault != "" {
			return
		}
		if again, fault := tidyName(name); again != name || fault != "" {
			t.Fatalf("%q becomes %q, then %q (%s)", typed, name, again, fault)
		}
		if n := utf8.RuneCountInString(name); n == 0 || n > nameLimit || !utf8.ValidString(name) {
			t.Fatalf("%q has %d characters", name, n)
		}
		for _, r := range name {
			if unicode.IsDigit(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.IsSymbol(r) && r != '`' || r == '/' || r == '@' || r == ':' || r == '<' {
				t.Fatalf("%q holds %q", name, r)
			}
		}
	})
}
