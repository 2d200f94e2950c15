package newsletter

import (
	"strings"
	"unicode/utf8"
)

// Mask shows so much of an address that its owner knows it and nobody else learns it: "a•••@e•••.org". Editions get forwarded, and
// with them the link to a page that shows this.
func Mask(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok {
		return hidden
	}
	end := strings.LastIndexByte(domain, '.')
	if end < 0 {
		return begins(local) + "@" + begins(domain)
	}
	return begins(local) + "@" + begins(domain[:end]) + domain[end:]
}

const hidden = "•••"

// begins is a text's first letter; none of a text so short that little would be hidden.
func begins(s string) string {
	if utf8.RuneCountInString(s) < 3 {
		return hidden
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size] + hidden
}
