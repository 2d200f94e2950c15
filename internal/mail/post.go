package mail

import (
	"cmp"
	"context"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"redress/internal/postgres"
)

// Options configure a [Post].
type Options struct {
	// Sender takes the mails to people: [NewSMTP], or [NewCapture] without a server.
	Sender Sender
	// Officials takes the mails to offices: the same Sender when delivery is live, else a [Capture]. While what it accepts is
	// captured, it also takes the mails of official kinds that have a sender of their own.
	Officials Sender
	// Folder, if set, is where mails were captured before they were sent: [Post.Clean] erases what is left there. Mails in
	// test mode ([Message].Capture) go there also when everything else is sent.
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
	// SuppressedAmong gives those of these mailboxes that are to be left alone; asked for bulk kinds, in the transaction that is
	// about to send. Nil: none are.
	SuppressedAmong func(ctx context.Context, tx *postgres.Tx, mailboxKeys [][]byte) ([][]byte, error)
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
	ways      map[string]*lane // of the kinds
	lanes     []*lane          // of every sender
	people    *lane
	officials *lane
	folder    *lane                                                 // of mails that are captured one by one; nil: there is no folder
	loss      func(context.Context, *postgres.Tx, Mail, Loss) error // nil: nobody follows
	woken     atomic.Int64                                          // when Queue last asked for a Wake, in nanoseconds
	lingering atomic.Bool                                           // a worker waits for a turn
	patience  time.Duration
	bulk      sync.Mutex // held while bulk mail is worked
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
	p := &Post{db: db, opt: opt, kinds: map[string]Kind{}, ways: map[string]*lane{}, patience: linger}
	p.people, p.officials = p.laneOf(opt.Sender), p.laneOf(opt.Officials)
	if folder := cmp.Or(opt.Folder, p.Captured()); folder != nil {
		p.folder = p.laneOf(folder)
	}
	return p
}

// Register adds a kind. It is called while the program is wired, before the first Queue or Work, and panics on a kind
// without a name, without Render or Build or with both, bulk and unasked or official, or registered twice: such a program must not
// start.
func (p *Post) Register(k Kind) {
	if k.Name == "" || (k.Render == nil) == (k.Build == nil) {
		panic("mail: a kind needs a name and either Render or Build")
	}
	if k.Bulk && (k.Unasked || k.Official) {
		panic("mail: kind " + k.Name + " is bulk, and so neither unasked nor official")
	}
	if _, twice := p.kinds[k.Name]; twice {
		panic("mail: kind " + k.Name + " is registered twice")
	}
	p.kinds[k.Name] = k
	p.ways[k.Name] = p.wayOut(k)
}

// Captured is the folder that mails are written to instead of being sent; nil when all are sent but those in test mode.
func (p *Post) Captured() *Capture {
	for _, l := range []*lane{p.people, p.officials} {
		if c, ok := l.sender.(*Capture); ok {
			return c
		}
	}
	return nil
}

// now is the clock at the database's precision.
func (p *Post) now() time.Time { return p.opt.Now().UTC().Truncate(time.Microsecond) }
