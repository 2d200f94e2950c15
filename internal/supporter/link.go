package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// MailManage is the kind of mail that brings a link to self-service; its subject is a [Request].
const MailManage = "manage.link"

// A link is asked for by typing an address, and holds for an hour from when its mail is drawn (seal.ManageFor). A mail that
// could not be sent for an hour is not sent any more. So a request is of no use after two hours, and erased.
const (
	linkWaits   = time.Hour
	requestKept = linkWaits + seal.ManageFor
)

// Request is one asking for a link. Its id stands in the link's token, so that nothing which stands for a mailbox does.
type Request struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	MailboxKey []byte
	KeyVersion int16
	Email      seal.Text // as it was typed; the mail goes there
	Lang       string
	CreatedAt  time.Time
}

// TableName is the table's name.
func (Request) TableName() string { return "manage_request" }

func (r Request) emailPlace() seal.Place {
	return seal.Place{Table: "manage_request", Column: "email", Row: r.ID}
}

// Links are the links by which a mailbox comes to what is kept of it.
type Links struct {
	db   *postgres.DB
	box  *seal.Box
	post *mail.Post
	now  func() time.Time
}

// NewLinks returns the links of a center. The post must know the kind [MailManage].
func NewLinks(db *postgres.DB, box *seal.Box, post *mail.Post, now func() time.Time) *Links {
	return &Links{db: db, box: box, post: post, now: now}
}

// Ask mails a fresh link to an address. What is no address is fault.Invalid. Whether anything is kept of the mailbox doesn't
// matter here: the same statements run, and the mail is drawn, or not, later. notBefore may hold the mail back.
func (l *Links) Ask(ctx context.Context, email, lang string, notBefore time.Time) error {
	if _, err := Canonical(email); err != nil {
		return err
	}
	id, err := uuid.NewRandom() // not one that tells when it was made: it stands in an address
	if err != nil {
		return err
	}
	r := Request{ID: id, MailboxKey: MailboxKey(l.box, email), KeyVersion: l.box.KeyVersion(), Lang: lang, CreatedAt: l.now().UTC()}
	r.Email = l.box.Seal(email, r.emailPlace())
	return l.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := insertRequest(ctx, tx, r); err != nil {
			return err
		}
		return l.post.Queue(ctx, tx, mail.Mail{Kind: MailManage, SubjectID: id, MailboxKey: r.MailboxKey, NotBefore: notBefore})
	})
}

// Link is what the mail with a link says.
type Link struct {
	Mailbox Mailbox
	Lang    string
	Token   string
	Until   time.Time // when Token runs out
}

// Link makes the link of a request, while its mail is drawn. A request that is gone, or too old for its mail to be expected,
// is fault.NotFound.
func (l *Links) Link(ctx context.Context, request uuid.UUID) (Link, error) {
	m, r, err := l.mailbox(ctx, request)
	if err != nil {
		return Link{}, err
	}
	now := l.now()
	if now.Sub(r.CreatedAt) > linkWaits {
		return Link{}, fault.NotFound("token.expired")
	}
	until := now.Add(seal.ManageFor)
	token := l.box.Sign(seal.Token{Purpose: seal.Manage, ID: request, Expires: until})
	return Link{Mailbox: m, Lang: r.Lang, Token: token, Until: until}, nil
}

// Mailbox is a mailbox that has shown, by a link mailed to it, who it is.
type Mailbox struct {
	Key   []byte
	Email string // as it was typed to ask for the link
}

// Open tells whose link a token is: fault.NotFound when it ran out, is no such token, or its mailbox was erased.
func (l *Links) Open(ctx context.Context, token string) (Mailbox, error) {
	t, err := l.box.Verify(token, seal.Manage, l.now())
	if err != nil {
		return Mailbox{}, err
	}
	m, _, err := l.mailbox(ctx, t.ID)
	return m, err
}

func (l *Links) mailbox(ctx context.Context, request uuid.UUID) (Mailbox, Request, error) {
	r, found, err := requestByID(ctx, l.db, request)
	if err != nil {
		return Mailbox{}, r, err
	}
	if !found {
		return Mailbox{}, r, fault.NotFound("token.unknown")
	}
	email, err := l.box.Open(r.Email, r.emailPlace())
	return Mailbox{Key: r.MailboxKey, Email: email}, r, err
}

// Expire erases requests that are of no use any more and says how many.
func (l *Links) Expire(ctx context.Context) (int64, error) {
	return deleteRequests(ctx, l.db, l.now().UTC().Add(-requestKept))
}
