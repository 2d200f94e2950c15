package newsletter

import (
	"bytes"
	"context"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// UndoFor is how long an end can be taken back from the page that confirms it.
const UndoFor = time.Hour

// Undo is what the page after an unsubscription holds so that it can be taken back: a token, and the address, sealed for this
// alone. The address stands nowhere else any more.
type Undo struct{ Token, Address string }

// Unsubscribe ends the subscription of a link's token: by is [ByPage] or [ByOneClick]. Its address is erased and its consent
// withdrawn at once. A subscription that has ended, or is gone, is no error and answers the same, but that there is nothing to
// undo; what is no such token, or was revoked, is fault.NotFound("token.unknown").
func (n *Newsletter) Unsubscribe(ctx context.Context, token, by string) (undo *Undo, err error) {
	p, err := n.Preferences(ctx, token)
	if err != nil || p.Subscriber.State == Ended {
		return nil, err
	}
	now := n.now()
	err = n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, p.Subscriber.MailboxKey); err != nil {
			return err
		}
		s, person, err := subscriberOf(tx.DB, p.Subscriber.ID)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil // another request was faster
		}
		if err != nil {
			return err
		}
		if s.State != Pending {
			if undo, err = n.undo(s, person, now); err != nil {
				return err
			}
		}
		return n.end(ctx, tx, s, by, now)
	})
	return undo, err
}

// end ends a subscription inside the caller's transaction, which has locked its mailbox.
func (n *Newsletter) end(ctx context.Context, tx *postgres.Tx, s Subscriber, by string, now time.Time) error {
	if err := endSubscriber(tx, s.ID, by, now); err != nil {
		return err
	}
	return n.opt.Supporters.Withdraw(ctx, tx, s.MailboxKey, supporter.Newsletter)
}

func undoPlace(id uuid.UUID) seal.Place {
	return seal.Place{Table: "subscriber", Column: "undo", Row: id}
}

func (n *Newsletter) undo(s Subscriber, person Person, now time.Time) (*Undo, error) {
	email, err := n.box.Open(person.Email, emailPlace(s.ID))
	if err != nil {
		return nil, err
	}
	return &Undo{
		Token:   n.box.Sign(seal.Token{Purpose: seal.Manage, ID: s.ID, Expires: now.Add(UndoFor), Epoch: s.Epoch}),
		Address: base64.RawURLEncoding.EncodeToString(n.box.Seal(email, undoPlace(s.ID))),
	}, nil
}

// Undo begins a subscription again that was ended within the hour, as it was, with a consent of its own in the words beside the
// button. Where it can't be taken back it is fault.Conflict: the hour is over, the subscription was begun again, or the page is
// not the one that ended it.
func (n *Newsletter) Undo(ctx context.Context, undo Undo, words string) error {
	gone := fault.Conflict("newsletter.undo.over")
	t, err := n.box.Verify(undo.Token, seal.Manage, n.now())
	if err != nil {
		return gone
	}
	sealed, err := base64.RawURLEncoding.DecodeString(undo.Address)
	if err != nil || len(sealed) == 0 {
		return gone
	}
	email, err := n.box.Open(seal.Text(sealed), undoPlace(t.ID))
	if err != nil {
		return gone
	}
	key, now := supporter.MailboxKey(n.box, email), n.now()
	return n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, key); err != nil {
			return err
		}
		s, err := current(tx.DB, t.ID)
		switch {
		case fault.KindOf(err) == fault.KindNotFound:
			return gone
		case err != nil:
			return err
		case s.ID != t.ID, s.Epoch != t.Epoch, !bytes.Equal(s.MailboxKey, key), !s.undoable():
			return gone
		}
		s.ID, s.State, s.ConfirmedAt, s.PausedUntil, s.EndedAt, s.EndedBy = newID(), Active, &now, nil, nil, nil
		s.Words = words
		entered, err := enter(tx, s, Person{ID: s.ID, Email: n.box.Seal(email, emailPlace(s.ID))})
		if err != nil {
			return err
		}
		if !entered {
			return gone
		}
		return n.consent(ctx, tx, s, words, now)
	})
}

// undoable is true for what its reader ended: a bounce or a complaint isn't taken back by a page that was open before.
func (s Subscriber) undoable() bool {
	return s.State == Ended && s.EndedBy != nil && (*s.EndedBy == ByPage || *s.EndedBy == ByOneClick)
}

// Erase deletes what is left of the ended subscription of a token: its row and the consents that were given by subscribing. A
// subscription that goes on is fault.Conflict. Nothing is left to tell that the mailbox ever had the newsletter; links in
// old editions say that it has ended.
func (n *Newsletter) Erase(ctx context.Context, token string) error {
	p, err := n.Preferences(ctx, token)
	switch {
	case err != nil:
		return err
	case p.Subscriber.State != Ended:
		return fault.Conflict("newsletter.erase.goes_on")
	case p.Subscriber.MailboxKey == nil:
		return nil
	}
	return n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, p.Subscriber.MailboxKey); err != nil {
			return err
		}
		erased, err := deleteEnded(tx, p.Subscriber.ID)
		if err != nil || !erased {
			return err
		}
		return n.opt.Supporters.Erase(ctx, tx, p.Subscriber.MailboxKey, supporter.Newsletter)
	})
}
