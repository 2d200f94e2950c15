package supporter

import (
	"slices"
	"strings"

	"redress/internal/mail"
)

// Typo says which provider's domain an address probably means: "gmail.com" for "ana@gmial.com"; "" when it looks right. It is
// a question to ask, never a correction to make: the address may be meant as it is.
func Typo(email string) string {
	_, domain, ok := mail.SplitAddress(strings.Trim(email, " "))
	if !ok || slices.Contains(oftenMeant, domain) || slices.Contains(alike, domain) {
		return ""
	}
	if meant := misspelled[domain]; meant != "" {
		return meant
	}
	for _, meant := range oftenMeant {
		if len(meant) >= 9 && oneSlip(domain, meant) {
			return meant
		}
	}
	return ""
}

// WithDomain is the address with another domain; "" when it is no address.
func WithDomain(email, domain string) string {
	email = strings.Trim(email, " ")
	at := strings.LastIndexByte(email, '@')
	if at < 1 || domain == "" {
		return ""
	}
	return email[:at+1] + domain
}

// oftenMeant are the domains of the providers that most Americans have their mail at, the most common first.
var oftenMeant = []string{
	"gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net", "verizon.net", "att.net",
	"sbcglobal.net", "bellsouth.net", "charter.net", "protonmail.com", "proton.me", "msn.com", "live.com", "me.com", "mac.com",
}

// alike are real providers one slip away from one of those: nobody there is asked.
var alike = []string{
	"mail.com", "email.com", "ymail.com", "rocketmail.com", "fmail.com", "gmail.de", "hotmail.co", "yahoo.co", "outlook.co", "gmx.com",
	"hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.it", "hotmail.co.uk", "outlook.de", "outlook.fr", "outlook.es", "yahoo.ca", "yahoo.co.uk",
	"yahoo.com.mx", "yahoo.es", "yahoo.fr", "yahoo.de", "aim.com", "charter.com", "comcast.com", "verizon.com", "live.ca", "mailo.com", "proton.com",
}

// misspelled are slips of more than one key, and those in names too short to guess at.
var misspelled = map[string]string{
	"gmail.co": "gmail.com", "gmail.cm": "gmail.com", "gmail.om": "gmail.com", "gmail.con": "gmail.com", "gmail.net": "gmail.com",
	"gmal.co": "gmail.com", "gmai.co": "gmail.com", "gmil.con": "gmail.com", "gmailcom.com": "gmail.com", "gimal.com": "gmail.com",
	"google.mail.com": "gmail.com", "hotmal.con": "hotmail.com", "hotmial.con": "hotmail.com", "hormial.com": "hotmail.com",
	"yahoo.con": "yahoo.com", "yaho.con": "yahoo.com", "yhaoo.con": "yahoo.com", "ahoo.com": "yahoo.com",
	"outlok.con": "outlook.com", "outllok.com": "outlook.com", "otlook.con": "outlook.com",
	"aol.con": "aol.com", "aol.cm": "aol.com", "aol.co": "aol.com", "aol.om": "aol.com", "ao.com": "aol.com", "aoll.com": "aol.com",
	"att.ne": "att.net", "att.nett": "att.net", "msn.con": "msn.com", "live.con": "live.com", "me.con": "me.com", "mac.con": "mac.com",
	"icloud.con": "icloud.com", "icoud.co": "icloud.com", "comcast.con": "comcast.net",
}

// oneSlip tells whether two names differ by one letter: typed wrong, left out, doubled or added, or two that changed places.
func oneSlip(typed, meant string) bool {
	if typed == meant {
		return false
	}
	i := 0
	for i < len(typed) && i < len(meant) && typed[i] == meant[i] {
		i++
	}
	a, b := typed[i:], meant[i:]
	switch len(a) - len(b) {
	case 0:
		return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
	case 1:
		return a[1:] == b
	case -1:
		return a == b[1:]
	}
	return false
}
