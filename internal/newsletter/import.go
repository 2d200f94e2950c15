package newsletter

import (
	"context"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// Import is one who agreed to the newsletter elsewhere, before this site had it.
type Import struct {
	Email  string
	Words  string    // the sentence agreed to
	Given  time.Time // when
	Source string    // where, in a word of the center's; empty: not said
	Lang   string    // the language of the mails
	Rhythm string    // empty: Daily
}

// Taken is what became of an import.
type Taken string

// What becomes of imports.
const (
	TakenNew        Taken = "new"
	TakenAlready    Taken = "already"    // the mailbox has it, also by an earlier line
	TakenLeft       Taken = "left"       // it left here, or was ended: an older list doesn't bring it back
	TakenSuppressed Taken = "suppressed" // it is left alone
)

// Import begins the subscription of a mailbox that agreed elsewhere, with that consent, and mails nothing. Doing so again changes
// nothing, so that an import that was cut off is simply begun anew. A line that can't be taken is fault.Invalid.
func (n *Newsletter) Import(ctx context.Context, i Import) (taken Taken, err error) {
	if i.Rhythm == "" {
		i.Rhythm = Daily
	}
	now := n.now()
	switch {
	case i.Words == "":
		return "", fault.Invalid("newsletter.import.words")
	case i.Given.IsZero() || i.Given.After(now):
		return "", fault.Invalid("newsletter.import.date")
	}
	s := Subscribing{Email: i.Email, Rhythm: i.Rhythm, Words: i.Words, Source: i.Source}
	if err := check(s); err != nil {
		return "", err
	}
	row, person := n.draw(s, i.Lang, now)
	row.State, row.ConfirmedAt = Active, &now
	err = n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, row.MailboxKey); err != nil {
			return err
		}
		silent, err := n.opt.Supporters.Suppressed(ctx, tx, row.MailboxKey)
		if err != nil {
			return err
		}
		state, err := stateOf(tx, row.MailboxKey)
		switch {
		case err != nil:
			return err
		case silent:
			taken = TakenSuppressed
			return nil
		case state == Active, state == Paused:
			taken = TakenAlready
			return nil
		case state == Ended:
			taken = TakenLeft
			return nil
		}
		taken = TakenNew
		if _, err := enter(tx, row, person); err != nil {
			return err
		}
		return n.opt.Supporters.Consent(ctx, tx, supporter.Consent{
			Kind: supporter.Newsletter, Words: i.Words, Given: i.Given.UTC(), SourceKind: SourceKind, SourceID: row.ID, Email: i.Email,
		})
	})
	return taken, err
}
