package pledge

import (
	"log/slog"
	"sync"
	"time"

	"redress/internal/civics"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Options configure New.
type Options struct {
	// Supporters keep the consents of those who asked for updates. Required.
	Supporters *supporter.Supporters
	// StateOf tells the state ("CO") of a ZIP code and whether the code can
	// exist; nil: every code of five digits is taken and no state is kept.
	StateOf func(zip string) (code string, exists bool)
	// Atlas tells the congressional districts of ZIP codes; nil: results have none.
	Atlas *civics.Atlas
	// Zone is the center's time zone, in which a closing day ends; nil: UTC.
	Zone *time.Location
	// HoldDomains are domains of throw-away mailboxes beside those that come with
	// the program (supporter.Disposable).
	HoldDomains []string
	// Ruled is told of each effect of a rule against fraud, for the metrics; nil:
	// nobody is.
	Ruled func(rule string)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log gets a line per trouble, without personal data; nil: slog.Default.
	Log *slog.Logger
}

// Pledges are the pledges of a center. They are safe for concurrent use.
type Pledges struct {
	db           *postgres.DB
	box          *seal.Box
	post         *mail.Post
	opt          Options
	counts       counts
	results      rememberedResults
	rendered     sync.Map // by pledge id, each its last statement
	read         lately
	drift        drift
	resultsDrift drift
	notify       *notifier
	sources      sources
	slot         *counterSlot

	signers    *flusher[signer, struct{}]
	confirmers *flusher[confirming, bool]
}

// New returns the pledges. The caller ends them with Close.
func New(db *postgres.DB, box *seal.Box, post *mail.Post, o Options) *Pledges {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	p := &Pledges{db: db, box: box, post: post, opt: o, notify: newNotifier(db.Notify, o.Log), slot: newCounterSlot(db, o.Log)}
	p.signers = newFlusher(flushWaiting, p.writeSigners)
	p.confirmers = newFlusher(flushWaiting, p.writeConfirmations)
	return p
}

// Close writes whoever signs or confirms right now, tells the other nodes what
// they don't know yet, and stops. Who signs or confirms after it is asked to come
// back; counts that change after it are not told.
func (p *Pledges) Close() {
	p.signers.close()
	p.confirmers.close()
	p.notify.close()
	p.slot.free()
}

// Tag is the change tag of a pledge: pages that show its count carry it.
func Tag(slug string) string { return "pledge:" + slug }
