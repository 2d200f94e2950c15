package config

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// CWC tells whether letters to Congress may go by Communicating With Congress:
// a key is set.
func (c *Config) CWC() bool { return c.CWCHouseKey != "" || c.CWCSenateKey != "" }

// agentLength is the longest name of a delivery agent that messages hold.
const agentLength = 200

func checkCWC(c *Config) []string {
	var faults []string
	for _, s := range []struct {
		name string
		text *string
	}{{"REDRESS_CWC_HOUSE_URL", &c.CWCHouseURL}, {"REDRESS_CWC_SENATE_URL", &c.CWCSenateURL}} {
		base, err := url.Parse(strings.TrimSuffix(*s.text, "/"))
		switch {
		case err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || (base.Scheme != "https" && base.Scheme != "http"):
			faults = append(faults, s.name+" must be a URL without user and query, such as https://cwc.house.gov")
		case base.Scheme == "http" && !IsLoopback(base.Hostname()):
			faults = append(faults, s.name+" must begin with https://: key and letters pass over it")
		default:
			*s.text = base.String()
		}
	}
	if c.CWCMode != CWCTesting && c.CWCMode != CWCProduction {
		faults = append(faults, `REDRESS_CWC_MODE must be "testing" or "production"`)
	}
	if c.CWC() && strings.TrimSpace(c.CWCAgent) == "" {
		faults = append(faults, "REDRESS_CWC_AGENT is required with a key for Communicating With Congress")
	}
	if utf8.RuneCountInString(c.CWCAgent) > agentLength {
		faults = append(faults, "REDRESS_CWC_AGENT is longer than a name")
	}
	switch person, ok := readContact(c.CWCContact); {
	case c.CWCContact == "" && c.CWC():
		faults = append(faults, "REDRESS_CWC_CONTACT is required with a key for Communicating With Congress")
	case c.CWCContact != "" && !ok:
		faults = append(faults, "REDRESS_CWC_CONTACT must be a name, an e-mail address and a phone number, such as Ada Park <ada@example.org> 202-555-0123")
	default:
		c.CWCPerson = person
	}
	return faults
}

var contactForm = regexp.MustCompile(`^\s*(\S.*>)\s*([0-9]{3}-[0-9]{3}-[0-9]{4})\s*$`)

// plainAddress is an address as the services take one.
var plainAddress = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// readContact reads "Name <email> 202-555-0123".
func readContact(text string) (Contact, bool) {
	parts := contactForm.FindStringSubmatch(text)
	if parts == nil {
		return Contact{}, false
	}
	address, err := mail.ParseAddress(parts[1])
	if err != nil || address.Name == "" || !plainAddress.MatchString(address.Address) {
		return Contact{}, false
	}
	return Contact{Name: address.Name, Email: address.Address, Phone: parts[2]}, true
}
