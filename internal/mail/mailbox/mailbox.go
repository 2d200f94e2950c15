// Package mailbox reads a mailbox over IMAP (RFC 9051), message by message, and takes away what has been read.
package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Fate is what becomes of a message that has been read.
type Fate int

// The fates.
const (
	Leave  Fate = iota // as it is: it is read again the next time
	Keep               // marked as read: it stays for a person
	Delete             // gone
)

// Mailbox is a mailbox on a server. Nothing is connected between two readings.
type Mailbox struct {
	address, user, password, name string

	tls *tls.Config // nil: no TLS, a server on this machine
	// Patience bounds one reading. It may be changed before the first.
	Patience time.Duration
}

const (
	patience    = 4 * time.Minute
	dialTimeout = 20 * time.Second
	batch       = 50 // messages between two expunges
)

// New takes imaps://user:password@host:993/INBOX, or imap:// for a server on this machine: nothing crosses a network in clear.
// Without a path the mailbox is INBOX. The error never holds the password.
func New(address string) (*Mailbox, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the mailbox's URL can't be read") // url.Error would quote the password
	}
	m := &Mailbox{name: strings.TrimPrefix(u.Path, "/"), Patience: patience}
	if m.name == "" {
		m.name = "INBOX"
	}
	port := "993"
	switch {
	case u.Scheme == "imaps":
		m.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	case u.Scheme == "imap" && loopback(u.Hostname()):
		port = "143"
	default:
		return nil, errors.New("the mailbox's URL begins with imaps://")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	if u.Hostname() == "" || u.User == nil {
		return nil, errors.New("the mailbox's URL is imaps://user:password@host:993/INBOX")
	}
	m.address = net.JoinHostPort(u.Hostname(), port)
	m.user = u.User.Username()
	m.password, _ = u.User.Password()
	return m, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Error says what could not be done. Its text holds nothing that the server said; the cause may.
type Error struct {
	Doing string
	Cause error
}

// Error says what could not be done.
func (e *Error) Error() string { return "can't " + e.Doing }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }

func failed(doing string, cause error) error {
	if cause == nil {
		return nil
	}
	return &Error{doing, cause}
}

// Each brings every message that is not marked as read to do, the oldest first, up to size bytes of it, and deals with it as
// do decides. What do has seen when the reading breaks off may be brought again. The error is an *Error.
func (m *Mailbox) Each(ctx context.Context, size int64, do func(ctx context.Context, raw []byte) Fate) error {
	ctx, cancel := context.WithTimeout(ctx, m.Patience)
	defer cancel()
	r, err := m.open(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = r.client.Close() })() // the client waits for answers without end
	defer func() { _ = r.client.Close() }()
	if err := r.enter(m); err != nil {
		return err
	}
	found, err := r.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return failed("look for new messages", err)
	}
	for i, uid := range found.AllUIDs() {
		if err := r.one(ctx, uid, size, do); err != nil {
			return err
		}
		if i%batch == batch-1 {
			if err := r.expunge(); err != nil {
				return err
			}
		}
	}
	if err := r.expunge(); err != nil {
		return err
	}
	_ = r.client.Logout().Wait()
	return nil
}

// reading is one reading of a mailbox.
type reading struct {
	client *imapclient.Client
	gone   bool // something is to be expunged
}

func (m *Mailbox) open(ctx context.Context) (*reading, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var conn net.Conn
	var err error
	if m.tls != nil {
		conn, err = (&tls.Dialer{Config: m.tls}).DialContext(ctx, "tcp", m.address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", m.address)
	}
	if err != nil {
		return nil, failed("reach the mailbox's server", err)
	}
	return &reading{client: imapclient.New(conn, nil)}, nil
}

func (r *reading) enter(m *Mailbox) error {
	if err := r.client.WaitGreeting(); err != nil {
		return failed("be greeted by the mailbox's server", err)
	}
	if err := r.client.Login(m.user, m.password).Wait(); err != nil {
		return failed("sign in to the mailbox", err)
	}
	_, err := r.client.Select(m.name, nil).Wait()
	return failed("open the mailbox", err)
}

// one brings a message to do. One that somebody took away meanwhile is passed over.
func (r *reading) one(ctx context.Context, uid imap.UID, size int64, do func(context.Context, []byte) Fate) error {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: size}}
	got, err := r.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return failed("read a message", err)
	}
	for _, message := range got {
		if message.UID != uid || len(message.BodySection) == 0 {
			continue
		}
		if err := r.settle(uid, do(ctx, message.BodySection[0].Bytes)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) settle(uid imap.UID, fate Fate) error {
	flags := []imap.Flag{imap.FlagSeen}
	switch fate {
	case Leave:
		return nil
	case Delete:
		flags, r.gone = append(flags, imap.FlagDeleted), true
	case Keep:
	}
	store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}
	return failed("mark a message", r.client.Store(imap.UIDSetNum(uid), store, nil).Close())
}

// expunge takes away what is deleted; what an earlier reading left behind goes too.
func (r *reading) expunge() error {
	if !r.gone {
		return nil
	}
	r.gone = false
	return failed("take messages away", r.client.Expunge().Close())
}
