package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"redress/internal/mail/dkim"
)

const (
	greetTimeout = 20 * time.Second
	sendTimeout  = 90 * time.Second // one mail, from MAIL to its acknowledgment; sendLease follows from it
)

// SMTP sends through one mail server.
type SMTP struct {
	host           string
	port           int
	user, password string
	tls            bool // TLS from the first byte (smtps), else STARTTLS
	plain          bool // no TLS: a server on this machine
	helo           string

	// DKIM, if set, signs every mail that goes out here.
	DKIM *dkim.Signer
	// TLS, if set, is used instead of the default configuration: a private authority, say.
	TLS *tls.Config
	// Greet and Send bound opening a session and sending one mail; they may be shortened, not lengthened.
	Greet, Send time.Duration
}

// NewSMTP takes smtps://user:password@host:465 or smtp://user:password@host:587. With smtp, STARTTLS is required unless the
// host is this machine; nothing falls back to plain text. helo is the name the center introduces itself with.
func NewSMTP(address, helo string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, trouble("the mail server's URL can't be read") // url.Error would quote the password
	}
	s := &SMTP{host: u.Hostname(), helo: helo, Greet: greetTimeout, Send: sendTimeout}
	switch u.Scheme {
	case "smtps":
		s.tls, s.port = true, 465
	case "smtp":
		s.plain, s.port = loopback(s.host), 587
	default:
		return nil, trouble("the mail server's URL begins with smtp:// or smtps://")
	}
	if s.host == "" || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return nil, trouble("the mail server's URL is smtp://user:password@host:port and nothing more")
	}
	if text := u.Port(); text != "" {
		if s.port, err = strconv.Atoi(text); err != nil || s.port < 1 || s.port > 65535 {
			return nil, trouble("the mail server's port is a number from 1 to 65535")
		}
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
	}
	if s.helo == "" {
		s.helo = "localhost"
	}
	return s, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Accepted is [Sent].
func (*SMTP) Accepted() string { return Sent }

// Open connects, turns TLS on and signs in.
func (s *SMTP) Open(ctx context.Context) (Session, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Greet)
	defer cancel()
	var conn net.Conn
	client, err := gomail.NewClient(s.host, s.options(func(ctx context.Context, network, address string) (net.Conn, error) {
		var err error
		conn, err = s.dial(ctx, network, address)
		return conn, err
	})...)
	if err != nil {
		return nil, trouble("the mail server's settings don't work together")
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		if conn != nil {
			_ = conn.Close() // the library leaves it open
		}
		return nil, fmt.Errorf("open mail session: %w", err)
	}
	return &smtpSession{client: session, limit: s.Send, dkim: s.DKIM}, nil
}

func (s *SMTP) options(dial gomail.DialContextFunc) []gomail.Option {
	policy := gomail.TLSMandatory
	if s.plain || s.tls {
		policy = gomail.NoTLS // for smtps the dialer has turned it on already
	}
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(s.Greet), gomail.WithHELO(s.helo),
		gomail.WithTLSConfig(s.tlsConfig()), gomail.WithTLSPolicy(policy), gomail.WithDialContextFunc(dial),
	}
	if s.user == "" {
		return options
	}
	ways := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}
	if s.plain {
		ways = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc}
	}
	return append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password), gomail.WithOpportunisticSMTPAuth(ways...))
}

func (s *SMTP) tlsConfig() *tls.Config {
	if s.TLS != nil {
		return s.TLS.Clone()
	}
	return &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
}

func (s *SMTP) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if !s.tls {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return (&tls.Dialer{Config: s.tlsConfig()}).DialContext(ctx, network, address)
}

type smtpSession struct {
	client *smtp.Client
	limit  time.Duration
	dkim   *dkim.Signer
}

func (s *smtpSession) Ping() error {
	if err := s.client.UpdateDeadline(5 * time.Second); err != nil {
		return err
	}
	return s.client.Noop()
}

// Send hands over one mail. Only the reply to its last line counts as an acknowledgment, and nothing after that reply can take
// it back.
func (s *smtpSession) Send(_ context.Context, e *Envelope) error {
	raw, err := s.signed(e)
	if err != nil {
		return err
	}
	if err := s.client.UpdateDeadline(s.limit); err != nil {
		return err
	}
	if err := s.client.Mail("<" + e.From + ">"); err != nil {
		// A no to the sender is about us, not about this mail: it waits until someone has set us right.
		return s.refused(err, func(r *Refusal) { r.Permanent = false })
	}
	if err := s.client.Rcpt("<" + e.To + ">"); err != nil {
		return s.refused(err)
	}
	body, err := s.client.Data()
	if err != nil {
		return s.refused(err)
	}
	if _, err := body.Write(raw); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return s.refused(err)
	}
	return nil
}

// signed is the mail as it goes out. A mail that can't be signed stays here: without its signature it would be distrusted.
func (s *smtpSession) signed(e *Envelope) ([]byte, error) {
	if s.dkim == nil {
		return e.Raw, nil
	}
	raw, err := s.dkim.Sign(e.Raw)
	if err != nil {
		return nil, trouble("the mail can't be signed")
	}
	return raw, nil
}

var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// refused turns the server's no into a Refusal and makes the session ready for the next mail. Anything else is a broken session.
func (s *smtpSession) refused(err error, change ...func(*Refusal)) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code < 400 || reply.Code > 599 {
		return err
	}
	r := &Refusal{Code: reply.Code, Enhanced: enhanced.FindString(reply.Msg), Permanent: reply.Code >= 500, Closing: reply.Code == 421}
	if aboutUs(reply.Code) {
		r.Permanent = false
	}
	for _, f := range change {
		f(r)
	}
	if !r.Closing && s.client.Reset() != nil {
		r.Closing = true
	}
	return r
}

// aboutUs knows replies that refuse us, not the mail: faults of signing in (RFC 4954), which an operator repairs.
func aboutUs(code int) bool {
	switch code {
	case 530, 534, 535, 538:
		return true
	}
	return false
}

func (s *smtpSession) Close() {
	_ = s.client.UpdateDeadline(time.Second)
	if s.client.Quit() != nil {
		_ = s.client.Close()
	}
}
