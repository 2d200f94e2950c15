package supporter

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// Consent keeps a consent in the caller's transaction, with the address it is for (c.Email, which must be one that [Canonical]
// takes; the mailbox key is made from it). Given is now when it is zero. One source gives each kind once: a repeat changes
// nothing.
func (s *Supporters) Consent(ctx context.Context, tx *postgres.Tx, c Consent) error {
	if c.Kind == "" || c.Words == "" || c.SourceKind == "" || c.SourceID == uuid.Nil {
		return errors.New("a consent needs its kind, words and source")
	}
	if _, err := Canonical(c.Email); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	c.ID, c.MailboxKey, c.KeyVersion, c.Withdrawn = id, MailboxKey(s.box, c.Email), s.box.KeyVersion(), nil
	if c.Given.IsZero() {
		c.Given = s.now().UTC()
	}
	if err := insertConsent(ctx, tx, c); err != nil {
		return err
	}
	return s.keepPerson(ctx, tx, c)
}

func (s *Supporters) keepPerson(ctx context.Context, tx *postgres.Tx, c Consent) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	p := Person{ID: id, MailboxKey: c.MailboxKey, KeyVersion: c.KeyVersion, CreatedAt: c.Given}
	p.Email = s.box.Seal(c.Email, p.emailPlace())
	return insertPerson(ctx, tx, p)
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

// Erase deletes the consents of a kind for a mailbox, also as proof, and the address if no consent is left that needs it.
func (s *Supporters) Erase(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, kind string) error {
	if err := withdraw(ctx, tx, mailboxKey, kind, s.now().UTC()); err != nil {
		return err
	}
	return deleteConsents(ctx, tx, mailboxKey, kind)
}
