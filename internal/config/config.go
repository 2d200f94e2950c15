// Package config is the program's settings: one struct, read from the
// environment, validated together so that an operator sees every fault at once.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"redress/internal/mail/dkim"
)

// Switch is a setting that is on or off.
type Switch bool

// UnmarshalText reads "on" or "off".
func (s *Switch) UnmarshalText(text []byte) error {
	switch strings.ToLower(string(text)) {
	case "on", "true", "1", "yes":
		*s = true
	case "off", "false", "0", "no":
		*s = false
	default:
		return errors.New(`must be "on" or "off"`)
	}
	return nil
}

// Delivery says whether messages may reach a real office.
type Delivery string

// The deliveries. Capture is the default: nothing reaches an office.
const (
	Capture Delivery = "capture"
	Live    Delivery = "live"
)

// CWCMode says whether letters to Congress reach an office by Communicating
// With Congress.
type CWCMode string

// The modes. CWCTesting is the default: the services check letters, and no
// office gets one.
const (
	CWCTesting    CWCMode = "testing"
	CWCProduction CWCMode = "production"
)

// Contact is a person at the center whom the services of Congress may ask.
type Contact struct{ Name, Email, Phone string }

// Challenge says who decides whether forms are under attack.
type Challenge string

// The challenges. Auto is the default: what comes in decides.
const (
	ChallengeAuto Challenge = "auto"
	ChallengeOn   Challenge = "on"
	ChallengeOff  Challenge = "off"
)

// Config holds the settings. Read fills and checks it.
type Config struct {
	Port             int       `env:"PORT" envDefault:"8080"`
	Addr             string    `env:"REDRESS_ADDR"` // default 127.0.0.1:$PORT
	DatabaseURL      string    `env:"DATABASE_URL"` // empty: a private PostgreSQL under Data
	DBConns          int       `env:"REDRESS_DB_CONNS" envDefault:"16"`
	Data             string    `env:"REDRESS_DATA" envDefault:"./data"`
	BaseURL          string    `env:"REDRESS_BASE_URL"` // default http://localhost:$PORT when listening on loopback
	Secret           string    `env:"REDRESS_SECRET"`   // default: made and kept under Data for the private PostgreSQL
	TrustedProxies   []string  `env:"REDRESS_TRUSTED_PROXIES"`
	SMTPURL          string    `env:"REDRESS_SMTP_URL"`
	MailFrom         string    `env:"REDRESS_MAIL_FROM"`
	DKIMKey          string    `env:"REDRESS_DKIM_KEY"` // path of a PEM file; empty: mails aren't signed
	DKIMSelector     string    `env:"REDRESS_DKIM_SELECTOR"`
	DKIMDomain       string    `env:"REDRESS_DKIM_DOMAIN"`  // default the domain of MailFrom
	Bounces          string    `env:"REDRESS_BOUNCES"`      // empty: bounces go to MailFrom, and nobody reads them
	BouncesIMAP      string    `env:"REDRESS_BOUNCES_IMAP"` // empty: bounces come by `redress bounce`
	Delivery         Delivery  `env:"REDRESS_DELIVERY" envDefault:"capture"`
	GeocoderURL      string    `env:"REDRESS_GEOCODER_URL" envDefault:"https://geocoding.geo.census.gov/geocoder"`
	MetricsAddr      string    `env:"REDRESS_METRICS_ADDR"` // empty: no metrics listener
	RateLimit        Switch    `env:"REDRESS_RATE_LIMIT" envDefault:"on"`
	Challenge        Challenge `env:"REDRESS_CHALLENGE" envDefault:"auto"`
	AllowNetworks    []string  `env:"REDRESS_ALLOW_NETWORKS"` // whose visitors aren't limited: a campus, an event
	HoldDomains      []string  `env:"REDRESS_HOLD_DOMAINS"`   // of throw-away mailboxes, beside the list in the program
	Timezone         string    `env:"REDRESS_TIMEZONE" envDefault:"America/New_York"`
	OperatorEmail    string    `env:"REDRESS_OPERATOR_EMAIL"`
	Sample           Switch    `env:"REDRESS_SAMPLE" envDefault:"on"`
	NewsletterHour   int       `env:"REDRESS_NEWSLETTER_HOUR" envDefault:"7"`
	NewsletterDays   string    `env:"REDRESS_NEWSLETTER_DAYS" envDefault:"every"`
	NewsletterWeekly string    `env:"REDRESS_NEWSLETTER_WEEKLY" envDefault:"mon"`
	CWCHouseURL      string    `env:"REDRESS_CWC_HOUSE_URL" envDefault:"https://cwc.house.gov"`
	CWCHouseKey      string    `env:"REDRESS_CWC_HOUSE_KEY"` // empty: nothing goes to the House's service
	CWCSenateURL     string    `env:"REDRESS_CWC_SENATE_URL" envDefault:"https://soapbox.senate.gov"`
	CWCSenateKey     string    `env:"REDRESS_CWC_SENATE_KEY"` // empty: nothing goes to the Senate's service
	CWCAgent         string    `env:"REDRESS_CWC_AGENT"`      // the delivery agent, as it is registered
	CWCContact       string    `env:"REDRESS_CWC_CONTACT"`
	CWCMode          CWCMode   `env:"REDRESS_CWC_MODE" envDefault:"testing"`

	Proxies  []netip.Prefix `env:"-"` // TrustedProxies, read
	Allowed  []netip.Prefix `env:"-"` // AllowNetworks, read
	Location *time.Location `env:"-"` // Timezone, read
	Base     *url.URL       `env:"-"` // BaseURL, read
	From     *mail.Address  `env:"-"` // MailFrom, read; nil when unset
	DKIM     *dkim.Signer   `env:"-"` // of the three DKIM settings; nil when mails aren't signed

	NewsletterOn      []time.Weekday `env:"-"` // NewsletterDays, read
	NewsletterWeekday time.Weekday   `env:"-"` // NewsletterWeekly, read

	CWCPerson Contact `env:"-"` // CWCContact, read
}

// Faults lists everything that is wrong with the settings.
type Faults []string

// Error names every fault, one a line.
func (f Faults) Error() string {
	return "the settings have faults:\n  - " + strings.Join(f, "\n  - ")
}

// Read reads the settings from vars (os.Environ's form as a map) and checks
// them. The error is Faults and names every one.
func Read(vars map[string]string) (*Config, error) {
	var c Config
	var faults Faults
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		var many env.AggregateError
		if !errors.As(err, &many) {
			return nil, Faults{err.Error()}
		}
		for _, e := range many.Errors {
			faults = append(faults, readFault(e))
		}
	}
	for _, check := range []func(*Config) []string{
		checkListener, checkBase, checkProxies, checkZone, checkDatabase, checkMail, checkDKIM, checkBounces, checkDelivery, checkGeocoder, checkCWC, checkChallenge, checkHoldDomains, checkNewsletter,
	} {
		faults = append(faults, check(&c)...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return &c, nil
}

// readFault rewords a parse error without the value: it may be a secret.
func readFault(err error) string {
	var parse env.ParseError
	if errors.As(err, &parse) {
		for _, field := range settings() {
			if field.field == parse.Name {
				return field.name + " can't be read: it must be " + field.form
			}
		}
	}
	return "a setting can't be read"
}

func checkListener(c *Config) []string {
	var faults []string
	if c.Port < 1 || c.Port > 65535 {
		faults = append(faults, "PORT must be between 1 and 65535")
	}
	if c.Addr == "" {
		c.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port))
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		faults = append(faults, "REDRESS_ADDR must be host:port, such as 127.0.0.1:8080")
	}
	if c.MetricsAddr != "" {
		if _, _, err := net.SplitHostPort(c.MetricsAddr); err != nil {
			faults = append(faults, "REDRESS_METRICS_ADDR must be host:port, such as 127.0.0.1:9090")
		}
		if c.MetricsAddr == c.Addr {
			faults = append(faults, "REDRESS_METRICS_ADDR must differ from REDRESS_ADDR: metrics are private")
		}
	}
	return faults
}

func checkBase(c *Config) []string {
	if c.BaseURL == "" {
		host, port, err := net.SplitHostPort(c.Addr)
		if err != nil {
			return nil // named by checkListener
		}
		if !IsLoopback(host) {
			if c.SMTPURL != "" || c.Delivery == Live {
				return nil // named by checkDelivery
			}
			return []string{"REDRESS_BASE_URL is required when the site listens beyond this machine: links in mails are made from it"}
		}
		c.BaseURL = "http://" + net.JoinHostPort("localhost", port)
	}
	base, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.Path != "" || base.RawQuery != "" || base.User != nil {
		return []string{"REDRESS_BASE_URL must be a scheme and a host and nothing more, such as https://act.example.org"}
	}
	c.Base, c.BaseURL = base, base.String()
	return nil
}

func checkProxies(c *Config) []string {
	var trusted, allowed []string
	c.Proxies, trusted = networks("REDRESS_TRUSTED_PROXIES", c.TrustedProxies)
	c.Allowed, allowed = networks("REDRESS_ALLOW_NETWORKS", c.AllowNetworks)
	return append(trusted, allowed...)
}

// networks reads networks, or single addresses, and names those that are none.
func networks(name string, texts []string) (prefixes []netip.Prefix, faults []string) {
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				faults = append(faults, fmt.Sprintf("%s: %q is no network, such as 10.0.0.0/8", name, text))
				continue
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, faults
}

// checkHoldDomains tidies the domains; what is none never matches, so it is named.
func checkHoldDomains(c *Config) []string {
	var faults []string
	for i, text := range c.HoldDomains {
		c.HoldDomains[i] = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@"))
		if d := c.HoldDomains[i]; d != "" && (!strings.Contains(d, ".") || strings.ContainsAny(d, " @/:")) {
			faults = append(faults, fmt.Sprintf("REDRESS_HOLD_DOMAINS: %q is no domain, such as mail.example.org", text))
		}
	}
	return faults
}

func checkZone(c *Config) []string {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil || c.Timezone == "" || c.Timezone == "Local" {
		c.Location = time.UTC
		return []string{"REDRESS_TIMEZONE must be a zone's name, such as America/Denver"}
	}
	c.Location = zone
	return nil
}

func checkDatabase(c *Config) []string {
	var faults []string
	if c.DatabaseURL != "" {
		u, err := url.Parse(c.DatabaseURL)
		if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
			faults = append(faults, "DATABASE_URL must be a postgres:// URL")
		}
		if c.Secret == "" {
			faults = append(faults, "REDRESS_SECRET is required with DATABASE_URL: personal data is sealed with it. Make one with `openssl rand -hex 32` and back it up")
		}
	}
	if c.Secret != "" && len(c.Secret) < 32 {
		faults = append(faults, "REDRESS_SECRET must be at least 32 characters; make one with `openssl rand -hex 32`")
	}
	if c.DBConns < 4 || c.DBConns > 1000 {
		faults = append(faults, "REDRESS_DB_CONNS must be between 4 and 1000")
	}
	return faults
}

func checkMail(c *Config) []string {
	var faults []string
	if c.SMTPURL != "" {
		u, err := url.Parse(c.SMTPURL)
		if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" {
			faults = append(faults, "REDRESS_SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465")
		}
	}
	for _, a := range []struct {
		name, text string
		into       **mail.Address
	}{{"REDRESS_MAIL_FROM", c.MailFrom, &c.From}, {"REDRESS_OPERATOR_EMAIL", c.OperatorEmail, nil}} {
		if a.text == "" {
			continue
		}
		address, err := mail.ParseAddress(a.text)
		if err != nil {
			faults = append(faults, a.name+" must be an e-mail address, such as action@example.org")
			continue
		}
		if a.into != nil {
			*a.into = address
		}
	}
	return faults
}

// checkDelivery names what must be set before mail leaves this machine. The
// center's name and postal address are content and are checked at start.
func checkDelivery(c *Config) []string {
	var faults []string
	if c.Delivery != Capture && c.Delivery != Live {
		faults = append(faults, `REDRESS_DELIVERY must be "capture" or "live"`)
	}
	if c.SMTPURL == "" && c.Delivery != Live {
		return faults
	}
	why := "with REDRESS_SMTP_URL"
	if c.Delivery == Live {
		why = "with REDRESS_DELIVERY=live"
	}
	if c.BaseURL == "" {
		faults = append(faults, "REDRESS_BASE_URL is required "+why)
	}
	if c.MailFrom == "" {
		faults = append(faults, "REDRESS_MAIL_FROM is required "+why)
	}
	if c.Delivery == Live && c.SMTPURL == "" {
		faults = append(faults, "REDRESS_SMTP_URL is required with REDRESS_DELIVERY=live")
	}
	if c.Base != nil && IsLoopback(c.Base.Hostname()) && c.SMTPURL != "" && !loopbackURL(c.SMTPURL) {
		faults = append(faults, "REDRESS_BASE_URL names this machine only: links in mails to others would lead nowhere")
	}
	return faults
}

// loopbackURL tells whether the server at this URL is on this machine.
func loopbackURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && IsLoopback(u.Hostname())
}

func checkGeocoder(c *Config) []string {
	u, err := url.Parse(c.GeocoderURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return []string{"REDRESS_GEOCODER_URL must be an http(s) URL"}
	}
	c.GeocoderURL = strings.TrimSuffix(c.GeocoderURL, "/")
	return nil
}

func checkChallenge(c *Config) []string {
	switch c.Challenge {
	case ChallengeAuto, ChallengeOn, ChallengeOff:
		return nil
	}
	return []string{`REDRESS_CHALLENGE must be "auto", "on" or "off"`}
}

// Private tells whether listener and base URL are both loopback, so that
// nobody but a user of this machine sees the site.
func (c *Config) Private() bool {
	host, _, err := net.SplitHostPort(c.Addr)
	return err == nil && IsLoopback(host) && c.Base != nil && IsLoopback(c.Base.Hostname())
}

// IsLoopback tells whether host (a name or an address, no port) is this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
