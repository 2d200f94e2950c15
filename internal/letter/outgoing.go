package letter

import (
	"context"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/seal"
)

// Outgoing is one letter as it goes to an office: all that its mail says but
// the footer, which names the center. It is personal data.
type Outgoing struct {
	To          netmail.Address
	Channel     string // the kind by which it goes
	WriterName  string
	ReplyTo     netmail.Address
	Subject     string
	Salutation  string
	Story       string
	Body        string
	Close       []string // name, street, and city with state and ZIP
	IssueTitle  string
	Lang        string
	ConfirmedAt *time.Time
	HeldFor     Hold // why it waits, or will once it is confirmed; HoldNone: it doesn't
	Test        bool // only tried: captured, whatever the site does

	OwnWords     int  // words of Story and Body that are the writer's own …
	AllWords     int  // … of so many
	BodyPrepared bool // Body is the campaign's prepared text, unchanged
}

// Statement tells whether the letter is the campaign's statement, sent as it is:
// the prepared text unchanged, and no word beside it.
func (o Outgoing) Statement() bool { return o.BodyPrepared && o.Story == "" }

// String keeps a letter out of logs that print whole values.
func (Outgoing) String() string { return "[letter]" }

// Outgoing reads a confirmed delivery as it goes to its office. A delivery that
// is gone, or was never confirmed, is fault.NotFound.
func (l *Letters) Outgoing(ctx context.Context, delivery uuid.UUID) (Outgoing, error) {
	d, err := deliveryByID(ctx, l.db.Read(ctx), delivery)
	if err != nil {
		return Outgoing{}, err
	}
	m, err := messageByID(ctx, l.db.Read(ctx), d.MessageID)
	if err != nil {
		return Outgoing{}, err
	}
	if m.ConfirmedAt == nil || !m.Placed {
		return Outgoing{}, fault.NotFound("letter.delivery.unknown")
	}
	return l.outgoing(ctx, m, d)
}

// outgoing puts a letter together from its sealed rows.
func (l *Letters) outgoing(ctx context.Context, m Message, d Delivery) (Outgoing, error) {
	ctx = i18n.With(ctx, m.Lang)
	iss, err := l.issues.Facts(ctx, m.IssueSlug)
	if err != nil {
		return Outgoing{}, err
	}
	p, err := l.openPerson(ctx, m)
	if err != nil {
		return Outgoing{}, err
	}
	texts, err := textsOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return Outgoing{}, err
	}
	words, err := l.openText(texts[d.TextID])
	if err != nil {
		return Outgoing{}, err
	}
	return Outgoing{
		To: netmail.Address{Name: d.Title + " " + d.OfficialName, Address: d.SentTo}, Channel: d.Channel, Test: d.Test,
		WriterName: p.name(),
		ReplyTo:    netmail.Address{Name: p.name(), Address: p.email},
		Subject:    subjectLine(words.subject, d.BillNumber, p.city),
		Salutation: salutation(ctx, d.Title, d.LastName),
		Story:      words.story, Body: words.body,
		Close:      []string{p.name(), p.street, p.city + ", " + p.state + " " + p.zip},
		IssueTitle: iss.Title, Lang: m.Lang, ConfirmedAt: m.ConfirmedAt, HeldFor: l.waits(m, d),
		OwnWords: texts[d.TextID].OwnWords, AllWords: texts[d.TextID].AllWords, BodyPrepared: texts[d.TextID].BodyPrepared,
	}, nil
}

// subjectLine is the subject with the bill and the town, by which offices sort,
// added where the writer's own words lack them.
func subjectLine(subject, bill, town string) string {
	var missing []string
	for _, part := range []string{bill, town} {
		if part != "" && !strings.Contains(strings.ToLower(subject), strings.ToLower(part)) {
			missing = append(missing, part)
		}
	}
	if len(missing) == 0 {
		return subject
	}
	return subject + " (" + strings.Join(missing, ", ") + ")"
}

func salutation(ctx context.Context, title, lastName string) string {
	return i18n.T(ctx, "letter.salutation", "Name", strings.TrimSpace(title+" "+lastName))
}

// paragraphs joins what is not empty with a blank line between.
func paragraphs(parts ...string) string {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, "\n\n")
}

// person is a message's writer, unsealed.
type person struct{ prefix, given, family, email, street, city, state, zip string }

func (p person) String() string { return "[person]" }

func (p person) name() string { return p.given + " " + p.family }

// openPerson unseals a message's writer; fault.NotFound when they were erased.
func (l *Letters) openPerson(ctx context.Context, m Message) (person, error) {
	row, err := personOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return person{}, err
	}
	var p person
	for _, f := range []struct {
		column string
		sealed seal.Text
		into   *string
	}{
		{"prefix", row.Prefix, &p.prefix}, {"given_name", row.GivenName, &p.given}, {"family_name", row.FamilyName, &p.family}, {"email", row.Email, &p.email},
		{"street", row.Street, &p.street}, {"city", row.City, &p.city}, {"state", row.State, &p.state}, {"zip", row.Zip, &p.zip},
	} {
		if *f.into, err = l.box.Open(f.sealed, seal.Place{Table: "message_person", Column: f.column, Row: m.ID}); err != nil {
			return person{}, fmt.Errorf("open person: %w", err)
		}
	}
	return p, nil
}

// words is a message's text, unsealed.
type words struct{ subject, story, body string }

func (words) String() string { return "[words]" }

func (l *Letters) openText(row MessageText) (words, error) {
	var w words
	var err error
	for _, f := range []struct {
		column string
		sealed seal.Text
		into   *string
	}{{"subject", row.Subject, &w.subject}, {"story", row.Story, &w.story}, {"body", row.Body, &w.body}} {
		if *f.into, err = l.box.Open(f.sealed, seal.Place{Table: "message_text", Column: f.column, Row: row.ID}); err != nil {
			return words{}, fmt.Errorf("open text: %w", err)
		}
	}
	return w, nil
}
