package letter

import (
	"context"
	"slices"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
)

// Hold is why a letter that was confirmed doesn't go out.
type Hold string

// The reasons.
const (
	HoldNone       Hold = ""
	HoldOldData    Hold = "old_data"    // delivery is live, and what is known of the official is older than 120 days
	HoldNotOffered Hold = "not_offered" // a correction marks the official "do not offer"
	HoldLeft       Hold = "left"        // the official has left, or the newest list doesn't name them in that chamber
	HoldReview     Hold = "review"      // a person reads it before it goes
	HoldAddress    Hold = "address"     // since it was written, another address was published, or none any more
)

// Dispatch reads a confirmed delivery as its mail carries it to the office. A
// delivery that must not go out as things stand is held instead, and one whose
// channel has closed to the office goes to its writer's own hands, each with its
// history row. Then, and when another mail carries it by now, the answer is
// fault.NotFound, on which the mail is dropped.
func (l *Letters) Dispatch(ctx context.Context, row mail.Mail) (Outgoing, error) {
	d, err := deliveryByID(ctx, l.db.Read(ctx), row.SubjectID)
	if err != nil {
		return Outgoing{}, err
	}
	out, err := l.Outgoing(ctx, d.ID)
	if err != nil {
		return Outgoing{}, err
	}
	if !slices.Contains(legalFrom[Sending], d.State) || d.CarriedBy != nil && *d.CarriedBy != row.ID {
		return Outgoing{}, errWaits()
	}
	stop := move{delivery: d.ID, at: l.now().UTC(), mail: row.ID}
	if why := l.leaving(d); why != HoldNone {
		stop.to, stop.why = Held, why
	} else if way, closed := l.closed(d); closed {
		stop.to, stop.fallBack = NeedsYou, way.fallBack()
	} else {
		out.Test, err = l.tested(ctx, d)
		return out, err
	}
	err = l.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := step(ctx, tx, stop)
		return err
	})
	if err != nil {
		return Outgoing{}, err // the mail is tried again, and held then
	}
	return Outgoing{}, errWaits()
}

func errWaits() error { return fault.NotFound("letter.delivery.waits") }

// holdFor is why a delivery must not go out as things stand.
func (l *Letters) holdFor(d Delivery) Hold {
	o, found := l.atlas.Official(d.OfficialID)
	switch {
	case !found || o.Serves.Left || TitleOf(o) != d.Title: // a representative who became senator has other constituents
		return HoldLeft
	case o.NotOffered != "":
		return HoldNotOffered
	case d.State == Sending || d.CheckedAt != nil || !l.live || d.Channel == KindCWC:
		return HoldNone // a crash repeats what the office may have; the operator has looked; it reaches nobody; the intake's list is today's
	case civics.TooOldToMail(o.AsOf, l.now()):
		return HoldOldData
	}
	return HoldNone
}

// leaving is why a delivery must not leave for the address that it has. A letter
// may be confirmed days after it was written, and its mail tried for two more: an
// address that was taken back meanwhile, perhaps since it is somebody else's, gets
// nothing.
func (l *Letters) leaving(d Delivery) Hold {
	why := l.holdFor(d)
	if why == HoldNone && d.State != Sending && l.published(d) != d.SentTo {
		return HoldAddress
	}
	return why
}

// closed tells whether Congress's intake no longer takes a delivery: its key was
// taken away, or the office left it. way is how its writer can send it then, none
// when no other is known. What was handed over once is tried to the end while there
// is a key, since the office may have it.
func (l *Letters) closed(d Delivery) (way route, closed bool) {
	if d.Channel != KindCWC {
		return route{}, false
	}
	o, found := l.atlas.Official(d.OfficialID)
	if !found {
		return route{}, true
	}
	if l.congress != nil && l.congress.Configured(o.Chamber) && (d.State == Sending || d.State == Deferred) {
		return route{}, false
	}
	if to, ok := (intake{l.congress}).Reach(o); ok && to.Value == d.SentTo {
		return route{}, false
	}
	way, _ = l.routes.byHand(o, "")
	return way, true
}

// waits is why a letter waits, or will once it is confirmed.
func (l *Letters) waits(m Message, d Delivery) Hold {
	switch {
	case d.State == Held:
		return d.HeldFor
	case d.State == Queued && m.ConfirmedAt == nil && len(m.Findings) > 0:
		return HoldReview
	case d.State == Queued:
		return l.leaving(d)
	}
	return HoldNone
}

// published is the mailbox to which a delivery may go today: its own while that
// is still published, else the one that took its place; "" when there is none. By
// Congress's intake it goes to an office's code, which its list vouches for when
// it leaves.
func (l *Letters) published(d Delivery) string {
	if d.Channel != civics.ChannelEmail {
		return d.SentTo
	}
	o, found := l.atlas.Official(d.OfficialID)
	if !found {
		return ""
	}
	for _, c := range o.Channels {
		if c.Kind == civics.ChannelEmail && c.Value == d.SentTo {
			return d.SentTo
		}
	}
	c, _ := email{}.Reach(o)
	return c.Value
}
