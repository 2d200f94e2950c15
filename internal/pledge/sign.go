package pledge

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"redress/internal/abuse"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Signing is what someone fills in to sign.
type Signing struct {
	Pledge       string // the issue's slug
	GivenName    string
	FamilyName   string
	Email        string
	Zip          string
	ShowName     bool   // first name and state may be shown
	Updates      bool   // wants updates
	UpdatesWords string // the sentence beside that box, as it was shown; required with Updates
	AskTypo      bool   // a domain that looks like a slip is at fault, once: the form asks, and sends it again
	Source       string // the code of the way on which they came; empty: none
	Slow         bool   // the mail about it takes the slow lane (abuse.SlowUntil); nothing else differs
}

// receiptFor is how long "check your mail" can be shown again. There is nothing
// in it to keep.
const receiptFor = 24 * time.Hour

// Sign keeps the signature as pending and mails its mailbox a link to confirm
// it. The receipt is for the redirect: it names the pledge, not the signature,
// and confirms nothing. It comes back only after the commit.
//
// What can't be taken is fault.Invalid with every field at fault; a pledge that
// isn't open is fault.Conflict. When too many sign at once it is
// fault.Unavailable with the time to come back after.
//
// Signers who arrive together are written with one commit (see flusher). When
// ctx ends meanwhile the signature is kept, with its mail, or not.
//
// The answer and the statements don't depend on who has signed before: a
// mailbox that has confirmed is told so, at most once a day; one that has not
// is asked again, with what was first entered; one from which two others have
// confirmed is told that, at most once a day. A row that is there is never
// overwritten from here; of those that wait for one mailbox, the oldest make way
// for the ninth.
func (p *Pledges) Sign(ctx context.Context, s Signing) (receipt string, err error) {
	pledge, err := p.recent(ctx, s.Pledge)
	if err != nil {
		return "", err
	}
	now := p.opt.Now()
	if err := pledge.mustBeOpen(now); err != nil {
		return "", err
	}
	entered, err := p.check(s)
	if err != nil {
		return "", err
	}
	signature, person := p.draw(pledge, entered, i18n.Lang(ctx), now)
	new := signer{signature: signature, person: person, lock: p.mailboxLock(signature)}
	if s.Slow {
		new.notBefore = abuse.SlowUntil(now)
	}
	if _, err := p.signers.do(ctx, new); err != nil {
		return "", err
	}
	return p.receipt(pledge, now), nil
}

// Pretend answers as Sign would answer a newcomer, and keeps nothing: for
// robots.
func (p *Pledges) Pretend(ctx context.Context, s Signing) (receipt string, err error) {
	pledge, err := p.recent(ctx, s.Pledge)
	if err != nil {
		return "", err
	}
	now := p.opt.Now()
	if err := pledge.mustBeOpen(now); err != nil {
		return "", err
	}
	return p.receipt(pledge, now), nil
}

// signer is one who signs, ready to be written.
type signer struct {
	signature Signature
	person    Person
	lock      int64     // of the mailbox
	notBefore time.Time // when the mail may go; zero: at once
}

// writeSigners keeps those who sign together, with their mails, in one
// transaction. Whoever signs or confirms from one mailbox waits in line, so that
// its two places are given out once.
func (p *Pledges) writeSigners(ctx context.Context, batch []signer) ([]struct{}, error) {
	lockOf := func(s signer) int64 { return s.lock }
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := lockMailboxes(ctx, tx, each(batch, lockOf)); err != nil {
			return err
		}
		all, err := inLayers(batch, lockOf, func(layer []signer) ([]found, error) { return insertSignatures(ctx, tx, layer) })
		if err != nil {
			return err
		}
		mails := make([]mail.Mail, len(batch))
		for i, f := range all {
			mails[i] = f.mail(batch[i].signature.MailboxKey)
			mails[i].NotBefore = batch[i].notBefore
		}
		return p.post.Queue(ctx, tx, mails...)
	})
	return make([]struct{}, len(batch)), err
}

func (p *Pledges) receipt(pledge Pledge, now time.Time) string {
	return p.box.Sign(seal.Token{Purpose: seal.Receipt, ID: pledge.ID, Expires: now.Add(receiptFor)})
}

// ByReceipt is the pledge that a receipt was given for.
func (p *Pledges) ByReceipt(ctx context.Context, receipt string) (Pledge, error) {
	token, err := p.box.Verify(receipt, seal.Receipt, p.opt.Now())
	if err != nil {
		return Pledge{}, err
	}
	return p.byID(ctx, token.ID)
}

func (p Pledge) mustBeOpen(now time.Time) error {
	switch p.StateAt(now) {
	case NotOpen:
		return fault.Conflict("pledge.not_open_yet")
	case Closed:
		return fault.Conflict("pledge.has_closed")
	}
	return nil
}

// draw makes the rows as they would be for a newcomer.
func (p *Pledges) draw(pledge Pledge, s Signing, lang string, now time.Time) (Signature, Person) {
	id := uuid.Must(uuid.NewV7()) // fails only without a source of randomness
	signature := Signature{
		ID:         id,
		Pledge:     pledge.IssueSlug,
		Lang:       lang,
		State:      Pending,
		SignerKey:  supporter.SignerKey(p.box, s.Email, s.GivenName, s.FamilyName),
		MailboxKey: supporter.MailboxKey(p.box, s.Email),
		KeyVersion: p.box.KeyVersion(),
		ShowName:   s.ShowName,
		Origin:     OriginForm,
		CreatedAt:  now,
	}
	if p.opt.StateOf != nil && s.Zip != "" { // of some imported ones it is unknown
		signature.StateCode, _ = p.opt.StateOf(s.Zip)
	}
	if IsCode(s.Source) {
		signature.Source = s.Source
	}
	if s.Updates {
		signature.UpdatesWords = s.UpdatesWords
	}
	person := Person{
		SignatureID: id,
		GivenName:   p.box.Seal(s.GivenName, personPlace("given_name", id)),
		FamilyName:  p.box.Seal(s.FamilyName, personPlace("family_name", id)),
		Email:       p.box.Seal(s.Email, personPlace("email", id)),
		Zip:         p.box.Seal(s.Zip, personPlace("zip", id)),
	}
	return signature, person
}

func personPlace(column string, id uuid.UUID) seal.Place {
	return seal.Place{Table: "signature_person", Column: column, Row: id}
}

func (p *Pledges) mailboxLock(s Signature) int64 {
	return int64(binary.BigEndian.Uint64(p.box.Key("pledge.mailbox-lock", s.Pledge, string(s.MailboxKey))))
}

// found is what the database had when someone signed.
type found struct {
	Signed *uuid.UUID // the row now written
	Waits  *uuid.UUID // the signer's row, if its mailbox hasn't confirmed it
	Asked  *uuid.UUID // the signer's confirmed row, if its mailbox may be written to about it now
	NoRoom bool       // two others have confirmed from the mailbox
	Full   *uuid.UUID // then a row on it, if it may be written to about that now
}

// mail is the one mail that a signing sets off. When the mailbox has been told
// today, it is about a row that isn't there: the worker drops it, and the
// statements up to here were the same.
func (f found) mail(mailbox []byte) mail.Mail {
	m := mail.Mail{Kind: MailAlready, SubjectID: uuid.New(), MailboxKey: mailbox}
	switch {
	case f.Signed != nil:
		m.Kind, m.SubjectID = MailConfirm, *f.Signed
	case f.Full != nil:
		m.Kind, m.SubjectID = MailFull, *f.Full
	case f.NoRoom:
		// told today
	case f.Waits != nil:
		m.Kind, m.SubjectID = MailConfirm, *f.Waits
	case f.Asked != nil:
		m.SubjectID = *f.Asked
	}
	return m
}
