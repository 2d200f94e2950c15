package mail

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"redress/internal/mail/dsn"
	"redress/internal/postgres"
)

// Returned is what a message that came back was, and what it changed.
type Returned struct {
	Sort    dsn.Sort
	Mail    uuid.UUID // the mail that it is about; Nil: none that can be told
	Bounced bool      // that mail has moved to Bounced by it
	Settled bool      // it was a complaint, and the mailbox gets no more mail
}

// ErrNotYet says that a message came back before its mail counted as sent: the server was quicker than our own note of its
// acknowledgment. It is to be brought again.
const ErrNotYet = trouble("the mail that came back is not noted as sent yet")

const errStrange = trouble("the mail that came back is of a kind that this program doesn't know")

// Bounce takes a message that came back to a return path. A report that a mail reached nobody moves that mail from Sent to
// Bounced, with the report's codes, and tells its kind in the same transaction; of any other state, or when told again, nothing
// changes. A reader's complaint about a mail is told to who follows losses ([Post.OnLoss]), whatever the mail's state. What is no
// such report changes nothing and is no error. An error means that nothing was settled, and that the
// message is to be brought again: [ErrNotYet], a database that is away, a kind that could not follow.
//
// to are the addresses that the mail server says it came to, if it says so; those in the message count as well. Which mail it
// is about is told by the return path alone, in whose mark nobody can put another mail. The Message-ID in a returned header
// doesn't count: it stands in every answer to a mail, and letters to officials are public records, so that many may know it
// who never met the return path.
func (p *Post) Bounce(ctx context.Context, raw []byte, to ...string) (Returned, error) {
	report := dsn.Read(raw)
	r := Returned{Sort: report.Sort, Mail: p.returnedTo(slices.Concat(to, report.Addresses))}
	lost, isLost := report.Lost()
	switch {
	case r.Mail == uuid.Nil:
		p.opt.Log.InfoContext(ctx, "a message came back that is about no mail of ours", "sort", r.Sort)
		return r, nil
	case report.Complained():
		var err error
		r.Settled, err = p.complain(ctx, r.Mail)
		return r, err
	case !isLost:
		p.opt.Log.InfoContext(ctx, "a message came back", "sort", r.Sort, "mail", r.Mail)
		return r, nil
	}
	var err error
	r.Bounced, err = p.bounce(ctx, r.Mail, Outcome{State: Bounced, At: p.now(), Code: lost.Code, Enhanced: lost.Enhanced})
	return r, err
}

// returnedTo is the mail whose return path is among the addresses.
func (p *Post) returnedTo(addresses []string) uuid.UUID {
	if p.opt.Returns == nil {
		return uuid.Nil
	}
	for _, address := range addresses {
		if id, ok := p.opt.Returns.Mail(address); ok {
			return id
		}
	}
	return uuid.Nil
}

// bounce moves a mail to Bounced and tells its kind.
func (p *Post) bounce(ctx context.Context, id uuid.UUID, o Outcome) (moved bool, err error) {
	var m Mail
	err = p.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		if m, moved, err = comeBack(ctx, tx, id, o); err != nil || !moved {
			return err
		}
		kind, known := p.kinds[m.Kind]
		if !known {
			return errStrange
		}
		if err := p.lost(ctx, tx, m, o); err != nil || kind.Moved == nil {
			return err
		}
		return kind.Moved(ctx, tx, m, o)
	})
	if err != nil {
		p.opt.Log.WarnContext(ctx, "a bounce could not be settled", "mail", id, "error", plain(err))
		return false, broken("settle bounce", err)
	}
	if moved {
		p.opt.Log.InfoContext(ctx, "mail bounced", "kind", m.Kind, "mail", id, "code", o.Code, "enhanced", o.Enhanced)
	}
	return moved, nil
}
