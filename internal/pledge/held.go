package pledge

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
	"redress/internal/supporter"
)

// The rules by which a signature is held. A held signature isn't counted; its own
// page says so. The form's answer doesn't differ.
const (
	RuleDisposable = "disposable" // its mailbox is a throw-away one
	RuleReview     = "review"     // staff set it aside
	RuleWithdrawal = "withdrawal" // staff take it back; until that is settled it can be undone
)

// RuleTypo asks whether an address is meant as it was typed; it holds nothing.
const RuleTypo = "typo_asked"

// Hold is why a signature is held.
type Hold struct {
	SignatureID uuid.UUID `gorm:"primaryKey"`
	Rule        string
	Since       time.Time
}

// TableName says whose hold it is.
func (Hold) TableName() string { return "signature_hold" }

// holdByRule holds a signature that its mailbox has just confirmed, instead of
// counting it, when a rule says so. It takes its place on the mailbox like a
// counted one, and becomes a consent like one.
func (p *Pledges) holdByRule(ctx context.Context, c *Confirmation, now time.Time) (held bool, err error) {
	if !supporter.Disposable(c.email, p.opt.HoldDomains) {
		return false, nil
	}
	err = p.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := lockMailboxes(ctx, tx, []int64{p.mailboxLock(c.Signature)}); err != nil {
			return err
		}
		var err error
		if held, err = holdPending(tx, c.Signature, RuleDisposable, now); err != nil || !held {
			return err
		}
		agreed := consents([]confirming{{signature: c.Signature, email: c.email}}, []bool{true})
		return p.opt.Supporters.Consent(ctx, tx, agreed...)
	})
	if err != nil || !held {
		return false, err
	}
	c.Signature.State, c.Signature.ConfirmedAt = Held, &now
	p.ruled(RuleDisposable)
	return true, nil
}

func (p *Pledges) ruled(rule string) {
	if p.opt.Ruled != nil {
		p.opt.Ruled(rule)
	}
}

// Group are the signatures of a pledge from one domain, by state.
type Group struct {
	Domain                   string
	Rule                     string // by which they are held; "" where states are told apart
	Pending, Confirmed, Held int64
	Oldest                   time.Time
	IDs                      []uuid.UUID // only where they were asked for
}

// All is how many there are.
func (g Group) All() int64 { return g.Pending + g.Confirmed + g.Held }

// HeldOf groups the held signatures of a pledge by rule and domain, the largest
// group first. It opens every address among them.
func (p *Pledges) HeldOf(ctx context.Context, pledge string) ([]Group, error) {
	groups := groups{}
	err := p.eachAddress(ctx, pledge, []string{Held}, time.Time{}, func(r addressRow, domain string) error {
		g := groups.add(domain, r.Rule, r)
		g.IDs = append(g.IDs, r.ID)
		return nil
	})
	return groups.sorted(), err
}

// DomainsOf groups the signatures of a pledge made since a time by domain, the
// largest group first. It opens every address among them.
func (p *Pledges) DomainsOf(ctx context.Context, pledge string, since time.Time) ([]Group, error) {
	groups := groups{}
	err := p.eachAddress(ctx, pledge, []string{Pending, Confirmed, Held}, since, func(r addressRow, domain string) error {
		groups.add(domain, "", r)
		return nil
	})
	return groups.sorted(), err
}

type groups map[[2]string]*Group

// add counts a row in its group.
func (gs groups) add(domain, rule string, r addressRow) *Group {
	g := gs[[2]string{domain, rule}]
	if g == nil {
		g = &Group{Domain: domain, Rule: rule, Oldest: r.CreatedAt}
		gs[[2]string{domain, rule}] = g
	}
	switch r.State {
	case Pending:
		g.Pending++
	case Confirmed:
		g.Confirmed++
	case Held:
		g.Held++
	}
	if r.CreatedAt.Before(g.Oldest) {
		g.Oldest = r.CreatedAt
	}
	return g
}

func (gs groups) sorted() []Group {
	list := make([]Group, 0, len(gs))
	for _, g := range gs {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.All(), a.All()), cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Rule, b.Rule))
	})
	return list
}

// eachAddress opens the address of every signature of a pledge that is in one of
// the states and was made since a time, a portion at a time. domain is "" for one
// that isn't an address any more.
func (p *Pledges) eachAddress(ctx context.Context, pledge string, states []string, since time.Time, do func(r addressRow, domain string) error) error {
	after := uuid.Nil
	for {
		rows, err := addressRows(p.db.Read(ctx), pledge, states, since, after, portion)
		if err != nil {
			return err
		}
		for _, r := range rows {
			email, err := p.box.Open(r.Email, personPlace("email", r.ID))
			if err != nil {
				return err
			}
			if err := do(r, supporter.DomainOf(email)); err != nil {
				return err
			}
			after = r.ID
		}
		if len(rows) < portion {
			return nil
		}
	}
}
