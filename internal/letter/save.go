package letter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"redress/internal/civics"
	"redress/internal/content/item"
	"redress/internal/letter/cwc"
	"redress/internal/postgres"
)

// letterFile is the front matter of letters/<issue>.md.
type letterFile struct {
	Title      string          `yaml:"title"`
	Subject    string          `yaml:"subject"`
	Prompts    []promptFile    `yaml:"prompts"`
	Caution    string          `yaml:"caution"`
	Comparison *comparisonFile `yaml:"comparison"`
	Topics     []string        `yaml:"topics"`
	Test       bool            `yaml:"test"`
	Asks       []askFile       `yaml:"asks"`
}

type askFile struct {
	Level      string   `yaml:"level"`
	Chamber    string   `yaml:"chamber"`
	State      string   `yaml:"state"`
	Stance     string   `yaml:"stance"`
	Committee  string   `yaml:"committee"`
	Committees []string `yaml:"committees"`
	Bill       string   `yaml:"bill"`
	Variant    string   `yaml:"variant"`
	Subject    string   `yaml:"subject"`
	Body       string   `yaml:"body"`
	Call       string   `yaml:"call"`
}

// known is what a letter's file is checked against.
type known struct {
	bills      map[string]knownBill // of the letter's issue, by key
	committees map[string]string    // names of the committees of Congress, by id; empty when none are here yet
}

type knownBill struct {
	legislature string
	committees  []string
}

// SaveContent reads a letter's file and writes it in place of the one that
// stood there. Everything that is wrong with it comes back as item.Problems,
// before anything is written. It needs nothing of l, which may be nil.
func (l *Letters) SaveContent(ctx context.Context, tx *postgres.Tx, it item.Item) error {
	facts, err := knownTo(ctx, tx, it.Slug, it.Lang)
	if err != nil {
		return err
	}
	letter, err := parseLetter(it, facts)
	if err != nil {
		return err
	}
	letter.UpdatedAt = time.Now().UTC()
	return replaceLetter(ctx, tx, letter)
}

// parseLetter reads a letter's file against what is known here.
func parseLetter(it item.Item, facts known) (Letter, error) {
	var file letterFile
	check := it.Decode(&file)
	check.Required("title", file.Title)
	check.Max("title", file.Title, 120)
	check.NoBody()
	if len(file.Asks) == 0 {
		check.Fail("asks", "a letter asks nothing without an ask")
	}
	letter := Letter{
		IssueSlug: it.Slug, Lang: it.Lang, Title: strings.TrimSpace(file.Title), Subject: strings.TrimSpace(file.Subject),
		Caution: strings.TrimSpace(file.Caution), Topics: append([]string{}, file.Topics...), Test: file.Test,
	}
	for i, topic := range letter.Topics {
		check.OneOf(fmt.Sprintf("topics[%d]", i), topic, cwc.Topics()...)
	}
	letter.Prompts, letter.Openings = parsePrompts(check, file.Prompts)
	letterSubject := checkTemplate(check, "subject", letter.Subject)
	seen := map[string]int{}
	for i, f := range file.Asks {
		at := fmt.Sprintf("asks[%d]", i)
		ask := f.ask(it, i)
		ask.check(check, at, letterSubject)
		ask.checkBill(check, at, facts.bills)
		ask.checkCommittees(check, f.committeeField(check, at), facts)
		if first, twice := seen[ask.Key]; twice {
			check.Fail(at, "asks the same level, chamber, state, stance, committee and bill as asks[%d]", first)
		} else {
			seen[ask.Key] = i
		}
		letter.Asks = append(letter.Asks, ask)
	}
	letter.Comparison = file.Comparison.parse()
	letter.checkComparison(check, file.Comparison != nil)
	return letter, check.Err()
}

func (f askFile) ask(it item.Item, position int) Ask {
	a := Ask{
		IssueSlug: it.Slug, Lang: it.Lang, Position: position,
		Level: civics.Level(f.Level), Chamber: orAny(f.Chamber), State: orAny(f.State), Stance: Stance(orAny(f.Stance)),
		Committees: f.committees(), BillKey: strings.TrimSpace(f.Bill), Variant: strings.TrimSpace(f.Variant),
		Subject: strings.TrimSpace(f.Subject), Body: strings.TrimSpace(f.Body), Call: strings.TrimSpace(f.Call),
	}
	a.Key = a.key()
	return a
}

func orAny(s string) string {
	if s == "" {
		return Any
	}
	return s
}

// check reports what is wrong with the ask standing at a path of the file.
func (a Ask) check(c *item.Check, at string, letterSubject Template) {
	c.OneOf(at+".level", string(a.Level), string(civics.Federal), string(civics.State))
	chambers := []string{string(civics.Senate), string(civics.House), Any}
	if a.Level == civics.State {
		chambers = []string{string(civics.Upper), string(civics.Lower), Any}
	}
	c.OneOf(at+".chamber", a.Chamber, chambers...)
	if a.State != Any && !IsState(a.State) {
		c.Fail(at+".state", "%q is not a state's two letters, or any", a.State)
	}
	c.OneOf(at+".stance", string(a.Stance), string(StanceSponsor), string(StanceOpposed), string(StanceUnknown), string(StanceAlreadyLaw), string(StanceAny))
	if a.Level == civics.Federal && a.Stance == StanceAlreadyLaw {
		c.Fail(at+".stance", "already_law is a stance of state legislators: state matters never go to Congress")
	}
	c.OneOf(at+".variant", a.Variant, "", VariantA, VariantB)
	c.Required(at+".body", a.Body)
	c.Max(at+".body", a.Body, maxBody)
	subject, subjectAt := checkTemplate(c, at+".subject", a.Subject), at+".subject"
	if a.Subject == "" {
		subject = letterSubject
		if len(letterSubject.pieces) == 0 {
			c.Fail(subjectAt, "is required where the letter has no subject of its own")
		}
	}
	a.checkEmpty(c, subjectAt, subject)
	a.checkEmpty(c, at+".body", checkTemplate(c, at+".body", a.Body))
	a.checkEmpty(c, at+".call", checkTemplate(c, at+".call", a.Call))
}

// checkBill reports a bill that the issue doesn't have, or that is before
// another legislature than those the ask goes to.
func (a Ask) checkBill(c *item.Check, at string, bills map[string]knownBill) {
	if a.BillKey == "" {
		return
	}
	bill, found := bills[a.BillKey]
	switch {
	case !found:
		c.Fail(at+".bill", "the issue has no bill %q", a.BillKey)
	case (a.Level == civics.Federal) != (bill.legislature == "us"):
		c.Fail(at+".bill", "bill %q is not before the legislature that this ask goes to", a.BillKey)
	case a.Level == civics.State && a.State != Any && !strings.EqualFold(bill.legislature, a.State):
		c.Fail(at+".bill", "bill %q is not before the legislature of %s", a.BillKey, a.State)
	}
}

func checkTemplate(c *item.Check, field, text string) Template {
	t, wrong := ParseTemplate(text)
	for _, w := range wrong {
		c.Fail(field, "%v", w)
	}
	if strings.HasSuffix(field, "subject") && strings.ContainsAny(text, "\r\n") {
		c.Fail(field, "must stand on one line")
	}
	return t
}

// compact is a sorted list without blanks and without saying anything twice,
// never nil.
func compact(values []string) []string {
	kept := []string{}
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			kept = append(kept, v)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}
