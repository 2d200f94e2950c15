package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// News are the updates on one issue that are mailed at one time.
type News struct {
	Issue string    // its slug
	Until time.Time // who agreed, or left an address, later isn't among the recipients
}

// Recipient is a mailbox that agreed to updates, opened. It is never stored.
type Recipient struct {
	ID         uuid.UUID // of its person
	MailboxKey []byte
	Email      string // "" when it can't be opened
}

// String keeps an address out of logs that print whole values.
func (Recipient) String() string { return "[recipient]" }

// CountRecipients is how many mailboxes get an update: each once, however often it agreed. An agreement covers what its words
// say: the center's news, or those of the issue that it was given on.
func (s *Supporters) CountRecipients(ctx context.Context, n News) (int, error) {
	return countRecipients(ctx, s.db, n)
}

// Recipients are those after an id, in the order of their ids; uuid.Nil begins.
func (s *Supporters) Recipients(ctx context.Context, tx *postgres.Tx, n News, after uuid.UUID, limit int) ([]Recipient, error) {
	people, err := recipientsAfter(ctx, tx, n, after, limit)
	if err != nil {
		return nil, err
	}
	all := make([]Recipient, len(people))
	for i, p := range people {
		// One that doesn't open is found out when its mail is rendered.
		email, _ := s.box.Open(p.Email, p.emailPlace())
		all[i] = Recipient{ID: p.ID, MailboxKey: p.MailboxKey, Email: email}
	}
	return all, nil
}

// Reader is who gets an update, and the agreement by which they do.
type Reader struct {
	Email   string
	Consent Consent // its Issue is "" when that isn't known any more
	Token   string  // of the page that ends updates
}

// String keeps an address out of logs that print whole values.
func (Reader) String() string { return "[reader]" }

// Reader opens who an update on an issue goes to, while its mail is drawn: fault.NotFound when no agreement that covers it
// stands any more. Of several, it names one given on that issue before others, and later ones before earlier.
func (s *Supporters) Reader(ctx context.Context, person uuid.UUID, issue string) (Reader, error) {
	p, found, err := personByID(s.db.Read(ctx), person)
	if err != nil {
		return Reader{}, err
	}
	if !found {
		return Reader{}, fault.NotFound("supporter.no_updates")
	}
	c, found, err := covering(ctx, s.db, p.MailboxKey, issue)
	if err != nil {
		return Reader{}, err
	}
	if !found {
		return Reader{}, fault.NotFound("supporter.no_updates")
	}
	email, err := s.box.Open(p.Email, p.emailPlace())
	return Reader{Email: email, Consent: c, Token: s.UpdatesToken(p.ID)}, err
}

// never is when links in updates run out: people end mailings from mails of years ago.
var never = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

// UpdatesToken is what the links of a person's updates bear. It has a purpose of its own, so that it opens no subscription.
func (s *Supporters) UpdatesToken(person uuid.UUID) string {
	return s.box.Sign(seal.Token{Purpose: seal.StopUpdates, ID: person, Expires: never})
}

// Agreed is what the page that ends updates shows. Whoever an update is forwarded to can open it.
type Agreed struct {
	Email    string    // "" when none is kept
	Consents []Consent // to updates, that stand; none: there is nothing to end
}

// String keeps an address out of logs that print whole values.
func (Agreed) String() string { return "[agreed]" }

// Agreed reads what the mailbox of a link's token agreed to. A mailbox that ended updates, or was erased, has no consents; what is
// no such token is fault.NotFound("token.unknown").
func (s *Supporters) Agreed(ctx context.Context, token string) (Agreed, error) {
	key, err := s.mailboxOf(ctx, token)
	if err != nil || key == nil {
		return Agreed{}, err
	}
	var a Agreed
	if a.Consents, err = standing(ctx, s.db, key, Updates); err != nil || len(a.Consents) == 0 {
		return a, err
	}
	a.Email, err = s.Address(ctx, key)
	return a, err
}

// EndUpdates withdraws every consent to updates of the mailbox of a link's token. Doing it again changes nothing; what is no such
// token is fault.NotFound("token.unknown").
func (s *Supporters) EndUpdates(ctx context.Context, token string) error {
	key, err := s.mailboxOf(ctx, token)
	if err != nil || key == nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error { return s.Withdraw(ctx, tx, key, Updates) })
}

// mailboxOf is the mailbox of a token; nil: nothing is kept of it.
func (s *Supporters) mailboxOf(ctx context.Context, token string) ([]byte, error) {
	t, err := s.box.Verify(token, seal.StopUpdates, s.now())
	if err != nil {
		return nil, err
	}
	return mailboxKeyOf(ctx, s.db, t.ID)
}
