package pledge

import (
	"context"
	"math/rand/v2"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// counterSlots is over how many rows a pledge's count is spread.
const counterSlots = 16

// Confirmation is a signature as its own mailbox may see it.
type Confirmation struct {
	Pledge     Pledge
	Signature  Signature
	GivenName  string
	FamilyName string
	Again      bool // it had been confirmed before this request
	Full       bool // it waits, and can't be confirmed: two others have from its mailbox
}

// ByToken reads the signature of a confirm token and changes nothing: mail
// scanners follow links. A token that was revoked or whose signature is gone is
// fault.NotFound("token.unknown"), one that ran out fault.NotFound("token.expired").
func (p *Pledges) ByToken(ctx context.Context, token string) (Confirmation, error) {
	t, err := p.box.Verify(token, seal.Confirm, p.opt.Now())
	if err != nil {
		return Confirmation{}, err
	}
	signature, person, err := p.signature(ctx, t.ID)
	if err != nil {
		return Confirmation{}, err
	}
	if signature.Epoch != t.Epoch || signature.State == Withdrawn {
		return Confirmation{}, fault.NotFound("token.unknown")
	}
	pledge, err := p.bySlug(ctx, signature.Pledge, signature.Lang)
	if err != nil {
		return Confirmation{}, err
	}
	c := Confirmation{Pledge: pledge, Signature: signature, Again: signature.State == Confirmed}
	if signature.State == Pending {
		if c.Full, err = mailboxFull(p.db.Read(ctx), signature); err != nil {
			return Confirmation{}, err
		}
	}
	if c.GivenName, err = p.box.Open(person.GivenName, personPlace("given_name", signature.ID)); err != nil {
		return Confirmation{}, err
	}
	c.FamilyName, err = p.box.Open(person.FamilyName, personPlace("family_name", signature.ID))
	return c, err
}

// ByExpired is the pledge of a confirm token that has run out, so that its page
// can offer to sign again. It shows and allows nothing else.
func (p *Pledges) ByExpired(ctx context.Context, token string) (Pledge, error) {
	t, err := p.box.Verify(token, seal.Confirm, time.Time{}) // as of before it ran out
	if err != nil {
		return Pledge{}, err
	}
	signature, _, err := p.signature(ctx, t.ID)
	if err != nil {
		return Pledge{}, err
	}
	return p.bySlug(ctx, signature.Pledge, signature.Lang)
}

// Confirm counts the signature of a confirm token, once however often it is
// called: Again tells. It returns only after the commit. When the pledge closed
// too long ago, or two others have confirmed from the mailbox, it is
// fault.Conflict.
func (p *Pledges) Confirm(ctx context.Context, token string) (Confirmation, error) {
	c, err := p.ByToken(ctx, token)
	if err != nil || c.Again {
		return c, err
	}
	now := p.opt.Now()
	if c.Signature.State == Held {
		return c, fault.Conflict("pledge.held")
	}
	if !c.Pledge.ConfirmableAt(now) {
		return c, fault.Conflict("pledge.has_closed")
	}
	if c.Full {
		return c, fault.Conflict("pledge.full")
	}
	counted := false
	err = p.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := lockMailbox(tx, p.mailboxLock(c.Signature)); err != nil {
			return err
		}
		var err error
		slot := int16(rand.IntN(counterSlots)) //nolint:gosec // any spread will do; nobody gains by guessing it
		counted, err = countSignature(tx, c.Signature, slot, now)
		if err != nil || !counted {
			return err
		}
		if err := p.opt.Supporters.Heard(ctx, tx, c.Signature.MailboxKey); err != nil || c.Signature.UpdatesWords == "" {
			return err
		}
		return p.consent(ctx, tx, c.Signature)
	})
	if err != nil {
		return c, err
	}
	if counted {
		p.changed(c.Pledge.IssueSlug)
		c.Signature.State, c.Signature.ConfirmedAt = Confirmed, &now
		return c, nil
	}
	// Another request was faster, or the signature has been taken back or set
	// aside, or the mailbox's last place went to somebody else.
	c, err = p.ByToken(ctx, token)
	switch {
	case err != nil || c.Again:
		return c, err
	case c.Signature.State == Held:
		return c, fault.Conflict("pledge.held")
	}
	return c, fault.Conflict("pledge.full")
}

// consent keeps the wish for updates. It waits until here because only now the
// mailbox itself has agreed: anybody can type an address.
func (p *Pledges) consent(ctx context.Context, tx *postgres.Tx, s Signature) error {
	email, err := p.emailOf(tx.DB, s.ID)
	if err != nil {
		return err
	}
	return p.opt.Supporters.Consent(ctx, tx, supporter.Consent{
		MailboxKey: s.MailboxKey,
		KeyVersion: s.KeyVersion,
		Kind:       "updates",
		Words:      s.UpdatesWords,
		Given:      s.CreatedAt,
		SourceKind: "signature",
		SourceID:   s.ID,
		Email:      email,
	})
}

// changed is called after a commit that moved a count.
func (p *Pledges) changed(slug string) {
	p.counts.forget(slug)
	p.notify.changed(slug)
}

// Changed is called with every change tag that this node hears of. It must come
// before pages are rendered again, or they would show the count from before.
func (p *Pledges) Changed(tag string) {
	const prefix = "pledge:"
	if len(tag) > len(prefix) && tag[:len(prefix)] == prefix {
		p.counts.forget(tag[len(prefix):])
	}
}
