package proof

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/abuse"
	"redress/internal/civics/civicstest"
)

// TestSomeoneElsesLegislatorIsRefused writes from Denver to a legislator of
// Boulder and to one of California: the server derives who represents the
// address and refuses any other, also when they stand beside the right ones.
func TestSomeoneElsesLegislatorIsRefused(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, _ := legislators(t, s)
	boulder := whoRepresents(t, s, civicstest.Boulder).of("state", "upper")
	california := whoRepresents(t, s, civicstest.Pleasanton).of("state", "upper")
	if len(boulder) != 1 || len(california) != 1 || boulder[0].ID == senator.ID || california[0].email() == "" {
		t.Fatalf("strangers: %+v %+v", boulder, california)
	}
	for _, chosen := range [][]string{
		{boulder[0].ID}, {california[0].ID}, {senator.ID, california[0].ID},
		{california[0].ID, senator.ID, boulder[0].ID}, {senator.ID, "openstates:00000000-0000-0000-0000-000000000000"}, {"vacant:us-ca-cd-14"}, {},
	} {
		m := maya()
		resp, text := s.post(t, theIssue+"/letter", m.writing(chosen...))
		if resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("to %v: %d, Location %q", chosen, resp.StatusCode, resp.Header.Get("Location"))
			continue
		}
		if !strings.Contains(text, "error-summary") || !strings.Contains(text, "My neighbor sued") {
			t.Errorf("to %v: no summary, or her words are gone", chosen)
		}
		if slices.Contains(chosen, california[0].ID) {
			has(t, "the refusal", text, say("letter.refused.heading"), california[0].Name)
		}
	}
	// A ZIP code of the stranger's district beside a street in Denver proves
	// nothing: the letter is refused or, when the map can't place such an address,
	// laid ready for the writer's own hand.
	m := maya()
	m.Zip = "94566"
	if resp, _ := s.post(t, theIssue+"/letter", m.writing(california[0].ID)); resp.StatusCode == http.StatusSeeOther {
		_, receipt := s.follow(t, resp.Header.Get("Location"))
		has(t, "the receipt", receipt, say("messages.unplaced"), say("messages.state.needs_you"))
		hasNot(t, "the receipt", receipt, say("messages.state.awaiting"))
	} else if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("with the stranger's ZIP code: %d", resp.StatusCode)
	}
	// What the address form's choice "Or choose them yourself" offers is no proof either.
	resp, text := s.post(t, theIssue+"/letter/recipients", url.Values{"officials[]": {california[0].ID}})
	if resp.StatusCode != http.StatusOK || !strings.Contains(text, california[0].Name) {
		t.Errorf("choosing by hand: %d", resp.StatusCode)
	}
	time.Sleep(2 * time.Second)
	for _, mail := range s.mails(t) {
		for _, stranger := range []official{boulder[0], california[0]} {
			if strings.Contains(mail.Get("To"), stranger.email()) && strings.Contains(mail.Get("Reply-To"), "maya.") {
				t.Errorf("a letter from Denver went to %s", stranger.Name)
			}
		}
	}
}

var hrefs = regexp.MustCompile(`(?:href|src|action)="([^"]+)"`)

// links are the addresses on this site that a page names.
func links(s *site, page string) []string {
	var found []string
	for _, m := range hrefs.FindAllStringSubmatch(page, -1) {
		link := strings.ReplaceAll(m[1], "&amp;", "&")
		link = strings.TrimPrefix(link, s.URL)
		if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") && !slices.Contains(found, link) {
			found = append(found, link)
		}
	}
	return found
}

// TestTheRedirectAfterAFormConfirmsNothing takes what a public POST answers,
// follows it and every link on it, and tries its token wherever a token
// confirms. Only the mailbox can confirm.
func TestTheRedirectAfterAFormConfirmsNothing(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	senator, representative := legislators(t, s)
	m := maya()
	federal := whoRepresents(t, s, m.Zip).of("federal", "house")
	locations := []string{
		s.redirected(t, theIssue+"/pledge", m.signing()),
		s.redirected(t, theIssue+"/letter", m.writing(senator.ID, representative.ID, federal[0].ID)),
		s.redirected(t, theIssue+"/letter", maya().writing(federal[0].ID)),
	}
	withUpdates := maya().writing(federal[0].ID)
	withUpdates.Set("updates", "yes")
	locations = append(locations, s.redirected(t, theIssue+"/letter", withUpdates))
	s.awaitMail(t, m.Email, confirmSignature)
	s.awaitMail(t, m.Email, confirmLetters)
	before := states(t, s)

	for _, location := range locations {
		if strings.Contains(location, "confirm") || strings.Contains(location, "example.org") {
			t.Errorf("a form leads to %s", location)
		}
		_, page := s.follow(t, location)
		if strings.Contains(page, "/confirm") {
			t.Errorf("the page at %.20s… links a confirmation", location)
		}
		for _, link := range links(s, page) {
			s.get(t, link)
		}
		token := location[strings.LastIndexByte(location, '/')+1:]
		for _, door := range []string{"/messages/" + token + "/confirm", "/signatures/" + token + "/confirm"} {
			if resp, _ := s.get(t, door); resp.StatusCode != http.StatusNotFound {
				t.Errorf("GET of a receipt's token at %.12s…/confirm: %d", door, resp.StatusCode)
			}
			if resp, _ := s.post(t, door, nil); resp.StatusCode != http.StatusNotFound {
				t.Errorf("POST of a receipt's token at %.12s…/confirm: %d", door, resp.StatusCode)
			}
		}
	}
	if after := states(t, s); after != before {
		t.Errorf("something moved:\nbefore %s\nafter  %s", before, after)
	}
	if sent := s.mailsFrom(t, m); len(sent) > 0 {
		t.Error("a letter went out unconfirmed")
	}

	// The other way round: what the mailbox holds for one thing opens no other.
	signature := path(t, s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm"))
	message := path(t, s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	for _, door := range []string{
		strings.Replace(signature, "/signatures/", "/messages/", 1), strings.Replace(message, "/messages/", "/signatures/", 1),
		strings.TrimSuffix(signature, "/confirm"), strings.TrimSuffix(message, "/confirm"),
	} {
		if resp, _ := s.get(t, door); resp.StatusCode != http.StatusNotFound {
			t.Errorf("GET %.12s… with a token for another door: %d", door, resp.StatusCode)
		}
		if strings.HasSuffix(door, "/confirm") {
			if resp, _ := s.post(t, door, nil); resp.StatusCode != http.StatusNotFound {
				t.Errorf("POST %.12s… with a token for another door: %d", door, resp.StatusCode)
			}
		}
	}
	for _, broken := range []string{signature[:len(signature)-len("/confirm")-2] + "/confirm", strings.Replace(signature, "/signatures/", "/signatures/A", 1)} {
		if resp, _ := s.post(t, broken, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("a broken token: %d", resp.StatusCode)
		}
	}
	if after := states(t, s); after != before {
		t.Errorf("something moved:\nbefore %s\nafter  %s", before, after)
	}
}

// states tells what confirming would move, in one line.
func states(t testing.TB, s *site) string {
	t.Helper()
	conn := connect(t, s)
	rows, err := conn.Query(t.Context(), `
		SELECT 'signature ' || state || ' ' || count(*) FROM signature GROUP BY state
		UNION ALL SELECT 'counted ' || coalesce(sum(confirmed), 0) FROM pledge_counter
		UNION ALL SELECT 'message ' || (confirmed_at IS NOT NULL) || ' ' || count(*) FROM message GROUP BY confirmed_at IS NOT NULL
		UNION ALL SELECT 'delivery ' || state || ' ' || count(*) FROM delivery GROUP BY state
		UNION ALL SELECT 'mail ' || kind || ' ' || count(*) FROM mail GROUP BY kind
		UNION ALL SELECT 'subscriber ' || state || ' ' || rhythm || ' ' || count(*) FROM subscriber GROUP BY state, rhythm
		UNION ALL SELECT 'standing ' || count(*) FROM consent WHERE withdrawn IS NULL
		UNION ALL SELECT 'consent ' || count(*) FROM consent
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "; ")
}

// TestScannersChangeNothing follows every link of every captured mail by GET and
// HEAD, as mail scanners do, some of them with a browser that runs scripts.
func TestScannersChangeNothing(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	senator, representative := legislators(t, s)
	m, other := maya(), maya()
	s.redirected(t, theIssue+"/pledge", m.signing())
	s.redirected(t, secondIssue+"/pledge", other.signing())
	s.redirected(t, theIssue+"/letter", m.writing(senator.ID, representative.ID))
	first := path(t, s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	signed := path(t, s.awaitMail(t, other.Email, confirmSignature).link(t, "/confirm"))
	waiting := path(t, s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm"))
	s.redirected(t, first, nil)
	s.post(t, signed, nil)
	s.redirected(t, secondIssue+"/pledge", other.signing())
	unsent := maya()
	s.redirected(t, theIssue+"/letter", unsent.writing(senator.ID))
	unconfirmed := s.awaitMail(t, unsent.Email, confirmLetters).link(t, "/confirm")
	s.awaitMail(t, other.Email, alreadySigned)
	s.awaitMailsFrom(t, m, 2)
	s.awaitMail(t, m.Email, copyOfLetters)
	before, counts := settled(t, s), s.count(t, theIssue).Confirmed

	followed := map[string]bool{}
	for _, mail := range s.mails(t) {
		for _, link := range append(linkInMail.FindAllString(mail.Text, -1), linkInMail.FindAllString(mail.HTML, -1)...) {
			link = strings.TrimRight(strings.ReplaceAll(link, "&amp;", "&"), ".,)")
			if !strings.HasPrefix(link, s.URL+"/") || followed[link] {
				continue
			}
			followed[link] = true
			for _, method := range []string{http.MethodHead, http.MethodGet} {
				req, err := http.NewRequestWithContext(t.Context(), method, link, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				body(t, resp)
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s of a mail's link %.40s…: %d", method, path(t, link), resp.StatusCode)
				}
				if resp.Header.Get("Cache-Control") != "private, no-store" && strings.Contains(link, "/confirm") {
					t.Errorf("a page with a token may be cached: %q", resp.Header.Get("Cache-Control"))
				}
			}
		}
	}
	if len(followed) < 6 {
		t.Fatalf("only %d links were followed: nothing was proven", len(followed))
	}
	b := open(t, look{})
	for _, link := range []string{s.URL + waiting, unconfirmed} {
		b.visit(link)
	}
	time.Sleep(6 * time.Second) // jobs have been by
	if after := states(t, s); after != before {
		t.Errorf("following links moved something:\nbefore %s\nafter  %s", before, after)
	}
	if got := s.count(t, theIssue).Confirmed; got != counts {
		t.Errorf("the count moved from %d to %d", counts, got)
	}
	if text := s.counted(t, waiting); !strings.Contains(text, say("pledge.thanks.heading", "Name", "Maya")) {
		t.Errorf("after the scanners the button no longer works: %s", text)
	}
}

// settled waits until nothing moves any more.
func settled(t testing.TB, s *site) string {
	t.Helper()
	last := states(t, s)
	for range 20 {
		time.Sleep(500 * time.Millisecond)
		now := states(t, s)
		if now == last && !strings.Contains(now, "delivery queued 2") && !strings.Contains(now, "sending") {
			return now
		}
		last = now
	}
	return last
}

// TestTheNamedFieldsAreEnough posts the forms as a program does
// that knows their field names and nothing else: no hidden field, no Origin.
func TestTheNamedFieldsAreEnough(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, representative := legislators(t, s)
	here := whoRepresents(t, s, civicstest.Denver)
	everyone := []string{senator.ID, representative.ID}
	for _, o := range append(here.of("federal", "senate"), here.of("federal", "house")...) {
		everyone = append(everyone, o.ID)
	}
	signer := maya()
	full := signer.signing()
	full.Set("show_name", "on")
	full.Set("updates", "on")
	for _, form := range []url.Values{signer.signing(), full} {
		if to := s.redirected(t, theIssue+"/pledge", form); !strings.HasPrefix(to, "/signatures/") {
			t.Errorf("the pledge leads to %s", to)
		}
	}
	writer := maya()
	form := writer.writing(everyone...)
	form.Set("updates", "yes")
	for _, form := range []url.Values{form, maya().writing(senator.ID)} {
		if to := s.redirected(t, theIssue+"/letter", form); !strings.HasPrefix(to, "/messages/") {
			t.Errorf("the letter leads to %s", to)
		}
	}
	// One subject and one body stand for every recipient.
	s.redirected(t, path(t, s.awaitMail(t, writer.Email, confirmLetters).link(t, "/confirm")), nil)
	for _, letter := range s.awaitMailsFrom(t, writer, 2) {
		if !strings.HasPrefix(letter.Subject, "Please let the courts answer") || !strings.Contains(letter.Text, "Please tell me where you stand, and why.") {
			t.Errorf("the letter doesn't say what was written: %s\n%s", letter.Subject, letter.Text)
		}
	}
}

// TestAnotherSiteCanNotUseTheForms: a browser says where a form came from.
func TestAnotherSiteCanNotUseTheForms(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, test := range []struct {
		header, value string
		want          int
	}{
		{"Sec-Fetch-Site", "cross-site", http.StatusForbidden}, {"Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{"Origin", "https://evil.example", http.StatusForbidden}, {"Origin", "null", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-origin", http.StatusSeeOther}, {"Origin", s.URL, http.StatusSeeOther},
	} {
		p := maya()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+theIssue+"/pledge", strings.NewReader(p.signing().Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(test.header, test.value)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body(t, resp)
		if resp.StatusCode != test.want {
			t.Errorf("%s: %s: %d, want %d", test.header, test.value, resp.StatusCode, test.want)
		}
	}
}

// TestRobotsAreThankedAndForgotten: who fills in the field that people don't see
// gets the answer that people get, and nothing is kept or mailed.
func TestRobotsAreThankedAndForgotten(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	senator, _ := legislators(t, s)
	before := states(t, s)
	robot := maya()
	for door, form := range map[string]url.Values{"/pledge": robot.signing(), "/letter": robot.writing(senator.ID)} {
		form.Set(abuse.HoneypotField, "https://spam.example")
		if to := s.redirected(t, theIssue+door, form); strings.Contains(to, "confirm") {
			t.Errorf("%s leads to %s", door, to)
		}
	}
	person := maya()
	s.redirected(t, theIssue+"/pledge", person.signing())
	s.awaitMail(t, person.Email, confirmSignature)
	if got := len(s.mails(t)); got != 1 {
		t.Errorf("%d mails, want one", got)
	}
	if after := states(t, s); strings.Contains(after, "message") || !strings.Contains(after, "signature pending 1") {
		t.Errorf("kept:\nbefore %s\nafter  %s", before, after)
	}
}
