package letter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/letter"
)

var printedOn = time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("MST", -7*60*60))

// toFirst chooses every letter of a receipt that can be mailed, to its first
// office.
func toFirst(r letter.Receipt) letter.PrintChoice {
	choice := letter.PrintChoice{Offices: map[uuid.UUID]string{}, On: printedOn}
	for _, t := range r.Letters {
		if offices := t.Mailable(); len(offices) > 0 {
			choice.Offices[t.ID] = letter.OfficeKey(offices[0])
		}
	}
	return choice
}

func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid {
		t.Fatalf("%v is no invalid form", err)
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	return names
}

func TestLettersOnPaper(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.submit(maya(w.byAddress("1437 Bannock St, Denver, CO 80203")))
	choice := toFirst(w.receipt(token))
	choice.Sender = letter.Sender{Name: "  Rosa   Núñez ", Street: "12 Elm St", City: "Denver", State: "co", Zip: "80203"}
	p, err := w.Printed(t.Context(), token, choice)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Letters) != 5 || p.Lang != "en" || p.IssueTitle == "" {
		t.Fatalf("%d letters in %q about %q", len(p.Letters), p.Lang, p.IssueTitle)
	}
	var to [][]string
	for _, l := range p.Letters {
		to = append(to, l.To)
		if l.Date != "November 22, 2026" || l.Close != "Sincerely," || !strings.HasPrefix(l.Salutation, "Dear ") || !strings.HasPrefix(l.Subject, "Re: ") {
			t.Errorf("letter to %q: %q, %q, %q, %q", l.To, l.Date, l.Salutation, l.Subject, l.Close)
		}
		if l.Paragraphs[0] != "My brother was hurt in a traffic stop in 2022." || l.Paragraphs[1] == "" || strings.Contains(strings.Join(l.Paragraphs, ""), "[your") {
			t.Errorf("letter to %q says %q", l.To, l.Paragraphs)
		}
		if l.From[0].Text != "Rosa Núñez" || l.From[1].Text != "12 Elm St" || l.From[2].Text != "Denver, CO 80203" || l.Name[0].Text != "Rosa Núñez" {
			t.Errorf("from %+v and %+v", l.From[0].Text, l.Name)
		}
		if strings.Contains(fmt.Sprint(l.From[0].Text, l.From[1].Text), "Ortiz") {
			t.Error("the stored name is on paper")
		}
	}
	for _, want := range [][]string{
		{"Senator Michael F. Bennet", "United States Senate", "261 Russell Senate Office Building", "Washington, DC 20510"},
		{"Representative Diana DeGette", "United States House of Representatives", "2111 Rayburn House Office Building", "Washington, DC 20515-0601"},
	} {
		if !slices.ContainsFunc(to, func(lines []string) bool { return slices.Equal(lines, want) }) {
			t.Errorf("nothing goes to %q but to %q", want, to)
		}
	}
}

func TestNothingTypedIsALineToWriteOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.submit(maya(w.byZIP("80203")))
	choice := toFirst(w.receipt(token))
	p, err := w.Printed(t.Context(), token, choice)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range append(p.Letters[0].From, p.Letters[0].Name[0]) {
		if line.Text != "" || line.Blank == "" {
			t.Errorf("%q, to be written by hand: %q", line.Text, line.Blank)
		}
	}
	choice.Sender.Zip = "80203"
	if p, err = w.Printed(t.Context(), token, choice); err != nil || p.Letters[0].From[2].Text != "80203" {
		t.Errorf("a ZIP code alone is printed as %q: %v", p.Letters[0].From[2].Text, err)
	}
}

func TestWhatCanNotBePrintedIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.submit(maya(w.byZIP("80203")))
	receipt := w.receipt(token)
	other := w.receipt(w.submit(maya(w.byZIP("80203"))))
	first := receipt.Letters[0]
	for name, spoil := range map[string]func(*letter.PrintChoice){
		"letters":                    func(c *letter.PrintChoice) { clear(c.Offices) },
		letter.OfficeField(first.ID): func(c *letter.PrintChoice) { c.Offices[first.ID] = "" },
		letter.OfficeField(first.ID) + " ": func(c *letter.PrintChoice) {
			c.Offices[first.ID] = letter.OfficeKey(receipt.Letters[1].Mailable()[0])
		},
		"name":    func(c *letter.PrintChoice) { c.Sender.Name = strings.Repeat("x", 200) },
		"street":  func(c *letter.PrintChoice) { c.Sender.Street = "1 Main St\n2 Main St" },
		"city":    func(c *letter.PrintChoice) { c.Sender.City = "\u202eDenver" },
		"state":   func(c *letter.PrintChoice) { c.Sender.State = "XX" },
		"zip":     func(c *letter.PrintChoice) { c.Sender.Zip = "8020" },
		"without": func(c *letter.PrintChoice) { c.Sender.Name = "李小龍 💙" },
	} {
		choice := toFirst(receipt)
		spoil(&choice)
		_, err := w.Printed(t.Context(), token, choice)
		if got := fieldsOf(t, err); !slices.Equal(got, []string{strings.TrimSpace(name)}) {
			t.Errorf("%s: %q is at fault", name, got)
		}
	}
	choice := toFirst(receipt)
	choice.Sender.Name, choice.Without = "Bruce 李小龍 💙", true
	if _, err := w.Printed(t.Context(), token, choice); err != nil {
		t.Errorf("without what can't be printed: %v", err)
	}
	for name, ask := range map[string]func() error{
		"another message's letter": func() error {
			choice := toFirst(receipt)
			choice.Offices[other.Letters[0].ID] = letter.OfficeKey(other.Letters[0].Mailable()[0])
			_, err := w.Printed(t.Context(), token, choice)
			return err
		},
		"no token":        func() error { _, err := w.Printed(t.Context(), "nonsense", choice); return err },
		"another's token": func() error { _, err := w.Printed(t.Context(), w.confirmToken(token), choice); return err },
	} {
		if err := ask(); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := fmt.Sprintf("%v %+v", choice.Sender, choice); strings.Contains(got, "Bruce") {
		t.Errorf("a choice prints its sender: %s", got)
	}
}

// Of state legislators only the capitol is printed, and of those who are not
// offered nothing.
func TestOnlyOfferedOfficesAreMailed(t *testing.T) {
	t.Parallel()
	full := civics.Office{Kind: civics.OfficeDistrict, Street: "1 Home St", City: "Denver", State: "CO", Zip: "80203"}
	capitol := full
	capitol.Kind, capitol.Street = civics.OfficeCapitol, "200 E. Colfax Ave."
	partial := capitol
	partial.Zip = ""
	for name, of := range map[string]struct {
		official civics.Official
		want     []civics.Office
	}{
		"federal":  {civics.Official{Level: civics.Federal, Offices: []civics.Office{full, partial, capitol}}, []civics.Office{capitol, full}},
		"state":    {civics.Official{Level: civics.State, Offices: []civics.Office{full, partial, capitol}}, []civics.Office{capitol}},
		"left":     {civics.Official{Level: civics.Federal, Offices: []civics.Office{capitol}, Serves: civics.Serves{Left: true}}, nil},
		"withheld": {civics.Official{Level: civics.Federal, Offices: []civics.Office{capitol}, NotOffered: "a reason"}, nil},
		"vacant":   {civics.Official{Level: civics.Federal, Offices: []civics.Office{capitol}, Vacant: true}, nil},
	} {
		if got := (letter.Tracked{Official: &of.official}).Mailable(); !slices.Equal(got, of.want) {
			t.Errorf("%s: %v, want %v", name, got, of.want)
		}
	}
}
