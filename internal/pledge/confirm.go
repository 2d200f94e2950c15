package pledge

import (
	"context"
	"slices"
	"strings"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Confirmation is a signature as its own mailbox may see it.
type Confirmation struct {
	Pledge     Pledge
	Signature  Signature
	GivenName  string
	FamilyName string
	Again      bool // it had been confirmed before this request
	Full       bool // it waits, and can't be confirmed: two others have from its mailbox

	email string // as it was typed: whether a rule holds the signature depends on it
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
	if c.FamilyName, err = p.box.Open(person.FamilyName, personPlace("family_name", signature.ID)); err != nil {
		return Confirmation{}, err
	}
	c.email, err = p.box.Open(person.Email, personPlace("email", signature.ID))
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
// called: Again tells. One that a rule holds isn't counted: its state says so. It
// returns only after the commit, which it shares with those who confirm at the
// same time. When the pledge closed
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
	if held, err := p.holdByRule(ctx, &c, now); held || err != nil {
		return c, err
	}
	counted, err := p.confirmers.do(ctx, confirming{
		signature: c.Signature, email: c.email, lock: p.mailboxLock(c.Signature), now: now,
	})
	if err != nil {
		return c, err
	}
	if counted {
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

// confirming is one who confirms, ready to be written.
type confirming struct {
	signature Signature
	email     string // in clear, for the consent
	lock      int64  // of the mailbox
	now       time.Time
}

// writeConfirmations counts those who confirm together, in one transaction, and
// keeps their consents; false: that one isn't counted by this. Other nodes hear of
// it after the commit.
func (p *Pledges) writeConfirmations(ctx context.Context, batch []confirming) ([]bool, error) {
	slot := p.slot.current(ctx, p.opt.Now())
	lockOf := func(c confirming) int64 { return c.lock }
	var counted []bool
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := lockMailboxes(ctx, tx, each(batch, lockOf)); err != nil {
			return err
		}
		var err error
		counted, err = inLayers(batch, lockOf, func(layer []confirming) ([]bool, error) {
			ids, err := countSignatures(ctx, tx, layer, slot)
			return each(layer, func(c confirming) bool { return slices.Contains(ids, c.signature.ID) }), err
		})
		if err != nil {
			return err
		}
		if err := p.opt.Supporters.Heard(ctx, tx, heard(batch, counted)...); err != nil {
			return err
		}
		return p.opt.Supporters.Consent(ctx, tx, consents(batch, counted)...)
	})
	if err != nil {
		return nil, err
	}
	moved := map[string]bool{}
	for i, c := range batch {
		if slug := c.signature.Pledge; counted[i] && !moved[slug] {
			moved[slug] = true
			p.changed(slug)
		}
	}
	return counted, nil
}

// consents are the wishes for updates. They wait until here because only now the
// mailbox itself has agreed: anybody can type an address.
func consents(batch []confirming, counted []bool) []supporter.Consent {
	var all []supporter.Consent
	for i, c := range batch {
		if s := c.signature; counted[i] && s.UpdatesWords != "" {
			all = append(all, supporter.Consent{
				MailboxKey: s.MailboxKey,
				KeyVersion: s.KeyVersion,
				Kind:       "updates",
				Words:      s.UpdatesWords,
				Given:      s.CreatedAt,
				SourceKind: "signature",
				SourceID:   s.ID,
				Email:      c.email,
				Issue:      s.Pledge,
				Wide:       true, // views/pledge's words name the center and no issue
			})
		}
	}
	return all
}

// heard are the mailboxes that have confirmed.
func heard(batch []confirming, counted []bool) [][]byte {
	var keys [][]byte
	for i, c := range batch {
		if counted[i] {
			keys = append(keys, c.signature.MailboxKey)
		}
	}
	return keys
}

// changed is called after a commit that moved a count.
func (p *Pledges) changed(slug string) {
	p.counts.forget(slug)
	p.notify.changed(slug)
}

// Changed is called with every change tag that this node hears of. It must come
// before pages are rendered again, or they would show the count from before.
func (p *Pledges) Changed(tag string) {
	if tag == "content" {
		p.sources.forget()
	}
	const prefix = "pledge:"
	if slug, ok := strings.CutPrefix(tag, prefix); ok {
		p.counts.forget(slug)
	} else {
		p.read.forget()
	}
}
