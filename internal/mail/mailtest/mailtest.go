// Package mailtest is a mail server for tests: it accepts, refuses, drops connections, hangs or answers slowly, as a test
// tells it, and keeps what it received. It listens on loopback only.
package mailtest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"redress/internal/mail"
)

// Received is a mail that reached the end of its data, acknowledged or not.
type Received struct {
	From, To string
	Raw      []byte
	// Accepted is true if the server answered with 250.
	Accepted bool
}

// Read parses the mail.
func (r Received) Read(t testing.TB) mail.Reading {
	t.Helper()
	reading, err := mail.Parse(r.Raw)
	if err != nil {
		t.Fatalf("received mail does not parse: %v", err)
	}
	return reading
}

// Stage is a moment of a delivery at which the server may do something else than say yes.
type Stage string

// The stages.
const (
	Connect Stage = "connect"
	From    Stage = "mail from"
	To      Stage = "rcpt to"
	Data    Stage = "data" // all of it received, nothing answered
)

// Attempt is what a [Rule] decides about.
type Attempt struct {
	Stage    Stage
	From, To string
	Raw      []byte
}

// Reply is what the server does. The zero Reply accepts.
type Reply struct {
	Code     int
	Enhanced [3]int
	Drop     bool          // close the connection without a word
	Hang     bool          // say nothing until the server stops
	Wait     time.Duration // before anything else
}

// Refuse is a reply with a code and an enhanced status, and a text that quotes the address as servers do.
func Refuse(code, class, subject, detail int) Reply {
	return Reply{Code: code, Enhanced: [3]int{class, subject, detail}}
}

// Rule says what happens at a stage. It may be called from several connections at once.
type Rule func(a Attempt) Reply

// Times answers the first n attempts at a stage with reply and accepts the others.
func Times(n int, stage Stage, reply Reply) Rule {
	var mu sync.Mutex
	return func(a Attempt) Reply {
		mu.Lock()
		defer mu.Unlock()
		if a.Stage != stage || n == 0 {
			return Reply{}
		}
		n--
		return reply
	}
}

// Server is a fake mail server.
type Server struct {
	t        testing.TB
	addr     string
	user     string
	password string
	tls      *tls.Config
	implicit bool
	heads    bool

	mu          sync.Mutex
	rule        Rule
	received    []Received
	connections int
	server      *smtp.Server
	listener    net.Listener
	stopped     chan struct{}
}

// Option changes a server before it starts.
type Option func(*Server)

// WithLogin makes the server ask for a name and password.
func WithLogin(user, password string) Option {
	return func(s *Server) { s.user, s.password = user, password }
}

// WithTLS offers STARTTLS, or TLS from the first byte.
func WithTLS(config *tls.Config, implicit bool) Option {
	return func(s *Server) { s.tls, s.implicit = config, implicit }
}

// WithHeads keeps the head of each mail only, for tests that send very many. Rules see them whole.
func WithHeads() Option { return func(s *Server) { s.heads = true } }

// New starts a server that accepts everything. It stops when the test ends.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{t: t, addr: "127.0.0.1:0"}
	for _, o := range options {
		o(s)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Addr is the server's host and port; it stays the same over Stop and Start.
func (s *Server) Addr() string { return s.addr }

// URL is the server as mail.NewSMTP takes it.
func (s *Server) URL() string {
	scheme, login := "smtp://", ""
	if s.implicit {
		scheme = "smtps://"
	}
	if s.user != "" {
		login = s.user + ":" + s.password + "@"
	}
	return scheme + login + s.addr
}

// Answer sets the rule for what comes from now on; nil accepts everything.
func (s *Server) Answer(rule Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rule = rule
}

// Received lists what reached the server, in order.
func (s *Server) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Accepted lists what the server acknowledged, in order.
func (s *Server) Accepted() []Received {
	return slices.DeleteFunc(s.Received(), func(r Received) bool { return !r.Accepted })
}

// Connections counts the connections made so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Start listens (again). Calling it on a running server is an error of the test.
func (s *Server) Start() {
	s.t.Helper()
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatalf("fake mail server: %v", err)
	}
	s.addr = listener.Addr().String()
	if s.implicit {
		listener = tls.NewListener(listener, s.tls)
	}
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain = "fake.test"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	server.MaxMessageBytes = 8 << 20
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.ErrorLog = log.New(io.Discard, "", 0)
	if !s.implicit {
		server.TLSConfig = s.tls
	}
	s.mu.Lock()
	s.server, s.listener, s.stopped = server, listener, make(chan struct{})
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
}

// Stop closes the listener and every connection; what hangs ends.
func (s *Server) Stop() {
	s.mu.Lock()
	server, listener, stopped := s.server, s.listener, s.stopped
	s.server = nil
	s.mu.Unlock()
	if server == nil {
		return
	}
	close(stopped)
	_ = listener.Close() // also when the server has not come to accepting yet
	_ = server.Close()
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	s.connections++
	stopped := s.stopped
	s.mu.Unlock()
	now := &session{server: s, conn: c, stopped: stopped}
	if err := now.decide(Attempt{Stage: Connect}); err != nil {
		return nil, err
	}
	if s.user != "" {
		return &loginSession{session: now}, nil
	}
	return now, nil
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	stopped  chan struct{}
	from, to string
}

var errDropped = errors.New("dropped")

// decide asks the rule and does what it says; nil accepts.
func (s *session) decide(a Attempt) error {
	s.server.mu.Lock()
	rule := s.server.rule
	s.server.mu.Unlock()
	if rule == nil {
		return nil
	}
	reply := rule(a)
	if reply.Wait > 0 {
		select {
		case <-time.After(reply.Wait):
		case <-s.stopped:
		}
	}
	switch {
	case reply.Hang:
		<-s.stopped
		return errDropped
	case reply.Drop:
		_ = s.conn.Conn().Close()
		return errDropped
	case reply.Code != 0:
		return &smtp.SMTPError{Code: reply.Code, EnhancedCode: reply.Enhanced, Message: "<" + a.To + ">: not now, or never"}
	}
	return nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return s.decide(Attempt{Stage: From, From: from})
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.decide(Attempt{Stage: To, From: s.from, To: to})
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	err = s.decide(Attempt{Stage: Data, From: s.from, To: s.to, Raw: raw})
	if s.server.heads {
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		raw = append(bytes.Clone(head), "\r\n\r\n"...)
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.received = append(s.server.received, Received{From: s.from, To: s.to, Raw: raw, Accepted: err == nil})
	return err
}

func (s *session) Reset()        { s.from, s.to = "", "" }
func (s *session) Logout() error { return nil }

// loginSession is a session that wants to know who is there.
type loginSession struct {
	*session
	in bool
}

func (s *loginSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *loginSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

func (s *loginSession) Mail(from string, o *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return s.session.Mail(from, o)
}
