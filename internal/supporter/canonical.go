package supporter

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"redress/internal/fault"
	"redress/internal/mail"
)

// Canonical returns the one form of an e-mail address under which it is compared and hashed: lower case, the domain in ASCII,
// without what a provider ignores (tags after a plus sign; at Gmail also dots). It is for comparing: mail goes to the address
// as it was typed. What is no address that mail can be sent to is fault.Invalid with the field "email".
func Canonical(email string) (string, error) {
	email = strings.Trim(email, " ") // pasted with a blank around it
	if key := wrong(email); key != "" {
		return "", fault.Invalid(key, fault.Field{Name: "email", Key: key})
	}
	local, domain, ok := mail.SplitAddress(email)
	if !ok || !public(domain) {
		return invalid()
	}
	local = fold(local)
	p := providers[domain]
	if p.same != "" {
		domain = p.same
	}
	if p.tags {
		local, _, _ = strings.Cut(local, "+")
	}
	if p.dots {
		local = strings.ReplaceAll(local, ".", "")
	}
	if _, _, ok := mail.SplitAddress(local + "@" + domain); !ok {
		return invalid() // nothing before the plus, or folding has left something else than a name
	}
	return local + "@" + domain, nil
}

func invalid() (string, error) {
	const key = "supporter.email.invalid"
	return "", fault.Invalid(key, fault.Field{Name: "email", Key: key})
}

// wrong finds the usual slips, so that the message can name them.
func wrong(email string) string {
	switch {
	case email == "":
		return "supporter.email.missing"
	case len(email) > 254:
		return "supporter.email.long"
	case strings.ContainsAny(email, " \t\r\n\u00a0"):
		return "supporter.email.space"
	case strings.Count(email, "@") > 1:
		return "supporter.email.two_ats"
	case !strings.Contains(email, "@"):
		return "supporter.email.no_at"
	}
	return ""
}

// public is true for a name that can stand in the public DNS: two labels at least, the last one not a number.
func public(domain string) bool {
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && strings.Trim(domain[dot+1:], "0123456789") != ""
}

// fold makes the cases and the spellings of a name alike (Unicode's NFKC_Casefold, but for ignorable characters, which no
// address may hold).
func fold(s string) string {
	for range 3 { // folding can undo normalization and the reverse; it settles at once for nearly all text
		// Lower case once more, because Cherokee folds to capitals, and x/text folds those back.
		next := norm.NFKC.String(strings.ToLower(cases.Fold().String(norm.NFKC.String(s))))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// provider says which parts of a local part a mail provider ignores.
type provider struct {
	tags bool   // a plus sign and what follows
	dots bool   // dots
	same string // another domain with the same mailboxes
}

var providers = func() map[string]provider {
	m := map[string]provider{
		"gmail.com":      {tags: true, dots: true},
		"googlemail.com": {tags: true, dots: true, same: "gmail.com"},
	}
	for _, domain := range slices.Concat(
		[]string{"outlook.com", "hotmail.com", "live.com", "msn.com"},
		[]string{"icloud.com", "me.com", "mac.com"},
		[]string{"proton.me", "protonmail.com", "pm.me"},
		[]string{"fastmail.com", "fastmail.fm", "hey.com", "zoho.com", "mailbox.org", "posteo.de", "posteo.net", "yandex.com"},
	) {
		m[domain] = provider{tags: true}
	}
	return m
}()
