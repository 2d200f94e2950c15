package letter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter/paper"
	"redress/internal/seal"
)

// Sender is who mails printed letters, as they typed it on the receipt, which
// shows nobody's stored name or address. Each part may be empty: then there is a
// line to write it on by hand. It goes into the letters and is kept nowhere.
type Sender struct{ Name, Street, City, State, Zip string }

// String keeps a sender out of logs that print whole values.
func (Sender) String() string { return "[sender]" }

// PrintChoice is what somebody wants printed.
type PrintChoice struct {
	Offices map[uuid.UUID]string // for each chosen delivery the OfficeKey of where it goes
	Sender  Sender
	On      time.Time // the letters' date, in the site's time zone
	Without bool      // leave out what can't be printed (paper.Missing)
}

// Printed are the letters to print, with what their document says of itself.
type Printed struct {
	Letters    []paper.Letter
	IssueTitle string
	Lang       string // in which they are written
}

// Mailable are the offices to which the letter can be mailed: with a whole postal
// address, the capitol's first. There are none for officials to whom no letters
// are offered, and of state legislators only those at the capitol.
func (t Tracked) Mailable() []civics.Office {
	if !t.Official.Offered() {
		return nil
	}
	var capitol, others []civics.Office
	for _, o := range t.Official.Offices {
		switch {
		case o.Street == "" || o.City == "" || o.State == "" || o.Zip == "":
		case o.Kind == civics.OfficeCapitol:
			capitol = append(capitol, o)
		case t.Official.Level == civics.Federal:
			others = append(others, o)
		}
	}
	return append(capitol, others...)
}

// ToMail tells whether the letter leaves only by its writer's hand, so that they
// may want it on paper.
func (t Tracked) ToMail() bool {
	return t.State == NeedsYou || t.State == Failed
}

// OfficeKey names an office by its address, so that a form which was filled in
// before the list of offices changed names the same one, or none.
func OfficeKey(o civics.Office) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{o.Kind, o.Name, o.Street, o.City, o.State, o.Zip}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// Printed sets the chosen letters of a message for paper, by its receipt token.
// A delivery of another message is fault.NotFound; fault.Invalid names what else
// can't be printed: nothing chosen (the field "letters"), an office that isn't the
// official's (OfficeField), a sender's field, or text with letters that
// the typefaces lack while the choice isn't to leave them out ("without").
func (l *Letters) Printed(ctx context.Context, token string, choice PrintChoice) (Printed, error) {
	m, err := l.messageFor(ctx, token, seal.Receipt)
	if err != nil {
		return Printed{}, err
	}
	ctx = i18n.With(ctx, m.Lang)
	iss, err := l.issues.Facts(ctx, m.IssueSlug)
	if err != nil {
		return Printed{}, err
	}
	deliveries, err := l.chosen(ctx, m, choice)
	if err != nil {
		return Printed{}, err
	}
	sender, err := choice.Sender.clean()
	if err != nil {
		return Printed{}, err
	}
	texts, err := textsOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return Printed{}, err
	}
	p := Printed{IssueTitle: iss.Title, Lang: m.Lang}
	for _, d := range deliveries {
		letter, err := l.onPaper(ctx, d, texts[d.TextID], choice.Offices[d.ID])
		if err != nil {
			return Printed{}, err
		}
		letter.Date = i18n.Date(ctx, choice.On)
		sender.sign(ctx, &letter)
		p.Letters = append(p.Letters, letter)
	}
	if missing := paper.Missing(p.Letters...); len(missing) > 0 && !choice.Without {
		return Printed{}, fault.Invalid("messages.print.invalid", fault.Field{Name: "without", Key: "messages.print.missing", Args: []any{"Letters", listed(missing)}})
	}
	return p, nil
}

// chosen are the deliveries of the message that the choice names, in their order.
func (l *Letters) chosen(ctx context.Context, m Message, choice PrintChoice) ([]Delivery, error) {
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return nil, err
	}
	for id := range choice.Offices {
		if !holds(deliveries, id) {
			return nil, fault.NotFound("letter.delivery.unknown")
		}
	}
	var chosen []Delivery
	for _, d := range deliveries {
		if _, ok := choice.Offices[d.ID]; ok {
			chosen = append(chosen, d)
		}
	}
	if len(chosen) == 0 {
		return nil, fault.Invalid("messages.print.invalid", fault.Field{Name: "letters", Key: "messages.print.none"})
	}
	return chosen, nil
}

// onPaper is one letter to the office of its official that the key names.
func (l *Letters) onPaper(ctx context.Context, d Delivery, text MessageText, office string) (paper.Letter, error) {
	t, err := l.track(ctx, d, text)
	if err != nil {
		return paper.Letter{}, err
	}
	words, err := l.openText(text)
	if err != nil {
		return paper.Letter{}, err
	}
	for _, o := range t.Mailable() {
		if OfficeKey(o) == office {
			return paper.Letter{
				To:         addressed(ctx, t.Official, o),
				Subject:    i18n.T(ctx, "messages.print.subject", "Subject", subjectLine(words.subject, d.BillNumber, "")),
				Salutation: salutation(ctx, d.Title, d.LastName),
				Paragraphs: []string{words.story, words.body},
				Close:      i18n.T(ctx, "messages.mail.sincerely"),
			}, nil
		}
	}
	return paper.Letter{}, fault.Invalid("messages.print.invalid", fault.Field{
		Name: OfficeField(d.ID), Key: "messages.print.office_unknown", Args: []any{"Name", d.Title + " " + d.OfficialName},
	})
}

// OfficeField is the name of the form's field for a delivery's office.
func OfficeField(delivery uuid.UUID) string { return "office[" + delivery.String() + "]" }

// addressed are an official's lines in the window: who, the building or else the
// house, street and city.
func addressed(ctx context.Context, o *civics.Official, office civics.Office) []string {
	lines := []string{strings.TrimSpace(o.Title + " " + o.Name)}
	switch {
	case office.Name != "":
		lines = append(lines, office.Name)
	case office.Kind != civics.OfficeCapitol:
	case o.Chamber == civics.Senate:
		lines = append(lines, i18n.T(ctx, "messages.print.senate"))
	case o.Chamber == civics.House:
		lines = append(lines, i18n.T(ctx, "messages.print.house"))
	case o.SeatName != "":
		lines = append(lines, o.SeatName)
	}
	return append(lines, office.Street, i18n.T(ctx, "representatives.official.city_line", "City", office.City, "State", office.State, "Zip", office.Zip))
}

// spaced are the spaces within a line, however many.
var spaced = regexp.MustCompile(`\s+`)

// clean trims what was typed and reports every field that can't be taken. Unlike
// in a message, nothing is required.
func (s Sender) clean() (Sender, error) {
	var wrong []fault.Field
	fail := func(name, key string, args ...any) {
		wrong = append(wrong, fault.Field{Name: name, Key: key, Args: args})
	}
	optional := func(v, field string, limit int) string {
		if strings.TrimSpace(v) == "" {
			return ""
		}
		return spaced.ReplaceAllString(line(v, field, limit, fail), " ")
	}
	s.Name = optional(s.Name, "name", 2*maxName)
	s.Street = optional(s.Street, "street", maxStreet)
	s.City = optional(s.City, "city", maxCity)
	if s.State = strings.ToUpper(strings.TrimSpace(s.State)); s.State != "" && !IsState(s.State) {
		fail("state", "letter.form.state.unknown")
	}
	if s.Zip = strings.TrimSpace(s.Zip); s.Zip != "" && !zipShape.MatchString(s.Zip) {
		fail("zip", "letter.form.zip.shape")
	}
	if len(wrong) > 0 {
		return s, fault.Invalid("messages.print.invalid", once(wrong)...)
	}
	return s, nil
}

// sign puts the sender's lines at the letter's top and under its signature. What
// is to be written by hand is asked for once, but the name, which belongs under a
// signature.
func (s Sender) sign(ctx context.Context, l *paper.Letter) {
	city := strings.Trim(s.City+", "+strings.TrimSpace(s.State+" "+s.Zip), ", ")
	name := paper.Line{Text: s.Name, Blank: i18n.T(ctx, "messages.print.blank_name")}
	street := paper.Line{Text: s.Street, Blank: i18n.T(ctx, "messages.print.blank_street")}
	place := paper.Line{Text: city, Blank: i18n.T(ctx, "messages.print.blank_city")}
	l.From = []paper.Line{name, street, place}
	l.Name = append([]paper.Line{name}, paper.Lines(s.Street, city)...)
}

// mostListed is how many letters a message names that can't be printed.
const mostListed = 12

// listed names letters for a sentence.
func listed(letters []rune) string {
	var list []string
	for i, letter := range letters {
		if i == mostListed {
			list = append(list, "…")
			break
		}
		list = append(list, string(letter))
	}
	return strings.Join(list, " ")
}
