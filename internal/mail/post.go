package mail

import (
	"context"
	"log/slog"
	netmail "net/mail"
	"time"

	"redress/internal/postgres"
)

// Options configure a [Post].
type Options struct {
	// Sender takes the mails to people: [NewSMTP], or [NewCapture] without a server.
	Sender Sender
	// Officials takes the mails to offices: the same Sender when delivery is live, else a [Capture].
	Officials Sender
	// From is the center's address; it stands on every mail that names no other sender.
	From netmail.Address
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

// Post queues mails and works the queue.
type Post struct {
	db    *postgres.DB
	opt   Options
	kinds map[string]Kind
}

// New returns a Post without kinds.
func New(db *postgres.DB, opt Options) *Post {
	return &Post{db: db, opt: opt, kinds: map[string]Kind{}}
}

// Register adds a kind. It is called while the program is wired, before the first Queue or Work, and panics on a kind
// without a name or Render or registered twice.
func (p *Post) Register(k Kind) { p.kinds[k.Name] = k }

// Queue inserts mails in the caller's transaction and wakes a worker when it commits.
func (p *Post) Queue(ctx context.Context, tx *postgres.Tx, mails ...Mail) error { return nil }

// Work sends what is due and returns when nothing is left that can be sent now.
func (p *Post) Work(ctx context.Context) error { return nil }

// Sender hands mails on.
type Sender interface{}
