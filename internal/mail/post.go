package mail

import (
	"context"
	"log/slog"
	netmail "net/mail"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"redress/internal/postgres"
)

// Options configure a [Post].
type Options struct {
	// Sender takes the mails to people: [NewSMTP], or [NewCapture] without a server.
	Sender Sender
	// Officials takes the mails to offices: the same Sender when delivery is live, else a [Capture].
	Officials Sender
	// Folder, if set, is where mails were captured before they were sent: [Post.Clean] erases what is left there.
	Folder *Capture
	// From is the center's address; it stands on every mail that names no other sender, and is the envelope's sender of all
	// that have no return path of their own.
	From netmail.Address
	// Returns, if set, gives every mail a return path of its own, by which [Post.Bounce] knows it again.
	Returns *ReturnPath
	// Domain is the right side of every Message-ID; empty: the domain of From.
	Domain string
	// Suppressed says whether a mailbox asked to be left alone; asked for unasked kinds only, in the transaction that is
	// about to send. Nil: nobody did.
	Suppressed func(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (bool, error)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log gets a line per trouble, without personal data; nil: slog.Default.
	Log *slog.Logger
}

// Post queues mails and works the queue. It is safe for concurrent use once its kinds are registered.
type Post struct {
	db        *postgres.DB
	opt       Options
	kinds     map[string]Kind
	people    *lane
	officials *lane
	woken     atomic.Int64 // when Queue last asked for a Wake, in nanoseconds
}

// New returns a Post without kinds.
func New(db *postgres.DB, opt Options) *Post {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.From.Address == "" {
		opt.From.Address = "redress@localhost" // a first run, before the center has an address; its mails are captured
	}
	if opt.Domain == "" {
		opt.Domain = opt.From.Address[strings.LastIndexByte(opt.From.Address, '@')+1:]
	}
	p := &Post{db: db, opt: opt, kinds: map[string]Kind{}, people: &lane{sender: opt.Sender}}
	p.officials = p.people
	if opt.Officials != opt.Sender {
		p.officials = &lane{sender: opt.Officials}
	}
	return p
}

// Register adds a kind. It is called while the program is wired, before the first Queue or Work, and panics on a kind
// without a name or Render, or registered twice: such a program must not start.
func (p *Post) Register(k Kind) {
	if k.Name == "" || k.Render == nil {
		panic("mail: a kind needs a name and Render")
	}
	if _, twice := p.kinds[k.Name]; twice {
		panic("mail: kind " + k.Name + " is registered twice")
	}
	p.kinds[k.Name] = k
}

// Captured is the folder that mails are written to instead of being sent; nil when all are sent.
func (p *Post) Captured() *Capture {
	for _, l := range []*lane{p.people, p.officials} {
		if c, ok := l.sender.(*Capture); ok {
			return c
		}
	}
	return nil
}

// lane is one way out: mails that share a sender share its troubles.
type lane struct {
	sender  Sender
	circuit circuit
}

func (p *Post) lane(kind string) *lane {
	if p.kinds[kind].Official {
		return p.officials
	}
	return p.people
}

// passable lists the kinds that have a way out at the moment. Rows of kinds that this program doesn't know (an older node
// of a fleet) are left to those that do.
func (p *Post) passable(now time.Time) []string {
	var names []string
	for name := range p.kinds {
		if l := p.lane(name); l.sender != nil && !l.circuit.open(now) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// now is the clock at the database's precision.
func (p *Post) now() time.Time { return p.opt.Now().UTC().Truncate(time.Microsecond) }
