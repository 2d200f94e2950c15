package supporter

import (
	_ "embed" // the list
	"strings"
	"sync"

	"redress/internal/mail"
)

//go:embed disposable.txt
var disposableList string

// disposableDomains is the list, read once.
var disposableDomains = sync.OnceValue(func() map[string]bool {
	domains := make(map[string]bool, 6000)
	for line := range strings.Lines(disposableList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			domains[line] = true
		}
	}
	return domains
})

// Disposable tells whether an address is at a provider of throw-away mailboxes, by the list that comes with the program and
// the domains in more. Who signs from one isn't refused: a person may have their reasons.
func Disposable(email string, more []string) bool {
	domain := DomainOf(email)
	for domain != "" {
		if disposableDomains()[domain] {
			return true
		}
		for _, d := range more {
			if d == domain {
				return true
			}
		}
		_, above, found := strings.Cut(domain, ".")
		if !found || !strings.Contains(above, ".") {
			return false
		}
		domain = above
	}
	return false
}

// DomainOf is the domain of an address, in ASCII and lower case; "" when it is no address.
func DomainOf(email string) string {
	_, domain, _ := mail.SplitAddress(strings.Trim(email, " "))
	return domain
}
