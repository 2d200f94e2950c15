package config

import (
	"net/mail"
	"strings"

	"redress/internal/mail/dkim"
	"redress/internal/mail/mailbox"
)

// checkDKIM reads the key that signs mails. All of it or nothing is set: a site
// that its operator believes to sign must not start without.
func checkDKIM(c *Config) []string {
	if c.DKIMKey == "" && c.DKIMSelector == "" && c.DKIMDomain == "" {
		return nil
	}
	var faults []string
	for _, needed := range []struct{ name, value string }{
		{"REDRESS_DKIM_KEY", c.DKIMKey}, {"REDRESS_DKIM_SELECTOR", c.DKIMSelector}, {"REDRESS_MAIL_FROM", c.MailFrom},
	} {
		if needed.value == "" {
			faults = append(faults, needed.name+" is required to sign mails (REDRESS_DKIM_KEY, REDRESS_DKIM_SELECTOR)")
		}
	}
	if len(faults) > 0 || c.From == nil {
		return faults
	}
	from := c.From.Address[strings.LastIndexByte(c.From.Address, '@')+1:]
	if c.DKIMDomain == "" {
		c.DKIMDomain = strings.ToLower(from)
	}
	if !dkim.Aligned(from, c.DKIMDomain) {
		faults = append(faults, "REDRESS_DKIM_DOMAIN must be the domain of REDRESS_MAIL_FROM or a parent of it: receivers hold the two against each other (DMARC)")
	}
	key, err := dkim.ReadKey(c.DKIMKey)
	if err != nil {
		return append(faults, "REDRESS_DKIM_KEY: "+err.Error())
	}
	if c.DKIM, err = dkim.New(c.DKIMDomain, c.DKIMSelector, key); err != nil {
		return append(faults, "REDRESS_DKIM_DOMAIN and REDRESS_DKIM_SELECTOR: "+err.Error())
	}
	return faults
}

// longestBounces is what a return path leaves of the 64 characters before the @
// for the name of the mailbox: "+" and a mark of 42 follow it.
const longestBounces = 64 - 1 - 42

func checkBounces(c *Config) []string {
	var faults []string
	if c.Bounces != "" {
		address, err := mail.ParseAddress(c.Bounces)
		if err != nil || !plainMailbox(address.Address) {
			faults = append(faults, "REDRESS_BOUNCES must be a plain address without a +, at most 21 characters before the @, such as bounces@act.example.org")
		} else {
			c.Bounces = address.Address
		}
	}
	if c.BouncesIMAP == "" {
		return faults
	}
	if c.Bounces == "" {
		faults = append(faults, "REDRESS_BOUNCES is required with REDRESS_BOUNCES_IMAP: it is the address whose mailbox that is")
	}
	if _, err := mailbox.New(c.BouncesIMAP); err != nil {
		faults = append(faults, "REDRESS_BOUNCES_IMAP must be imaps://user:password@host:993/INBOX (imap:// only on this machine): "+err.Error())
	}
	return faults
}

// plainMailbox is true for what a mark can be added to.
func plainMailbox(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	return ok && local != "" && len(local) <= longestBounces && domain != "" && !strings.ContainsFunc(local, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	})
}
