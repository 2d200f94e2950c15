// Package newsletter holds the newsletter's subscribers and its editions.
//
// The contract for subscribers:
//   - Nobody gets it whose mailbox has not confirmed by POST, and nobody who asked for the end of it, however they asked.
//   - Whoever subscribes learns nothing about anyone: a newcomer, a subscriber and somebody who has left get the same answer,
//     and the same statements run. Only the mailbox is told which it was.
//   - An address is sealed and stands apart (table subscriber_person) for as long as the subscription does. What remains of an
//     ended one is a keyed hash and the dated consent.
//   - One mailbox is one subscription. Links in an edition work for as long as its row's epoch stands, also when the
//     subscription was ended and begun again meanwhile.
package newsletter

import (
	"log/slog"
	"time"

	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Options configure [New].
type Options struct {
	DB   *postgres.DB
	Box  *seal.Box
	Post *mail.Post
	// Supporters keep the consents and what a mailbox doesn't want.
	Supporters *supporter.Supporters
	// BaseURL is the site's, without a slash at the end; links in mails begin with it.
	BaseURL string
	// Zone is the center's time zone, in which a pause ends; nil: UTC.
	Zone *time.Location
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log gets a line per trouble, without personal data; nil: slog.Default.
	Log *slog.Logger
}

// Newsletter is the newsletter's subscribers. It is safe for concurrent use.
type Newsletter struct {
	db   *postgres.DB
	box  *seal.Box
	post *mail.Post
	opt  Options
}

// New returns the newsletter of a center.
func New(o Options) *Newsletter {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Newsletter{db: o.DB, box: o.Box, post: o.Post, opt: o}
}

// now is the clock at the database's precision.
func (n *Newsletter) now() time.Time { return n.opt.Now().UTC().Truncate(time.Microsecond) }

// today is the date in the center's time zone, as a column of type date holds it.
func (n *Newsletter) today() time.Time {
	y, m, d := n.opt.Now().In(n.opt.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
