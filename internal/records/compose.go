package records

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"redress/internal/i18n"
)

// Draft is a request letter, laid ready: as text to copy and in the parts that
// a sheet of paper needs.
type Draft struct {
	From, To   []string // lines of an address, the name first
	Date       string
	Subject    string
	Salutation string
	Paragraphs []string // an item of the list is a paragraph that begins with its number
	Close      string
	Name       string
	Email      string // the agency's; may be empty
	// NotOfState says that the law speaks of people of its state and that the
	// writer's address is in another: the letter claims nothing about it.
	NotOfState bool
}

// Compose writes the letter. The law is cited by name and section; a time is
// named only where it was verified.
func Compose(ctx context.Context, law Law, r Request, today time.Time) Draft {
	d := Draft{
		From:       address(r.Writer.Name(), r.Writer.Street, r.Writer.City, r.Writer.State, r.Writer.Zip),
		To:         address(r.Agency.Name, r.Agency.Street, r.Agency.City, r.Agency.State, r.Agency.Zip),
		Date:       i18n.Date(ctx, today),
		Subject:    i18n.T(ctx, "records.letter.subject", "Law", law.Name),
		Salutation: i18n.T(ctx, "records.letter.salutation"),
		Close:      i18n.T(ctx, "records.letter.close"),
		Name:       r.Writer.Name(),
		Email:      r.Agency.Email,
	}
	d.From = append(d.From, r.Writer.Email)
	if law.Second.Name != "" {
		d.say(i18n.T(ctx, "records.letter.ask_two", "Law", law.Name, "Cite", law.Cite, "Second", law.Second.Name, "SecondCite", law.Second.Cite))
	} else {
		d.say(i18n.T(ctx, "records.letter.ask", "Law", law.Name, "Cite", law.Cite))
	}
	if law.Who.OfState() {
		if d.NotOfState = r.Writer.State != law.Code; !d.NotOfState {
			d.say(i18n.T(ctx, "records.letter.resident", "State", law.State))
		}
	}
	d.say(items(r)...)
	d.say(period(ctx, r))
	d.say(format(ctx, r))
	d.say(fee(ctx, r))
	if law.Time.Verified {
		d.say(law.Time.Letter)
	}
	d.say(i18n.T(ctx, "records.letter.withheld"))
	d.say(i18n.T(ctx, "records.letter.contact", "Email", r.Writer.Email))
	d.say(i18n.T(ctx, "records.letter.thanks"))
	return d
}

func (d *Draft) say(paragraphs ...string) {
	for _, p := range paragraphs {
		if p != "" {
			d.Paragraphs = append(d.Paragraphs, p)
		}
	}
}

// address is an address as lines, without those that are empty.
func address(name, street, city, state, zip string) []string {
	place := strings.TrimSpace(state + " " + zip)
	switch {
	case street == "" && city == "" && zip == "":
		place = "" // a state alone is where the form began, and no address
	case city != "" && place != "":
		place = city + ", " + place
	case city != "":
		place = city
	}
	var lines []string
	for _, line := range []string{name, street, place} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// items are what is asked for, numbered: what was chosen, then the writer's own
// words. A single item of one's own needs no number.
func items(r Request) []string {
	var all []string
	for _, c := range r.Choices {
		all = append(all, c.Ask)
	}
	own := paragraphs(r.Description)
	if len(own) > 0 {
		all = append(all, own[0])
	}
	if len(all) > 1 {
		for n := range all {
			all[n] = strconv.Itoa(n+1) + ". " + all[n]
		}
	}
	if len(own) > 1 {
		all = append(all, own[1:]...)
	}
	return all
}

func paragraphs(text string) []string {
	var all []string
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

func period(ctx context.Context, r Request) string {
	switch {
	case r.From.IsZero() && r.Until.IsZero():
		return ""
	case r.Until.IsZero():
		return i18n.T(ctx, "records.letter.period_from", "From", i18n.Date(ctx, r.From))
	case r.From.IsZero():
		return i18n.T(ctx, "records.letter.period_until", "Until", i18n.Date(ctx, r.Until))
	}
	return i18n.T(ctx, "records.letter.period", "From", i18n.Date(ctx, r.From), "Until", i18n.Date(ctx, r.Until))
}

func format(ctx context.Context, r Request) string {
	switch r.Format {
	case FormatPaper:
		return i18n.T(ctx, "records.letter.format_paper")
	case FormatInspect:
		return i18n.T(ctx, "records.letter.format_inspect")
	}
	return i18n.T(ctx, "records.letter.format_electronic")
}

func fee(ctx context.Context, r Request) string {
	switch {
	case r.FeeLimit < 0:
		return i18n.T(ctx, "records.letter.fee_unsaid")
	case r.FeeLimit == 0:
		return i18n.T(ctx, "records.letter.fee_none")
	}
	return i18n.T(ctx, "records.letter.fee_limit", "Limit", i18n.Number(ctx, int64(r.FeeLimit)))
}

// Text is the letter as plain text, to copy into a mail or a web form.
func (d Draft) Text() string {
	parts := []string{strings.Join(d.From, "\n"), d.Date, strings.Join(d.To, "\n"), d.Subject, d.Salutation}
	parts = append(parts, d.Paragraphs...)
	parts = append(parts, d.Close+"\n"+d.Name)
	return strings.Join(parts, "\n\n") + "\n"
}

// longestMailto is what every mail program opens. Longer links are cut by some
// without a word, so none is offered.
const longestMailto = 1900

// Mailto is a link that opens the letter in the visitor's own mail program. It
// reports false when the letter is too long for one.
func (d Draft) Mailto() (string, bool) {
	body := strings.ReplaceAll(d.Text(), "\n", "\r\n") // RFC 6068, section 5
	link := "mailto:" + strings.ReplaceAll(url.PathEscape(d.Email), "&", "%26") + "?subject=" + mailEscape(d.Subject) + "&body=" + mailEscape(body)
	return link, len(link) <= longestMailto
}

// MailtoBlank opens a mail to the agency with the subject only.
func (d Draft) MailtoBlank() string {
	return "mailto:" + strings.ReplaceAll(url.PathEscape(d.Email), "&", "%26") + "?subject=" + mailEscape(d.Subject)
}

// mailEscape writes a value for a mailto link, where a plus stays a plus.
func mailEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
