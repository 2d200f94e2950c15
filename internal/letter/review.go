package letter

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
)

// Decision is what a person decided about a message that waited to be read.
type Decision string

// The decisions. Returned letters can be changed and written again; refused ones
// are not sent from here.
const (
	DecisionSend   Decision = "send"
	DecisionReturn Decision = "return"
	DecisionRefuse Decision = "refuse"
)

// MessageReview is one decision, with its reason in words that the writer may
// read. It outlives the message and repeats nothing of it.
type MessageReview struct {
	ID        int64 `gorm:"primaryKey"`
	MessageID uuid.UUID
	IssueSlug string
	Decision  Decision
	Reason    string
	Findings  []string `gorm:"serializer:json"`
	Letters   int
	DecidedBy string
	DecidedAt time.Time
}

// ToRead is a message that waits for a person to read it. It names nobody.
type ToRead struct {
	ID        uuid.UUID
	IssueSlug string
	State     string
	Confirmed time.Time
	Since     time.Time // when it came to wait
	Findings  []string  `gorm:"serializer:json"`
	Flags     []string  `gorm:"serializer:json"`
	Letters   int
}

// ReadToRead lists the messages that wait to be read, longest first.
func ReadToRead(ctx context.Context, db *postgres.DB) ([]ToRead, error) {
	return toRead(ctx, db.Read(ctx))
}

// ReadReviews lists what was decided since a time, newest first.
func ReadReviews(ctx context.Context, db *postgres.DB, since time.Time) ([]MessageReview, error) {
	return reviewsSince(ctx, db.Read(ctx), since)
}

// ReadMessage gives the letters of a message as a person at the center reads
// them. It is personal data.
func (l *Letters) ReadMessage(ctx context.Context, id uuid.UUID) ([]Outgoing, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), id)
	if err != nil {
		return nil, err
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), id)
	if err != nil {
		return nil, err
	}
	letters := make([]Outgoing, 0, len(deliveries))
	for _, d := range deliveries {
		out, err := l.outgoing(ctx, m, d)
		if err != nil {
			return nil, err
		}
		letters = append(letters, out)
	}
	return letters, nil
}

// holdForReview keeps a message's letters until a person has read them.
func (l *Letters) holdForReview(ctx context.Context, tx *postgres.Tx, deliveries []Delivery, now time.Time) error {
	for _, d := range deliveries {
		if !d.ours() {
			continue
		}
		if _, err := step(ctx, tx, move{delivery: d.ID, to: Held, why: HoldReview, at: now}); err != nil {
			return err
		}
	}
	return nil
}

// errReason is a decision that can't be explained to the writer.
var errReason = errors.New("a reason is required, in words that the writer may read")

// Decide settles a message that waits to be read: its letters go on, or go back
// to the writer, or are refused. It says how many there were. by is who decided.
// A message of which nothing waits is fault.NotFound.
func (l *Letters) Decide(ctx context.Context, id uuid.UUID, decision Decision, reason, by string) (letters int, err error) {
	reason = strings.TrimSpace(reason)
	if reason == "" && decision != DecisionSend {
		return 0, errReason
	}
	err = l.db.InTx(ctx, func(tx *postgres.Tx) error {
		letters = 0
		m, err := messageByID(ctx, tx.DB, id)
		if err != nil {
			return err
		}
		held, err := heldForReview(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(held) == 0 {
			return fault.NotFound("letter.review.none")
		}
		for _, d := range held {
			moved, err := l.settleReviewed(ctx, tx, d, decision)
			if err != nil {
				return err
			}
			if moved {
				letters++
			}
		}
		review := MessageReview{
			MessageID: id, IssueSlug: m.IssueSlug, Decision: decision, Reason: reason, Findings: m.Findings, Letters: letters,
			DecidedBy: by, DecidedAt: l.now().UTC(),
		}
		if err := insertReview(ctx, tx, &review); err != nil || decision == DecisionSend {
			return err
		}
		return l.post.Queue(ctx, tx, mail.Mail{Kind: MailReviewed, SubjectID: id, MailboxKey: m.MailboxKey})
	})
	return letters, err
}

func (l *Letters) settleReviewed(ctx context.Context, tx *postgres.Tx, d Delivery, decision Decision) (bool, error) {
	to := move{delivery: d.ID, at: l.now().UTC()}
	switch decision {
	case DecisionSend:
		return l.sendOn(ctx, tx, d, &release{})
	case DecisionReturn:
		to.to = NeedsYou
		if o, found := l.atlas.Official(d.OfficialID); found {
			way, _ := l.routes.byHand(o, "")
			to.fallBack = way.fallBack()
		}
	case DecisionRefuse:
		to.to = Failed
	default:
		return false, errors.New("a decision is send, return or refuse")
	}
	return step(ctx, tx, to)
}

// Stop keeps a message's letters until a person has read them, and says how many:
// those on their way, and those that wait for another reason and would go on by
// themselves. What an office has already, or is being given, can't be stopped. A
// message that nobody confirmed is fault.NotFound: nothing of it is on its way.
func (l *Letters) Stop(ctx context.Context, id uuid.UUID) (letters int, err error) {
	err = l.db.InTx(ctx, func(tx *postgres.Tx) error {
		letters = 0
		m, err := messageByID(ctx, tx.DB, id)
		if err != nil {
			return err
		}
		if m.ConfirmedAt == nil {
			return fault.NotFound("letter.review.unconfirmed")
		}
		deliveries, err := deliveriesOf(ctx, tx.DB, id)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			stop := move{delivery: d.ID, to: Held, why: HoldReview, at: l.now().UTC(), from: []State{Queued, Deferred}}
			if d.State == Held && d.HeldFor != HoldReview {
				stop.from = []State{Held}
			}
			moved, err := step(ctx, tx, stop)
			if err != nil {
				return err
			}
			if moved {
				letters++
			}
		}
		return nil
	})
	return letters, err
}
