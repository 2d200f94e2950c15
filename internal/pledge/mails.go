package pledge

import (
	"context"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/seal"
)

// The kinds of mail that signing sets off; each row's subject is a signature.
const (
	MailConfirm = "pledge.confirm" // asks the mailbox to confirm
	MailAlready = "pledge.already" // it has signed this pledge
	MailFull    = "pledge.full"    // two people have confirmed from it; no third
)

// Note is what the three mails may say. It is made while a mail is rendered and
// never stored. Before a mailbox has confirmed, nothing in it was typed by
// whoever filled in the form, or the form would send strangers' words to anyone.
type Note struct {
	Pledge    Pledge
	Lang      string
	To        netmail.Address
	GivenName string    // only in MailAlready
	SignedOn  time.Time // when the signature was confirmed; zero: not yet
	Token     string    // confirm token; only in MailConfirm
	Until     time.Time // when Token runs out
}

// Note reads what a mail of the kind says about a signature. It is
// fault.NotFound when there is nothing to say any more: the signature is gone,
// or was confirmed before the mail asking for it went out.
func (p *Pledges) Note(ctx context.Context, kind string, signatureID uuid.UUID) (Note, error) {
	signature, person, err := p.signature(ctx, signatureID)
	if err != nil {
		return Note{}, err
	}
	if signature.State == Withdrawn || (kind == MailConfirm) != (signature.State == Pending) && kind != MailFull {
		return Note{}, fault.NotFound("pledge.no_signature")
	}
	pledge, err := p.bySlug(ctx, signature.Pledge, signature.Lang)
	if err != nil {
		return Note{}, err
	}
	n := Note{Pledge: pledge, Lang: signature.Lang}
	if signature.State == Confirmed && signature.ConfirmedAt != nil { // a held one isn't counted
		n.SignedOn = *signature.ConfirmedAt
	}
	opened, err := p.open(person)
	if err != nil {
		return Note{}, err
	}
	n.To = netmail.Address{Address: opened.Email}
	if kind == MailAlready {
		n.GivenName, n.To.Name = opened.GivenName, opened.GivenName+" "+opened.FamilyName
	}
	if kind == MailConfirm {
		n.Until = p.opt.Now().Add(seal.ConfirmFor)
		if gone := signature.CreatedAt.Add(unconfirmedKept); gone.Before(n.Until) {
			n.Until = gone // asking again doesn't make it stay
		}
		n.Token = p.box.Sign(seal.Token{Purpose: seal.Confirm, ID: signature.ID, Expires: n.Until, Epoch: signature.Epoch})
	}
	return n, nil
}

// opened is a person in clear.
type opened struct{ GivenName, FamilyName, Email, Zip string }

func (p *Pledges) open(person Person) (opened, error) {
	var o opened
	for _, field := range []struct {
		column string
		text   seal.Text
		into   *string
	}{
		{"given_name", person.GivenName, &o.GivenName},
		{"family_name", person.FamilyName, &o.FamilyName},
		{"email", person.Email, &o.Email},
		{"zip", person.Zip, &o.Zip},
	} {
		plain, err := p.box.Open(field.text, personPlace(field.column, person.SignatureID))
		if err != nil {
			return opened{}, err
		}
		*field.into = plain
	}
	return o, nil
}
