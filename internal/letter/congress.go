package letter

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/mail"
)

// ToCongress is a letter as it goes to an office of Congress by its own intake.
// It is personal data.
type ToCongress struct {
	Delivery uuid.UUID
	Office   string // the office's code
	Campaign string // the issue's slug
	Lang     string

	Prefix, GivenName, FamilyName string
	Street, City, State, Zip      string
	Email                         string

	Subject   string
	Topics    []string
	Bill      *issue.Bill // nil when the letter is about none
	Own       string      // the writer's own words; "" when there are none
	Statement string      // the campaign's prepared text, unchanged; "" when the writer changed it
	Test      bool        // only tried: captured, whatever the site does
}

// defaultTopics are those of a letter that names none.
var defaultTopics = []string{"Government Operations and Politics"}

// String keeps a letter out of logs that print whole values.
func (ToCongress) String() string { return "[letter]" }

// Congress reads a confirmed delivery as it goes to an office of Congress. It
// holds or takes back what must not go, like Dispatch. A text that its writer
// changed is their own; one that stands as it was prepared is the campaign's.
func (l *Letters) Congress(ctx context.Context, row mail.Mail) (ToCongress, error) {
	out, err := l.Dispatch(ctx, row)
	if err != nil {
		return ToCongress{}, err
	}
	d, err := deliveryByID(ctx, l.db.Read(ctx), row.SubjectID)
	if err != nil {
		return ToCongress{}, err
	}
	m, err := messageByID(ctx, l.db.Read(ctx), d.MessageID)
	if err != nil {
		return ToCongress{}, err
	}
	p, err := l.openPerson(ctx, m)
	if err != nil {
		return ToCongress{}, err
	}
	letter, iss, err := l.load(i18n.With(ctx, m.Lang), m.IssueSlug)
	if err != nil {
		return ToCongress{}, err
	}
	c := ToCongress{
		Delivery: d.ID, Office: d.SentTo, Campaign: m.IssueSlug, Lang: m.Lang,
		Prefix: p.prefix, GivenName: p.given, FamilyName: p.family, Street: p.street, City: p.city, State: p.state, Zip: p.zip, Email: p.email,
		Subject: out.Subject, Topics: letter.Topics, Test: out.Test, Bill: inCongress(iss, d.BillNumber),
	}
	if len(c.Topics) == 0 {
		c.Topics = defaultTopics
	}
	c.Own, c.Statement = out.Parts()
	return c, nil
}

// Parts are a letter's text as the writer's own words and the campaign's
// statement. A prepared text that its writer changed is their own.
func (o Outgoing) Parts() (own, statement string) {
	if o.BodyPrepared {
		return o.Story, o.Body
	}
	return paragraphs(o.Story, o.Body), ""
}

// congressTakes is how long a writer's own words to an office of Congress may be,
// in characters. Longer ones are refused while they can still be changed.
const congressTakes = 10_000

func tooLongForCongress(story, body string, prepared bool) bool {
	own, _ := Outgoing{Story: story, Body: body, BodyPrepared: prepared}.Parts()
	return utf8.RuneCountInString(own) > congressTakes
}

// inCongress is the issue's bill of Congress with a number, nil when there is none.
func inCongress(i issue.Issue, number string) *issue.Bill {
	for _, b := range i.Bills {
		if number != "" && strings.EqualFold(b.Number, number) && b.Legislature == "us" {
			return &b
		}
	}
	return nil
}
