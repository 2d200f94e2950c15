package proof

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"redress/internal/civics/civicstest"
	"redress/internal/i18n"
)

// person is a visitor with a place to live.
type person struct {
	Given, Family, Email     string
	Street, City, State, Zip string
	Story                    string
}

// address is the person's address on one line.
func (p person) address() string {
	return p.Street + ", " + p.City + ", " + p.State + " " + p.Zip
}

var mailboxes atomic.Int64

// someone gives a person a mailbox that nobody else has.
func someone(p person) person {
	p.Email = fmt.Sprintf("%s.%d@example.org", strings.ToLower(strings.Fields(p.Given)[0]), mailboxes.Add(1))
	return p
}

// maya lives in Denver: Senate district 34, House district 6 of Colorado.
func maya() person {
	return someone(person{
		Given: "Maya", Family: "Ortiz", Street: "1437 Bannock St", City: "Denver", State: "CO", Zip: "80203",
		Story: "My neighbor sued after a search of the wrong house, and no judge ever said whether it was lawful.",
	})
}

// signing is what the pledge's form takes, and nothing else.
func (p person) signing() url.Values {
	return url.Values{"given_name": {p.Given}, "family_name": {p.Family}, "email": {p.Email}, "zip": {p.Zip}}
}

// writing is what the letter's form takes, and nothing else.
func (p person) writing(officials ...string) url.Values {
	return url.Values{
		"given_name": {p.Given}, "family_name": {p.Family}, "email": {p.Email},
		"street": {p.Street}, "city": {p.City}, "state": {p.State}, "zip": {p.Zip},
		"subject": {"Please let the courts answer"}, "story": {p.Story}, "body": {"Please tell me where you stand, and why."},
		"officials[]": officials,
	}
}

// The two issues of the sample.
const (
	theIssue    = "/issues/qualified-immunity"
	secondIssue = "/issues/public-records"
)

// represented is what the API says of a place.
type represented struct {
	Ambiguous  bool
	Confidence string
	Missing    []string
	Divisions  []struct{ ID string }
	Officials  []official
	Candidates []struct {
		Level, Chamber string
		Officials      []string // ids
	}
}

type official struct {
	ID, Name, Title, Division, Chamber, Level string
	Vacant, Certain                           bool
	Channels                                  []struct {
		Kind, Value string
		AsOf        string `json:"as_of"`
	}
}

// knownOn is the day on which the official's address for mail was known, or "".
func (o official) knownOn() string {
	for _, c := range o.Channels {
		if c.Kind == "email" {
			return c.AsOf
		}
	}
	return ""
}

// email is the official's address for mail, or "".
func (o official) email() string {
	for _, c := range o.Channels {
		if c.Kind == "email" {
			return c.Value
		}
	}
	return ""
}

// of are the officials of a level and chamber who surely represent the place.
func (r represented) of(level, chamber string) []official {
	var found []official
	for _, o := range r.Officials {
		if o.Certain && o.Level == level && o.Chamber == chamber {
			found = append(found, o)
		}
	}
	return found
}

// whoRepresents asks the API about a ZIP code or, given a comma, an address.
func whoRepresents(t testing.TB, s *site, place string) represented {
	t.Helper()
	var resp *http.Response
	var err error
	if strings.Contains(place, ",") {
		resp, err = client.Post(s.URL+"/api/v1/representatives", "application/json", strings.NewReader(`{"address":`+quoted(place)+`}`))
	} else {
		resp, err = client.Get(s.URL + "/api/v1/representatives?zip=" + url.QueryEscape(place))
	}
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("who represents %s: %d %s", place, resp.StatusCode, body(t, resp))
	}
	return decoded[represented](t, body(t, resp))
}

// legislators are the two who represent Maya in Denver.
func legislators(t testing.TB, s *site) (senator, representative official) {
	t.Helper()
	r := whoRepresents(t, s, civicstest.Denver)
	upper, lower := r.of("state", "upper"), r.of("state", "lower")
	if len(upper) != 1 || len(lower) != 1 || upper[0].email() == "" || lower[0].email() == "" {
		t.Fatalf("Maya's legislators: %+v, %+v", upper, lower)
	}
	return upper[0], lower[0]
}

// post sends a form as a program does: with its fields, and no header that only
// browsers send.
func (s *site) post(t testing.TB, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	resp, err := client.PostForm(s.URL+path, form)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body(t, resp)
}

// redirected posts a form that must be taken and returns where it leads.
func (s *site) redirected(t testing.TB, path string, form url.Values) string {
	t.Helper()
	resp, text := s.post(t, path, form)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("POST %s: %d\n%s", path, resp.StatusCode, plain(text))
	}
	return resp.Header.Get("Location")
}

// counted presses the button that confirms a signature, and returns what the
// page that follows says.
func (s *site) counted(t testing.TB, door string) string {
	t.Helper()
	if to := s.redirected(t, door, nil); to != door {
		t.Errorf("confirming leads to %.20s…, not back to its own address", to)
	}
	resp, text := s.get(t, door)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("after confirming: %d", resp.StatusCode)
	}
	return plain(text)
}

var (
	unseen = regexp.MustCompile(`(?s)<(script|style|head)[ >].*?</(script|style|head)>`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// plain is roughly what a page says to a reader, for messages of tests.
func plain(page string) string {
	return brief(html.UnescapeString(tags.ReplaceAllString(unseen.ReplaceAllString(page, " "), " ")))
}

// say is what the site says in its catalog's words.
func say(key string, pairs ...any) string {
	if !i18n.Has(key) {
		panic("the catalogs say nothing under " + key)
	}
	return i18n.T(context.Background(), key, pairs...)
}

// upTo is the beginning of such a sentence, up to what it fills in or, when it
// fills in nothing, its first sentence.
func upTo(key string) string {
	const mark = "\x00"
	whole := say(key, "Time", mark, "Name", mark, "Date", mark, "State", mark, "Source", mark)
	begin, _, _ := strings.Cut(whole, mark)
	if begin == whole {
		begin, _, _ = strings.Cut(whole, ". ")
	}
	if begin = strings.TrimSpace(begin); len(begin) < 5 {
		panic("too little is said by " + key)
	}
	return begin
}
