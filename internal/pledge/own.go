package pledge

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// Own is a signature as its own mailbox may see it.
type Own struct {
	Signature Signature
	Title     string // of its pledge; "" when that is gone
	Named     bool   // its person is there; a signature that was withdrawn or erased has none
	Shows     bool   // its pledge shows names at all

	GivenName, FamilyName, Email, Zip string

	HeldFor   string // the rule, when it is held
	HeldSince *time.Time
	Placement Placement     // where its signer placed themselves; the zero placement: nowhere
	Decisions []OwnDecision // of staff, for as long as they can be undone
}

// OwnDecision is what staff decided about a mailbox's own signature.
type OwnDecision struct {
	Decision Decision   `json:"decision"`
	At       time.Time  `json:"at"`
	Was      string     `json:"was"`
	Became   string     `json:"became"`
	Undone   *time.Time `json:"undone_at"`
}

// Owned are the signatures of a mailbox over all pledges, the newest first. They
// are personal data, for the mailbox itself.
func (p *Pledges) Owned(ctx context.Context, mailboxKey []byte) ([]Own, error) {
	rows, err := ownedRows(p.db.Read(ctx), mailboxKey)
	if err != nil {
		return nil, err
	}
	decisions, err := decisionsOn(p.db.Read(ctx), rows)
	if err != nil {
		return nil, err
	}
	list := make([]Own, 0, len(rows))
	for _, r := range rows {
		own := Own{
			Signature: r.Signature, HeldFor: r.HeldFor, HeldSince: r.HeldSince, Named: r.Email != nil, Decisions: decisions[r.ID],
			Placement: Placement{SignatureID: r.ID, DistrictID: r.DistrictID, Congress: r.Congress},
		}
		if pledge, err := p.bySlug(ctx, r.Pledge, r.Lang); err == nil {
			own.Title, own.Shows = pledge.Title, pledge.ShowsNames
		} else if fault.KindOf(err) != fault.KindNotFound {
			return nil, err
		}
		if own.Named {
			o, err := p.open(Person{SignatureID: r.ID, GivenName: r.GivenName, FamilyName: r.FamilyName, Email: r.Email, Zip: r.Zip})
			if err != nil {
				return nil, err
			}
			own.GivenName, own.FamilyName, own.Email, own.Zip = o.GivenName, o.FamilyName, o.Email, o.Zip
		}
		list = append(list, own)
	}
	return list, nil
}

// Holds tells whether anything of a mailbox is kept that it can see or change.
func (p *Pledges) Holds(ctx context.Context, mailboxKey []byte) (bool, error) {
	rows, err := ownedRows(p.db.Read(ctx), mailboxKey)
	return len(rows) > 0, err
}

// SetShown shows the name of a mailbox's own signature, or hides it.
func (p *Pledges) SetShown(ctx context.Context, mailboxKey []byte, id uuid.UUID, show bool) error {
	return p.changeOwn(ctx, mailboxKey, id, func(tx *postgres.Tx, s Signature) error { return setShown(tx, s.ID, show) })
}

// Rename puts another name on a mailbox's own signature. It is then found by that
// name: when somebody of that name has signed from the mailbox already it is
// fault.Conflict("pledge.rename.taken"), and nothing changes. One that was taken
// back, and one that still waits while this one is confirmed, make way. Names that
// can't be taken are fault.Invalid.
func (p *Pledges) Rename(ctx context.Context, mailboxKey []byte, id uuid.UUID, given, family string) error {
	given, family, err := checkNames(given, family)
	if err != nil {
		return err
	}
	err = p.changeOwn(ctx, mailboxKey, id, func(tx *postgres.Tx, s Signature) error {
		email, err := p.emailOf(tx.DB, s.ID)
		if err != nil {
			return err
		}
		key := supporter.SignerKey(p.box, email, given, family)
		if err := makeWay(tx, s, key); err != nil {
			return err
		}
		return rename(tx, s.ID, key, p.box.KeyVersion(), Person{
			GivenName:  p.box.Seal(given, personPlace("given_name", s.ID)),
			FamilyName: p.box.Seal(family, personPlace("family_name", s.ID)),
		})
	})
	if postgres.IsUnique(err, "signature_signer") {
		return fault.Conflict("pledge.rename.taken")
	}
	return err
}

func checkNames(given, family string) (tidyGiven, tidyFamily string, err error) {
	var fields []fault.Field
	var key string
	if given, key = tidyName(given); key != "" {
		fields = append(fields, fault.Field{Name: "given_name", Key: "pledge.given_name." + key})
	}
	if family, key = tidyName(family); key != "" {
		fields = append(fields, fault.Field{Name: "family_name", Key: "pledge.family_name." + key})
	}
	if len(fields) > 0 {
		return given, family, fault.Invalid("pledge.invalid", fields...)
	}
	return given, family, nil
}

// changeOwn changes a signature that is the mailbox's own and has a person; any
// other is fault.NotFound.
func (p *Pledges) changeOwn(ctx context.Context, mailboxKey []byte, id uuid.UUID, change func(*postgres.Tx, Signature) error) error {
	slug := ""
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		s, err := lockOwn(tx, mailboxKey, id)
		if err != nil {
			return err
		}
		if s == nil {
			return fault.NotFound("pledge.no_signature")
		}
		slug = s.Pledge
		return change(tx, *s)
	})
	if err == nil {
		p.changed(slug) // names are shown beside the count
	}
	return err
}

// WithdrawOwn takes back a mailbox's own signature: it is not counted any more,
// and its person is deleted. One that is held stays held without its person, so
// that nobody escapes a review by signing anew.
func (p *Pledges) WithdrawOwn(ctx context.Context, mailboxKey []byte, id uuid.UUID) error {
	return p.changeOwn(ctx, mailboxKey, id, withdrawOrKeep)
}

func withdrawOrKeep(tx *postgres.Tx, s Signature) error {
	if s.State == Held {
		return forgetPerson(tx, s.ID)
	}
	if err := withdrawSignature(tx, s.ID); err != nil || s.CounterSlot == nil {
		return err
	}
	return uncount(tx, s.Pledge, *s.CounterSlot)
}

// EraseOwn deletes, in the caller's transaction, what is kept of a mailbox's
// signatures. What was counted stays counted: while its pledge can still be signed,
// a row without a person keeps the mailbox from being counted twice; it goes with
// the pledge's signatures. With uncount each is taken back first, and nothing
// stays. The caller tells of the pledges that are returned (Moved) once it has
// committed.
func (p *Pledges) EraseOwn(tx *postgres.Tx, mailboxKey []byte, uncounted bool, now time.Time) (pledges []string, err error) {
	list, err := lockAllOwn(tx, mailboxKey)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		pledges = append(pledges, s.Pledge)
		if err := p.eraseOne(tx, s, uncounted, now); err != nil {
			return nil, err
		}
	}
	return pledges, nil
}

func (p *Pledges) eraseOne(tx *postgres.Tx, s Signature, uncounted bool, now time.Time) error {
	switch {
	case s.State == Held:
		return forgetPerson(tx, s.ID)
	case s.CounterSlot == nil:
		return deleteSignature(tx, s.ID)
	case uncounted:
		if err := tallySignature(tx, s.ID, -1); err != nil {
			return err
		}
		if err := deleteSignature(tx, s.ID); err != nil {
			return err
		}
		return uncount(tx, s.Pledge, *s.CounterSlot)
	}
	closed, err := p.closedFor(tx, s, now)
	switch {
	case err != nil:
		return err
	case !closed:
		return forgetCounted(tx, s.ID)
	}
	if err := deleteSignature(tx, s.ID); err != nil {
		return err
	}
	return erasedCount(tx, s.Pledge, *s.CounterSlot)
}

// forgetCounted forgets whose a confirmed signature is. It goes on to count by day
// and state, and from no ZIP code: nothing is left that tells which, should it be
// taken out of the results later.
func forgetCounted(tx *postgres.Tx, id uuid.UUID) error {
	if err := tallySignature(tx, id, -1); err != nil {
		return err
	}
	if err := forgetPerson(tx, id); err != nil {
		return err
	}
	return tallySignature(tx, id, 1)
}

func (p *Pledges) closedFor(tx *postgres.Tx, s Signature, now time.Time) (bool, error) {
	pledge, err := p.pledge(tx.DB, s.Pledge, s.Lang)
	if fault.KindOf(err) == fault.KindNotFound {
		return true, nil // nobody can sign it again
	}
	return err == nil && pledge.StateAt(now) == Closed, err
}

// Moved tells that counts or names of pledges have changed in a transaction of the
// caller's, after its commit.
func (p *Pledges) Moved(pledges []string) {
	for _, slug := range pledges {
		p.changed(slug)
	}
}
