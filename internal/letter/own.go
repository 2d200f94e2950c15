package letter

import (
	"context"
	"time"

	"redress/internal/fault"
	"redress/internal/i18n"
)

// Own is a message as its own mailbox may see it. Erased ones, and those that
// nobody confirmed in time, hold no words and no person any more.
type Own struct {
	Message    Message
	IssueTitle string // "" when the issue is gone
	Deliveries []OwnDelivery
	Writer     *OwnWriter // nil: deleted
	Moves      []OwnMove
	Reviews    []OwnReview // what a person decided who read it before it went
}

// OwnMove is one step in the history of a message or a letter.
type OwnMove struct {
	From string    `json:"from"`
	To   string    `json:"to"`
	For  Hold      `json:"held_for,omitempty"`
	Code int       `json:"code,omitempty"` // the mail server's answer
	At   time.Time `json:"at"`
}

// OwnReview is a decision about a message, with the reason that its writer was told.
type OwnReview struct {
	Decision string    `json:"decision"`
	Reason   string    `json:"reason"`
	Letters  int       `json:"letters"`
	At       time.Time `json:"at"`
}

// OwnDelivery is one letter of a message.
type OwnDelivery struct {
	To       string     `json:"to"` // "Senator Julie Gonzales"
	Official string     `json:"official"`
	Channel  string     `json:"channel"`
	SentTo   string     `json:"sent_to"` // the office's public mailbox, form or site
	Bill     string     `json:"bill,omitempty"`
	State    State      `json:"state"`
	HeldFor  Hold       `json:"held_for,omitempty"`
	Moved    time.Time  `json:"moved_at"`
	Answer   Answer     `json:"office_answered"` // what its writer told
	Told     *time.Time `json:"office_answered_told_at"`
	Moves    []OwnMove  `json:"moves"`
	Subject  string     `json:"subject"`
	Story    string     `json:"story"`
	Body     string     `json:"body"`
}

// OwnWriter is who wrote, opened.
type OwnWriter struct {
	Prefix     string `json:"prefix"`
	GivenName  string `json:"given_name"`
	FamilyName string `json:"family_name"`
	Email      string `json:"email"`
	Street     string `json:"street"`
	City       string `json:"city"`
	State      string `json:"state"`
	Zip        string `json:"zip"`
}

// Proof is that a mailbox asked for a message to be sent. It holds no word of it.
type Proof struct {
	IssueSlug   string    `json:"issue"`
	Letters     int       `json:"letters"`
	ConfirmedAt time.Time `json:"confirmed_at"`
}

// Owned are the messages of a mailbox, the newest first. They are personal data,
// for the mailbox itself.
func (l *Letters) Owned(ctx context.Context, mailboxKey []byte) ([]Own, error) {
	messages, err := ownMessages(ctx, l.db.Read(ctx), mailboxKey)
	if err != nil {
		return nil, err
	}
	list := make([]Own, 0, len(messages))
	for _, m := range messages {
		own, err := l.own(ctx, m)
		if err != nil {
			return nil, err
		}
		list = append(list, own)
	}
	return list, nil
}

func (l *Letters) own(ctx context.Context, m Message) (Own, error) {
	own := Own{Message: m}
	about, err := l.issues.BySlug(i18n.With(ctx, m.Lang), m.IssueSlug)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return own, err
	}
	own.IssueTitle = about.Title
	if own.Moves, own.Reviews, err = historyOf(ctx, l.db.Read(ctx), m.ID); err != nil {
		return own, err
	}
	p, err := l.openPerson(ctx, m)
	if fault.KindOf(err) == fault.KindNotFound {
		return own, nil
	}
	if err != nil {
		return own, err
	}
	own.Writer = &OwnWriter{
		Prefix: p.prefix, GivenName: p.given, FamilyName: p.family, Email: p.email, Street: p.street, City: p.city, State: p.state, Zip: p.zip,
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return own, err
	}
	moves, err := deliveryMovesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return own, err
	}
	texts, err := textsOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return own, err
	}
	for _, d := range deliveries {
		words, err := l.openText(texts[d.TextID])
		if err != nil {
			return own, err
		}
		own.Deliveries = append(own.Deliveries, OwnDelivery{
			To: d.Title + " " + d.OfficialName, Official: d.OfficialID, Channel: d.Channel, SentTo: d.SentTo, Bill: d.BillNumber,
			State: d.State, HeldFor: d.HeldFor, Moved: d.MovedAt, Answer: d.Answer, Told: d.AnsweredAt, Moves: moves[d.ID],
			Subject: words.subject, Story: words.story, Body: words.body,
		})
	}
	return own, nil
}

// Holds tells whether any message of a mailbox is kept.
func (l *Letters) Holds(ctx context.Context, mailboxKey []byte) (bool, error) {
	messages, err := ownMessages(ctx, l.db.Read(ctx), mailboxKey)
	return len(messages) > 0, err
}

// Proofs are the proofs of a mailbox, the newest first.
func (l *Letters) Proofs(ctx context.Context, mailboxKey []byte) ([]Proof, error) {
	return ownProofs(ctx, l.db.Read(ctx), mailboxKey)
}
