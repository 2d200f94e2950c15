package supporter

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"redress/internal/seal"
)

// MailboxKey is the keyed hash of an address's canonical form; two spellings of one mailbox have the same key. What has no
// canonical form is hashed as it is: callers that take input ask [Canonical] first.
func MailboxKey(box *seal.Box, email string) []byte {
	return box.Key("mailbox", canonicalOrRaw(email))
}

// SignerKey is the keyed hash of a canonical address and a folded full name: one person at one mailbox, so that a household
// can share an address.
func SignerKey(box *seal.Box, email, given, family string) []byte {
	return box.Key("signer", canonicalOrRaw(email), foldName(given+" "+family))
}

func canonicalOrRaw(email string) string {
	if canonical, err := Canonical(email); err == nil {
		return canonical
	}
	return strings.ToLower(strings.TrimSpace(email))
}

// foldName makes the usual spellings of one name alike: case, accents, apostrophes, dots, hyphens and spaces don't count, nor
// where the given name ends and the family name begins.
func foldName(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(fold(name)) {
		switch {
		case unicode.Is(unicode.Mn, r), r >= 0x02B0 && r <= 0x02FF: // accents; the letters that stand in for apostrophes
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			b.WriteRune(r)
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(norm.NFKC.String(b.String())), " ")
}
