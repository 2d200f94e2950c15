package newsletter

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// The kinds of mailings, and the kinds of mail that they send.
const (
	KindEdition = "edition" // the term of the day, to those who want it daily
	KindWeek    = "week"    // the terms of seven days, to those who want it weekly
	KindUpdate  = "update"  // news on an issue, to those who agreed to it

	MailEdition = "newsletter.edition" // of the first two; its subject is a subscriber, its batch the mailing
	MailUpdate  = "newsletter.update"  // of the last; its subject is a supporter's person, its batch the mailing
)

// The states of a mailing.
const (
	Walking = "walking" // its recipients get their mails' rows
	Sending = "sending" // all have theirs; some of those wait
	Done    = "done"
	Stopped = "stopped" // by the operator; nothing of it goes until it is resumed
	Skipped = "skipped" // it was not sent, or its rest was given up
)

// Mailing is one sending to many.
type Mailing struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	Kind       string
	Key        string    // unique within the kind: the day, or the issue and the update
	Day        time.Time `gorm:"type:date"` // in the center's time zone
	Term       string    // of an edition: the term's slug
	Issue      string    // whose action it asks for, or whose update it is; "": none
	Signed     int64     // how many had signed that issue's pledge when it began
	Goal       int64     // of that pledge; 0: the action is another
	State      string
	Cutoff     time.Time // who came later isn't among its recipients
	Recipients int       // when it began
	Cursor     uuid.UUID // the last recipient who has a mail
	Walked     int       // recipients who have one
	Waiting    int       // of their mails, as of CountedAt; so are the following
	Sent       int
	Captured   int
	Failed     int
	Bounced    int
	Dropped    int
	PerSecond  float64
	CountedAt  time.Time
	StartedAt  time.Time
	WalkedAt   *time.Time
	FinishedAt *time.Time
	ErasedAt   *time.Time // when the rows of its mails were erased
}

// TableName is the table's name.
func (Mailing) TableName() string { return "mailing" }

// Finished is how many of its mails wait no more.
func (m Mailing) Finished() int { return m.Sent + m.Captured + m.Failed + m.Bounced + m.Dropped }

// Remaining is how many recipients still wait. Those who came or left since it began make it an estimate while it walks.
func (m Mailing) Remaining() int {
	if m.State == Walking || m.State == Stopped && m.WalkedAt == nil {
		return max(0, m.Recipients-m.Walked) + m.Waiting
	}
	return m.Waiting
}

// Action is what an edition asks for: the pledge of an issue, or its letter where it has none.
type Action struct {
	Issue        string
	Signed, Goal int64 // Goal 0: there is no pledge
}

// MailingOptions configure [NewMailings].
type MailingOptions struct {
	DB   *postgres.DB
	Box  *seal.Box
	Post *mail.Post
	// Terms tells the term of a day.
	Terms *glossary.Glossary
	// Action picks what the edition of a term asks for; "" as the issue: nothing.
	Action func(ctx context.Context, term glossary.Term) (Action, error)
	// Issues have the updates, Supporters those who agreed to them.
	Issues     *issue.Issues
	Supporters *supporter.Supporters
	// ActionOn tells what an update on an issue asks for.
	ActionOn func(ctx context.Context, issue string) (Action, error)
	// Schedule says when editions go by themselves; the zero value: never.
	Schedule Schedule
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log gets a line per trouble, without personal data; nil: slog.Default.
	Log *slog.Logger
}

// Mailings makes mailings and walks their recipients. It is safe for concurrent use, on any number of nodes.
type Mailings struct {
	db  *postgres.DB
	opt MailingOptions
}

// NewMailings returns the mailings of a center.
func NewMailings(o MailingOptions) *Mailings {
	if o.Schedule.Zone == nil {
		o.Schedule.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Mailings{db: o.DB, opt: o}
}

// now is the clock at the database's precision.
func (m *Mailings) now() time.Time { return m.opt.Now().UTC().Truncate(time.Microsecond) }

// Today is the date in the center's time zone.
func (m *Mailings) Today() time.Time { return dateOf(m.opt.Now().In(m.opt.Schedule.Zone)) }

// dateOf is a moment's date, as a column of type date holds it.
func dateOf(at time.Time) time.Time {
	y, month, d := at.Date()
	return time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
}

// ByID reads a mailing; fault.NotFound when there is none.
func (m *Mailings) ByID(ctx context.Context, id uuid.UUID) (Mailing, error) {
	return one(mailingByID(ctx, m.db, id))
}

// ByKey reads a mailing; fault.NotFound when there is none.
func (m *Mailings) ByKey(ctx context.Context, kind, key string) (Mailing, error) {
	return one(mailingByKey(ctx, m.db, kind, key))
}

func one(list []Mailing, err error) (Mailing, error) {
	switch {
	case err != nil:
		return Mailing{}, err
	case len(list) == 0:
		return Mailing{}, fault.NotFound("edition.no_mailing")
	}
	return list[0], nil
}

// Latest lists the mailings that began last, newest first.
func (m *Mailings) Latest(ctx context.Context, limit int) ([]Mailing, error) {
	return latestMailings(ctx, m.db, limit)
}

// Receiving is how a class of receiving domains stands.
type Receiving = mail.Receiving

// Receivers lists the classes of receiving domains that a mailing's waiting mails go to, those with most first.
func (m *Mailings) Receivers(ctx context.Context, id uuid.UUID) ([]Receiving, error) {
	return m.opt.Post.BatchReceivers(ctx, id)
}
