package letter

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/abuse"
	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter/screen"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

const (
	sameWithin  = 24 * time.Hour   // the same letter goes out once within this time
	remindAfter = 10 * time.Minute // and its mailbox is asked again only after this

	reminderAfter = 24 * time.Hour // letters that still wait are spoken of once more
)

// NotRepresented is Submit's refusal to take letters for officials who don't
// represent the address given, or who aren't offered. The former can still be
// called, or written to by the visitor's own hand.
type NotRepresented struct {
	Officials []*civics.Official
	Answer    civics.Answer // who does represent the address
}

// Error names the refusal, not the people: it may be logged.
func (e *NotRepresented) Error() string {
	return "letter: officials who do not represent the address, or are not offered"
}

// Unwrap makes the refusal a fault of the form.
func (e *NotRepresented) Unwrap() error {
	return fault.Invalid("letter.form.invalid", fault.Field{Name: "officials", Key: "letter.form.officials.not_yours"})
}

// Submit keeps a message and queues the mail that asks its writer to confirm
// it, in one transaction, and returns the receipt's token. It sends nothing.
//
// The answer doesn't depend on who has written before. The same letter again
// gets a receipt of its own; its mailbox is asked about the first one, or told
// that it was sent. Confirm sees to it that only one goes out.
//
// Who represents the address is derived here. Officials who don't are refused
// with NotRepresented. When the address can't be placed, those of the ZIP code
// are taken for sending by hand, and nothing is offered to go out from here.
func (l *Letters) Submit(ctx context.Context, n NewMessage) (receipt string, err error) {
	n, err = n.clean()
	if err != nil {
		return "", err
	}
	letter, iss, err := l.load(ctx, n.IssueSlug)
	if err != nil {
		return "", err
	}
	who, err := l.place(ctx, n.Address)
	if err != nil {
		return "", err
	}
	n.Story = letter.begun(n.Story, n.Prompt)
	c := Composition{Letter: letter, Issue: iss, Answer: who.answer, Variant: letter.seen(n, who.answer), Placed: who.placed}
	if c.Answer.Officials, err = who.pick(n.Officials, l.atlas); err != nil {
		return "", err
	}
	if err := l.lay(ctx, &c); err != nil {
		return "", err
	}
	w, err := l.write(ctx, n, c, who)
	if err != nil {
		return "", err
	}
	return l.keep(ctx, w)
}

// written is a message with all its rows, ready to be kept.
type written struct {
	message    Message
	person     MessagePerson
	texts      []MessageText
	deliveries []Delivery
	slow       bool // its mail waits
}

// write turns a form into rows: one text per group, one delivery per official.
func (l *Letters) write(ctx context.Context, n NewMessage, c Composition, who constituency) (written, error) {
	recipients := c.Recipients()
	if len(recipients) == 0 || len(c.Unasked)+len(c.Vacant) > 0 {
		return written{}, unknownOfficial()
	}
	now := l.now().UTC()
	m := Message{
		ID: newID(), IssueSlug: c.Letter.IssueSlug, Lang: i18n.Lang(ctx), State: n.Address.State,
		MailboxKey: supporter.MailboxKey(l.box, n.Email), KeyVersion: l.box.KeyVersion(), Status: MessageAwaiting, Findings: []string{}, Flags: []string{},
		AddressKey: addressKey(l.box, n.Address), NetworkKey: networkKey(l.box, n.Network, now),
		Placed: c.Placed, Updates: n.Updates, UpdatesAsk: n.UpdatesWords, Variant: c.compared(), Source: n.Source, CreatedAt: now, MailedAt: now,
	}
	w := written{message: m, person: l.sealPerson(m.ID, n), slow: n.Slow}
	digest := []string{n.GivenName, n.FamilyName, n.Address.Street, n.Address.City, n.Address.State, n.Address.Zip, n.Story}
	fill := strings.NewReplacer(
		i18n.T(ctx, "letter.mark.your_name"), n.GivenName+" "+n.FamilyName,
		i18n.T(ctx, "letter.mark.your_place"), n.Address.City)
	texts, found, offices := map[string]uuid.UUID{}, findings{}, c.offices()
	for i, r := range recipients {
		subject, body, err := n.words(r)
		if err != nil {
			return written{}, err
		}
		asTyped := body // the page counts before the marks are filled
		subject, body = fill.Replace(subject), fill.Replace(body)
		digest = append(digest, r.Official.ID, subject, body)
		id, seen := texts[subject+"\n"+body]
		if !seen {
			id = newID()
			texts[subject+"\n"+body] = id
			found.look(screen.Text{Subject: subject, Story: n.Story, Body: body, Own: n.Address, Offices: offices})
			text, share := l.sealText(id, m.ID, subject, n.Story, body), c.Share(n.Story, asTyped)
			text.OwnWords, text.AllWords, text.BodyPrepared = share.Own, share.Total, body == fill.Replace(r.Prepared)
			w.texts = append(w.texts, text)
		}
		if n.Prefix == "" && slices.Contains(r.Asks, AsksPrefix) && who.represents(r.Official.ID) {
			return written{}, fault.Invalid("letter.form.invalid", fault.Field{Name: "prefix", Key: "letter.form.prefix.required"})
		}
		d := delivery(r, m, id, i)
		switch {
		case r.Sends && who.represents(r.Official.ID):
			d.State = Queued
			if d.Channel == KindCWC && tooLongForCongress(n.Story, body, body == fill.Replace(r.Prepared)) {
				return written{}, fault.Invalid("letter.form.invalid", fault.Field{Name: "story", Key: "letter.form.story.congress", Args: []any{"Max", congressTakes}})
			}
		case r.Channel.Kind == KindCWC: // no way that a person can go
			if way, ok := l.routes.byHand(r.Official, ""); ok {
				d.Channel, d.SentTo = way.to.Kind, way.to.Value
			}
		}
		w.deliveries = append(w.deliveries, d)
	}
	w.message.Findings = found.rules()
	w.message.Digest = l.box.Key("letter digest", digest...)
	return w, nil
}

// words are the subject and body that the form held for a recipient. A letter
// without any words is refused.
func (n NewMessage) words(r Recipient) (subject, body string, err error) {
	subject, hasSubject := typed(n.Subjects, r.GroupKey, r.Ask.Key)
	body, hasBody := typed(n.Bodies, r.GroupKey, r.Ask.Key)
	var wrong []fault.Field
	if !hasSubject {
		wrong = append(wrong, fault.Field{Name: "subject", Key: "letter.form.subject.required"})
	}
	if !hasBody {
		wrong = append(wrong, fault.Field{Name: "body", Key: "letter.form.body.changed"})
	} else if body == "" && n.Story == "" {
		wrong = append(wrong, fault.Field{Name: "body", Key: "letter.form.body.empty"})
	}
	if len(wrong) > 0 {
		return "", "", fault.Invalid("letter.form.invalid", wrong...)
	}
	return subject, body, nil
}

// delivery is one official's letter, in the visitor's own hands until it is
// known that it may go out from here.
func delivery(r Recipient, m Message, text uuid.UUID, position int) Delivery {
	d := Delivery{
		ID: newID(), MessageID: m.ID, TextID: text, Position: position,
		OfficialID: r.Official.ID, OfficialName: r.Official.Name, Title: TitleOf(r.Official), LastName: LastNameOf(r.Official),
		Channel: r.Channel.Kind, SentTo: r.Channel.Value, Test: r.Test, State: NeedsYou, MovedAt: m.CreatedAt,
	}
	if r.Bill != nil {
		d.BillNumber = r.Bill.Number
	}
	return d
}

func (l *Letters) sealPerson(message uuid.UUID, n NewMessage) MessagePerson {
	at := func(column, plain string) seal.Text {
		return l.box.Seal(plain, seal.Place{Table: "message_person", Column: column, Row: message})
	}
	p := MessagePerson{
		MessageID: message, GivenName: at("given_name", n.GivenName), FamilyName: at("family_name", n.FamilyName), Email: at("email", n.Email),
		Street: at("street", n.Address.Street), City: at("city", n.Address.City), State: at("state", n.Address.State), Zip: at("zip", n.Address.Zip),
	}
	if n.Prefix != "" {
		p.Prefix = at("prefix", n.Prefix)
	}
	return p
}

func (l *Letters) sealText(id, message uuid.UUID, subject, story, body string) MessageText {
	at := func(column, plain string) seal.Text {
		return l.box.Seal(plain, seal.Place{Table: "message_text", Column: column, Row: id})
	}
	return MessageText{ID: id, MessageID: message, Subject: at("subject", subject), Story: at("story", story), Body: at("body", body)}
}

// keep commits the message with the one mail that it sets off. It is the same
// for a letter that was written before: a row and a receipt of its own, which
// show what was typed now, by the same statements. Only the mailbox is told.
func (l *Letters) keep(ctx context.Context, w written) (receipt string, err error) {
	err = l.db.InTx(ctx, func(tx *postgres.Tx) error {
		found, err := findEarlier(ctx, tx, w.message)
		if err != nil {
			return err
		}
		if found.MailedAt != nil {
			w.message.MailedAt = *found.MailedAt
		}
		if err := insertMessage(ctx, tx, w); err != nil {
			return err
		}
		if err := insertEvents(ctx, tx, w.events(found.counts())...); err != nil {
			return err
		}
		row := found.mail(w.message)
		if w.slow {
			row.NotBefore = abuse.SlowUntil(w.message.CreatedAt)
		}
		return l.post.Queue(ctx, tx, row, found.reminder(w.message))
	})
	if err != nil {
		return "", err
	}
	return l.ReceiptToken(w.message), nil
}

// events are what a message counts as: itself, each official it asks, and the
// letters that wait for its writer's own hand.
func (w written) events(n int) []event {
	at := w.message.CreatedAt
	events := []event{w.message.event(eventWritten, at, n)}
	for _, d := range w.deliveries {
		e := w.message.event(eventRecipient, at, n)
		e.OfficialID, e.Channel = d.OfficialID, d.Channel
		if events = append(events, e); d.State == NeedsYou {
			e.Event = string(NeedsYou)
			events = append(events, e)
		}
	}
	return events
}

// earlier is what the database had when a letter came in: the same words, by the
// same person to the same officials, within a day.
type earlier struct {
	Waiting  *uuid.UUID // the first that waits for its mailbox
	MailedAt *time.Time // when its mailbox was last asked
	Remind   *uuid.UUID // Waiting, if its mailbox may be asked again now
	Sent     *uuid.UUID // one that was confirmed
	Tell     *uuid.UUID // Sent, if its mailbox may be told so now
	Others   int        // other letters that came in with its mailbox in the day before, at most mailboxADay
}

// mailboxADay is how many letters of one mailbox are taken to it in a day. Whoever
// types in more for it gets the same answer, and the mailbox no mail.
const mailboxADay = 10

func (e earlier) tooMany() bool { return e.Sent == nil && e.Others >= mailboxADay }

func (e earlier) counts() int {
	if e.Waiting != nil || e.Sent != nil || e.tooMany() {
		return 0 // one letter, however often it comes in; none that its mailbox won't hear of
	}
	return 1
}

// mail is the one mail that a letter sets off. Nothing leads from the mailbox
// to the letter that came in later: whoever sent that in is perhaps somebody
// else. When the mailbox has heard the same just now, or has had enough letters
// today, the mail is about a message that isn't there, and the worker drops it.
func (e earlier) mail(m Message) mail.Mail {
	row := mail.Mail{Kind: MailConfirm, SubjectID: m.ID, MailboxKey: m.MailboxKey}
	switch {
	case e.Tell != nil:
		row.Kind, row.SubjectID = MailAgain, *e.Tell
	case e.Sent != nil:
		row.Kind, row.SubjectID = MailAgain, newID()
	case e.tooMany():
		row.SubjectID = newID()
	case e.Remind != nil:
		row.SubjectID = *e.Remind
	case e.Waiting != nil:
		row.SubjectID = newID()
	}
	return row
}

// reminder is the one mail that a day later reminds of letters which still wait.
// A letter that came in before has its own; the mail about this one is dropped.
func (e earlier) reminder(m Message) mail.Mail {
	row := mail.Mail{Kind: MailReminder, SubjectID: m.ID, MailboxKey: m.MailboxKey, NotBefore: m.CreatedAt.Add(reminderAfter)}
	if e.counts() == 0 {
		row.SubjectID = newID()
	}
	return row
}

// ReceiptToken is the token of the message's receipt. It shows states, confirms
// nothing, and is the same each time.
func (l *Letters) ReceiptToken(m Message) string {
	return l.box.Sign(seal.Token{Purpose: seal.Receipt, ID: m.ID, Expires: m.CreatedAt.Add(seal.ReceiptFor), Epoch: m.Epoch})
}

// EmptyReceipt is a token as Submit returns it, of no message: the answer to a
// robot.
func (l *Letters) EmptyReceipt() string {
	return l.ReceiptToken(Message{ID: newID(), CreatedAt: l.now()})
}

// newID is a UUID that sorts by time.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
