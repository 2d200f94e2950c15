package pledge

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// Decision is what staff decide about signatures.
type Decision string

// The decisions.
const (
	DecideHold     Decision = "hold"     // set aside, not counted
	DecideCount    Decision = "count"    // held no more: counted if their mailboxes have confirmed them, else waiting for that
	DecideWithdraw Decision = "withdraw" // held now, taken back for good after WithdrawAfter
)

// WithdrawAfter is how long a decision to withdraw can be undone.
const WithdrawAfter = 7 * 24 * time.Hour

// from lists the states that a decision moves.
var from = map[Decision][]string{
	DecideHold:     {Pending, Confirmed},
	DecideCount:    {Held},
	DecideWithdraw: {Pending, Confirmed, Held},
}

// Review is one decision: who, when, how many. It names no signature; its steps
// do, for as long as it can be undone.
type Review struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	Pledge     string
	Decision   Decision
	Domain     seal.Text // what they were chosen by; sealed, since a domain may be a person's own
	Signatures int64
	DecidedBy  string
	DecidedAt  time.Time
	UndoneBy   string
	UndoneAt   *time.Time
	SettledAt  *time.Time // when what was to be withdrawn was
}

// TableName says what is reviewed.
func (Review) TableName() string { return "signature_review" }

// ReviewStep is what one signature was before a decision and became by it.
type ReviewStep struct {
	ReviewID    uuid.UUID `gorm:"primaryKey"`
	SignatureID uuid.UUID `gorm:"primaryKey"`
	Was         string
	Became      string
	Rule        string // by which it was held before
}

// TableName says whose step it is.
func (ReviewStep) TableName() string { return "signature_review_step" }

// Choice says which signatures of a pledge a decision is about: those from a domain
// and its subdomains, or those named.
type Choice struct {
	Pledge string
	Domain string
	IDs    []uuid.UUID
}

// Effect is what a decision moves, by the state in which it finds signatures.
type Effect struct{ Pending, Confirmed, Held int64 }

// All is how many it moves.
func (e Effect) All() int64 { return e.Pending + e.Confirmed + e.Held }

func (e *Effect) add(state string) {
	switch state {
	case Pending:
		e.Pending++
	case Confirmed:
		e.Confirmed++
	case Held:
		e.Held++
	}
}

// Preview tells what a decision would move, and changes nothing.
func (p *Pledges) Preview(ctx context.Context, choice Choice, decision Decision) (Effect, error) {
	var effect Effect
	err := p.eachChosen(ctx, choice, decision, func(r addressRow) error {
		effect.add(r.State)
		return nil
	})
	return effect, err
}

// Decide moves the chosen signatures, a portion at a time, and keeps who decided
// that and how many there were. What was committed before an error can be undone
// by the review's id. progress is told how many are done; it may be nil.
func (p *Pledges) Decide(ctx context.Context, choice Choice, decision Decision, by string, progress func(done int64)) (Review, Effect, error) {
	review := Review{ID: uuid.Must(uuid.NewV7()), Pledge: choice.Pledge, Decision: decision, DecidedBy: by, DecidedAt: p.opt.Now().UTC()}
	review.Domain = p.box.Seal(choice.Domain, reviewPlace(review.ID))
	var chosen []uuid.UUID
	err := p.eachChosen(ctx, choice, decision, func(r addressRow) error { // all, before any moves: a moved one could be met again
		chosen = append(chosen, r.ID)
		return nil
	})
	var effect Effect
	if err != nil || len(chosen) == 0 {
		return review, effect, err
	}
	if err := p.db.InTx(ctx, func(tx *postgres.Tx) error { return insertReview(tx, review) }); err != nil {
		return review, effect, err
	}
	for ids := range slices.Chunk(chosen, reviewPortion) {
		var part Effect
		err := p.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
			part, err = p.decideSome(tx, review, ids)
			return err
		})
		if err != nil {
			return review, effect, err
		}
		effect.Pending, effect.Confirmed, effect.Held = effect.Pending+part.Pending, effect.Confirmed+part.Confirmed, effect.Held+part.Held
		review.Signatures = effect.All()
		if progress != nil {
			progress(review.Signatures)
		}
	}
	p.changed(choice.Pledge)
	return review, effect, nil
}

// reviewPortion is how many signatures one transaction moves: few, since whoever
// confirms meanwhile may wait for it.
const reviewPortion = 100

func reviewPlace(id uuid.UUID) seal.Place {
	return seal.Place{Table: "signature_review", Column: "domain", Row: id}
}

func (p *Pledges) eachChosen(ctx context.Context, choice Choice, decision Decision, do func(addressRow) error) error {
	states, known := from[decision]
	if !known || !item.IsSlug(choice.Pledge) || (choice.Domain == "") == (len(choice.IDs) == 0) {
		return fault.Invalid("pledge.review.choice")
	}
	if _, err := p.BySlug(ctx, choice.Pledge); err != nil {
		return err
	}
	domain := strings.ToLower(strings.TrimPrefix(choice.Domain, "@"))
	return p.eachAddress(ctx, choice.Pledge, states, time.Time{}, func(r addressRow, of string) error {
		if decision == DecideWithdraw && r.Rule == RuleWithdrawal {
			return nil // decided already
		}
		if domain != "" && of != domain && !strings.HasSuffix(of, "."+domain) || domain == "" && !slices.Contains(choice.IDs, r.ID) {
			return nil
		}
		return do(r)
	})
}

func (p *Pledges) decideSome(tx *postgres.Tx, review Review, ids []uuid.UUID) (Effect, error) {
	var effect Effect
	rows, err := lockSome(tx, ids, from[review.Decision])
	if err != nil {
		return effect, err
	}
	counts := slotCounts{}
	for _, r := range rows {
		to, rule := review.Decision.of(r.Signature)
		moved, err := p.set(tx, r.Signature, to, rule, counts)
		if err != nil {
			return effect, err
		}
		if !moved {
			continue
		}
		if err := insertStep(tx, ReviewStep{ReviewID: review.ID, SignatureID: r.ID, Was: r.State, Became: to, Rule: r.Rule}); err != nil {
			return effect, err
		}
		effect.add(r.State)
	}
	if err := addToReview(tx, review.ID, effect.All()); err != nil {
		return effect, err
	}
	return effect, counts.apply(tx, review.Pledge)
}

// of is what a signature becomes by a decision, and the rule that holds it then.
func (d Decision) of(s Signature) (state, rule string) {
	switch {
	case d == DecideHold:
		return Held, RuleReview
	case d == DecideWithdraw:
		return Held, RuleWithdrawal
	case s.ConfirmedAt == nil:
		return Pending, ""
	}
	return Confirmed, ""
}

// set moves a signature that is locked. It doesn't when its mailbox has no place
// left for one more that counts.
func (p *Pledges) set(tx *postgres.Tx, s Signature, to, rule string, counts slotCounts) (moved bool, err error) {
	if s.CounterSlot != nil {
		counts[*s.CounterSlot]--
	}
	switch to {
	case Held:
		return true, setHeld(tx, s.ID, rule, p.opt.Now().UTC())
	case Pending:
		return true, setPending(tx, s.ID)
	}
	slot := int16(rand.IntN(counterSlots)) //nolint:gosec // any spread will do; nobody gains by guessing it
	moved, err = setCounted(tx, s, slot)
	if moved {
		counts[slot]++
	}
	return moved, err
}

// slotCounts gathers what a transaction moves of a pledge's counter, so that it
// holds the counter's rows for its last moment only.
type slotCounts map[int16]int64

func (c slotCounts) apply(tx *postgres.Tx, pledge string) error {
	for slot := range int16(counterSlots) { // in one order, so that two don't wait for each other
		if c[slot] == 0 {
			continue
		}
		if err := addToCounter(tx, pledge, slot, c[slot]); err != nil {
			return err
		}
	}
	return nil
}

// Undo gives back the signatures that a decision moved and that haven't moved
// since. A decision that is unknown, undone or settled is fault.NotFound.
func (p *Pledges) Undo(ctx context.Context, id uuid.UUID, by string) (review Review, restored int64, err error) {
	review, steps, err := undoable(p.db.Read(ctx), id)
	if err != nil {
		return review, 0, err
	}
	for part := range slices.Chunk(steps, reviewPortion) {
		n := int64(0)
		err := p.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
			n, err = p.undoSome(tx, review, part)
			return err
		})
		if err != nil {
			return review, restored, err
		}
		restored += n
	}
	now := p.opt.Now().UTC()
	err = p.db.InTx(ctx, func(tx *postgres.Tx) error { return endReview(tx, id, by, now) })
	p.changed(review.Pledge)
	return review, restored, err
}

func (p *Pledges) undoSome(tx *postgres.Tx, review Review, steps []ReviewStep) (restored int64, err error) {
	byID := make(map[uuid.UUID]ReviewStep, len(steps))
	ids := make([]uuid.UUID, 0, len(steps))
	for _, s := range steps {
		byID[s.SignatureID], ids = s, append(ids, s.SignatureID)
	}
	rows, err := lockSome(tx, ids, []string{Pending, Confirmed, Held})
	if err != nil {
		return 0, err
	}
	counts := slotCounts{}
	for _, r := range rows {
		step := byID[r.ID]
		_, rule := review.Decision.of(r.Signature)
		if r.State != step.Became || r.State == Held && r.Rule != rule {
			continue
		}
		moved, err := p.set(tx, r.Signature, step.Was, step.Rule, counts)
		if err != nil {
			return 0, err
		}
		if moved {
			restored++
		}
	}
	return restored, counts.apply(tx, review.Pledge)
}

// Reviews are the decisions since a time, newest first. Domain opens with
// ReviewedDomain.
func (p *Pledges) Reviews(ctx context.Context, since time.Time) ([]Review, error) {
	return reviewsSince(p.db.Read(ctx), since)
}

// ReviewedDomain is the domain by which a decision chose; "" when it named
// signatures.
func (p *Pledges) ReviewedDomain(r Review) (string, error) {
	return p.box.Open(r.Domain, reviewPlace(r.ID))
}
