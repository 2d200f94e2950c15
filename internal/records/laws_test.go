package records

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"redress/internal/civics"
)

// TestTheTableIsWhole holds the table to what its head promises: a law for every
// state, the district and the nation; a source for every fact; a sentence for the
// letter where, and only where, the time was verified.
func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	if n := len(Laws()); n != 52 {
		t.Errorf("%d laws", n)
	}
	if Laws()[0].Code != Federal {
		t.Errorf("the first law is %s's", Laws()[0].Code)
	}
	if Checked().IsZero() {
		t.Error("the table has no date")
	}
	seen := map[string]bool{}
	for _, l := range Laws() {
		if seen[l.Code] {
			t.Errorf("%s stands twice", l.Code)
		}
		seen[l.Code] = true
		if l.Code != Federal && civics.StateName(l.Code) != l.State {
			t.Errorf("%s is called %q", l.Code, l.State)
		}
		l.check(t)
	}
	for _, code := range civics.StateCodes() {
		if _, territory := map[string]bool{"AS": true, "GU": true, "MP": true, "PR": true, "VI": true}[code]; !territory && !seen[code] {
			t.Errorf("%s has no law", code)
		}
	}
}

func (l Law) check(t *testing.T) {
	t.Helper()
	if l.Name == "" || l.Cite == "" || l.Source(l.From).URL == "" {
		t.Errorf("%s lacks a name, a citation or their source", l.Code)
	}
	for name, s := range l.Sources {
		if u, err := url.Parse(s.URL); err != nil || !strings.HasPrefix(u.Scheme, "http") || u.Host == "" || s.Title == "" {
			t.Errorf("%s: the source %q is no page", l.Code, name)
		}
	}
	for what, f := range map[string]Fact{"who": l.Who.Fact, "time": l.Time.Fact, "fee": l.Fee, "appeal": l.Appeal} {
		switch {
		case !f.Known() && (f != Fact{}):
			t.Errorf("%s: %s says nothing and yet something", l.Code, what)
		case f.Known() && l.Source(f.From).URL == "":
			t.Errorf("%s: %s names no source", l.Code, what)
		case f.Known() && !strings.HasSuffix(f.Say, ".") && !strings.HasSuffix(f.Say, ".”"):
			t.Errorf("%s: %s is no sentence: %q", l.Code, what, f.Say)
		}
	}
	if l.Time.Verified != (l.Time.Letter != "") {
		t.Errorf("%s: the letter quotes the time: %q, verified: %t", l.Code, l.Time.Letter, l.Time.Verified)
	}
	switch l.Who.Rule {
	case Anyone, Adults, Residents, Citizens:
	case "":
		if l.Who.Known() {
			t.Errorf("%s has no rule for who may ask", l.Code)
		}
	default:
		t.Errorf("%s: who may ask is %q", l.Code, l.Who.Rule)
	}
	for _, sentence := range []string{l.Name, l.Cite, l.Time.Letter} {
		if strings.ContainsFunc(sentence, unicode.IsControl) {
			t.Errorf("%s: %q breaks its line", l.Code, sentence)
		}
	}
}

// TestSomeStatesAskForTheirPeople pins the states whose laws speak of residents
// or citizens: a slip here would put a false claim into a letter, or leave a true
// one out.
func TestSomeStatesAskForTheirPeople(t *testing.T) {
	t.Parallel()
	var got []string
	for _, l := range Laws() {
		if l.Who.OfState() {
			got = append(got, l.Code+" "+l.Who.Rule)
		}
	}
	want := "AL residents, AR citizens, DE citizens, KY residents, NH citizens, TN citizens, VA citizens"
	if strings.Join(got, ", ") != want {
		t.Errorf("the states are %v", got)
	}
}

func TestAWrongTableIsNoticed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"laws: [{code: XX, nome: x}]", "laws: {", "laws: [{time: {letters: x}}]"} {
		if _, err := readLaws([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
