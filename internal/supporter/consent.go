package supporter

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// Consent keeps consents in the caller's transaction, each with the address it is for (Email, which must be one that [Canonical]
// takes; the mailbox key is made from it). Given is now when it is zero. One source gives each kind once: a repeat changes
// nothing.
func (s *Supporters) Consent(ctx context.Context, tx *postgres.Tx, all ...Consent) error {
	if len(all) == 0 {
		return nil
	}
	consents, people := make([]Consent, 0, len(all)), make([]Person, 0, len(all))
	for _, c := range all {
		c, p, err := s.agreed(c)
		if err != nil {
			return err
		}
		consents, people = append(consents, c), append(people, p)
	}
	// In one order for everyone, so that two transactions can't wait for each other's mailboxes.
	slices.SortStableFunc(people, func(a, b Person) int { return bytes.Compare(a.MailboxKey, b.MailboxKey) })
	if err := insertConsents(ctx, tx, consents); err != nil {
		return err
	}
	return insertPeople(ctx, tx, people)
}

// agreed fills in the rows of a consent.
func (s *Supporters) agreed(c Consent) (Consent, Person, error) {
	if c.Kind == "" || c.Words == "" || c.SourceKind == "" || c.SourceID == uuid.Nil {
		return Consent{}, Person{}, errors.New("a consent needs its kind, words and source")
	}
	if _, err := Canonical(c.Email); err != nil {
		return Consent{}, Person{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Consent{}, Person{}, err
	}
	personID, err := uuid.NewV7()
	if err != nil {
		return Consent{}, Person{}, err
	}
	c.ID, c.MailboxKey, c.KeyVersion, c.Withdrawn = id, MailboxKey(s.box, c.Email), s.box.KeyVersion(), nil
	if c.Given.IsZero() {
		c.Given = s.now().UTC()
	}
	p := Person{ID: personID, MailboxKey: c.MailboxKey, KeyVersion: c.KeyVersion, CreatedAt: s.now().UTC()}
	p.Email = s.box.Seal(c.Email, p.emailPlace())
	return c, p, nil
}

// Consented says whether a consent of this kind stands for a mailbox.
func (s *Supporters) Consented(ctx context.Context, mailboxKey []byte, kind string) (bool, error) {
	return consented(ctx, s.db, mailboxKey, kind)
}

// Withdraw ends every consent of this kind for a mailbox. With its last consent its address is erased; the dated consents stay
// as proof, under the key only.
func (s *Supporters) Withdraw(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, kind string) error {
	return withdraw(ctx, tx, mailboxKey, kind, s.now().UTC())
}

// Address opens the address behind a mailbox key; "" when none is kept.
func (s *Supporters) Address(ctx context.Context, mailboxKey []byte) (string, error) {
	p, found, err := personOf(ctx, s.db, mailboxKey)
	if err != nil || !found {
		return "", err
	}
	return s.box.Open(p.Email, p.emailPlace())
}

// EraseKind deletes the consents of a kind for a mailbox, also as proof, and the address if no consent is left that needs it.
func (s *Supporters) EraseKind(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, kind string) error {
	if err := withdraw(ctx, tx, mailboxKey, kind, s.now().UTC()); err != nil {
		return err
	}
	return deleteConsents(ctx, tx, mailboxKey, kind)
}
