package mail

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// SplitAddress takes an address apart if a mail can be sent to it: a dot-atom (RFC 5321's Dot-string, with the letters of
// RFC 6531) at a domain name, within the lengths of RFC 5321. The domain comes back in ASCII and lower case. Quoted local parts
// and numbers in brackets are refused: no one has them, and robots try them.
func SplitAddress(address string) (local, domain string, ok bool) {
	local, domain, ok = strings.Cut(address, "@")
	if !ok || len(local) > 64 || !dotAtom(local) || !utf8.ValidString(domain) {
		return "", "", false
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if again, unstable := idna.Lookup.ToASCII(ascii); unstable != nil || again != ascii {
		return "", "", false // it would be another domain the next time it is read
	}
	if err != nil || len(ascii) > 253 || len(local)+1+len(ascii) > 254 || !hostname(ascii) {
		return "", "", false
	}
	return local, ascii, true
}

// cleanAddress gives an address as it is sent. A display name may be in any script; net/mail encodes it.
func cleanAddress(a netmail.Address) (*netmail.Address, error) {
	local, domain, ok := SplitAddress(a.Address)
	if !ok || !headerSafe(a.Name) || len(a.Name) > longestName {
		return nil, errAddress
	}
	// Programs decode what looks encoded even where it must not be, so a name that would read otherwise is set apart.
	name := strings.ReplaceAll(oneLine(norm.NFC.String(a.Name)), encodedWord, "= ?")
	return &netmail.Address{Name: name, Address: local + "@" + domain}, nil
}

// oneLine is text as a header shows it: blanks are single, and nothing in it turns the reading direction of what follows,
// by which a name could show as somebody's address. Marks that belong to a script stay.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// longestName is what a name may have, in bytes: escaped throughout, it still fits a line.
const longestName = 400

func dotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !atomText(r) }) {
			return false
		}
	}
	return utf8.ValidString(s)
}

func atomText(r rune) bool {
	if r >= utf8.RuneSelf {
		return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
	}
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func hostname(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
				return false
			}
		}
	}
	return true
}
