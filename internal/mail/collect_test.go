package mail_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"redress/internal/mail"
	"redress/internal/mail/mailbox"
)

// imapServer is a mailbox server on this machine with one user, "center".
func imapServer(t *testing.T) (user *imapmemserver.User, address string) {
	t.Helper()
	user = imapmemserver.NewUser("center", "geheim")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true, Logger: quiet{},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return user, "imap://center:geheim@" + listener.Addr().String()
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

// literal is a message on its way into a mailbox.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func arrive(t *testing.T, user *imapmemserver.User, raw []byte) {
	t.Helper()
	if _, err := user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

// left counts what is in the mailbox, and what of it is unread.
func left(t *testing.T, user *imapmemserver.User) [2]uint32 {
	t.Helper()
	s, err := user.Status("INBOX", &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	if err != nil {
		t.Fatal(err)
	}
	return [2]uint32{*s.NumMessages, *s.NumUnseen}
}

func openBox(t *testing.T, address string) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.New(address)
	if err != nil {
		t.Fatal(err)
	}
	box.Patience = 20 * time.Second
	return box
}

func TestBouncesAreCollectedFromAMailbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	user, address := imapServer(t)
	box := openBox(t, address)
	collect := func() {
		t.Helper()
		if err := w.post.Collect(t.Context(), box); err != nil {
			t.Fatal(err)
		}
	}
	collect() // an empty mailbox
	first, second := w.queue("note", "maya@example.org"), w.queue("note", "ben@example.org")
	w.work()
	paths := map[string]string{}
	for _, got := range w.wantAccepted(2) {
		paths[got.To] = got.From
	}
	path := paths["maya@example.org"]
	for _, name := range []string{"postfix-delayed", "out-of-office", "a-persons-mail", "postfix-failed", "complaint", "qmail-prose", "postfix-failed", "empty"} {
		arrive(t, user, report(t, name, path))
	}
	for range 60 { // more than one expunge's worth
		arrive(t, user, report(t, "out-of-office", path))
	}
	w.follow = func(m mail.Mail, _ mail.Outcome) error {
		if m.ID == second {
			return errors.New("not now")
		}
		return nil
	}
	arrive(t, user, report(t, "gmail-failed", paths["ben@example.org"]))
	collect()
	w.wantState(first, mail.Bounced)
	w.wantState(second, mail.Sent)
	// A person's mail, the complaint, the prose and the empty one stay, read; what could not be settled stays as it is.
	if got := left(t, user); got != [2]uint32{5, 1} {
		t.Errorf("%d messages are left, %d unread", got[0], got[1])
	}
	w.mu.Lock()
	w.follow = nil
	w.mu.Unlock()
	collect()
	w.wantState(second, mail.Bounced)
	if got := left(t, user); got != [2]uint32{4, 0} {
		t.Errorf("then %d messages are left, %d unread", got[0], got[1])
	}
	w.mu.Lock()
	bounced := slices.DeleteFunc(slices.Clone(w.moves), func(s string) bool { return s != "note bounced" })
	w.mu.Unlock()
	if len(bounced) != 2 {
		t.Errorf("moves %q", bounced)
	}
	if log := w.log.String(); strings.Contains(log, "@") || strings.Contains(log, "geheim") {
		t.Errorf("the log says\n%s", log)
	}
}

func TestAMailboxThatCanNotBeReadIsNoError(t *testing.T) {
	t.Parallel()
	_, address := imapServer(t)
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = deaf.Close() })
	rude, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rude.Close() })
	go func() {
		for {
			conn, err := rude.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "* BYE go away, center geheim\r\n")
			_ = conn.Close()
		}
	}()
	for want, url := range map[string]string{
		"sign in to the mailbox: the server answered NO": strings.Replace(address, "geheim", "falsch", 1),
		"open the mailbox: the server answered NO":       address + "/Bounces",
		"reach the mailbox's server: ":                   "imap://center:geheim@127.0.0.1:1",
		"be greeted by the mailbox's server: ":           "imap://center:geheim@" + deaf.Addr().String(),
		"by the mailbox's server: the server ":           "imap://center:geheim@" + rude.Addr().String(),
	} {
		w := newWorld(t, withReturns(t))
		box := openBox(t, url)
		box.Patience = 2 * time.Second
		if err := w.post.Collect(t.Context(), box); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if log := w.log.String(); !strings.Contains(log, want) || strings.Contains(log, "geheim") || strings.Contains(log, "falsch") {
			t.Errorf("want %q in\n%s", want, log)
		}
	}
}

func TestMailboxURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "imap://u:geheim@mail.example.org/INBOX", "pop3://u:geheim@localhost", "imaps://mail.example.org", "imaps://u:geheim@", "imaps://u:gehe%im@h"} {
		if _, err := mailbox.New(url); err == nil || strings.Contains(err.Error(), "gehe") {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, url := range []string{"imaps://u:p%40ss@mail.example.org", "imaps://u:p@mail.example.org:1993/Bounces", "imap://u:p@localhost:1143/INBOX", "imap://u:p@[::1]"} {
		if _, err := mailbox.New(url); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
}
