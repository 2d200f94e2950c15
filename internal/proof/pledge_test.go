package proof

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// signedCount is what count.json says.
type signedCount struct {
	Confirmed, Goal int64
	AsOf            time.Time `json:"as_of"`
}

func (s *site) count(t testing.TB, issue string) signedCount {
	t.Helper()
	resp, text := s.get(t, issue+"/count.json")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("count.json: %d %s", resp.StatusCode, text)
	}
	return decoded[signedCount](t, text)
}

// TestMayaSignsAndIsCounted signs, confirms from the mail, and sees the count go
// up by one, on the page and in count.json, within two seconds.
//
// It has a pledge for itself: the other tests sign the first issue's.
func TestMayaSignsAndIsCounted(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	before := s.count(t, secondIssue)
	b := open(t, look{})
	b.visit(s.URL + secondIssue)
	b.click(`a[href="` + secondIssue + `/pledge"]`)
	b.says(say("pledge.form.heading"), say("parts.progress_goal", "Goal", thousands(before.Goal)))
	b.sign(m)
	b.says(say("pledge.sent.title"), say("pledge.sent.lead"))
	b.doesNotSay(m.Email, upTo("pledge.thanks.heading"))
	if where := b.address(); !strings.HasPrefix(where, s.URL+"/signatures/") || strings.HasSuffix(where, "/confirm") {
		t.Errorf("signing led to %s", where)
	}
	b.picture("pledge-sent")

	confirm := s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm")
	if got := s.count(t, secondIssue); got.Confirmed != before.Confirmed {
		t.Errorf("the count moved to %d before the confirmation", got.Confirmed)
	}
	b.visit(confirm)
	b.says(say("pledge.confirm.title"), m.Given+" "+m.Family, say("pledge.confirm.lead"))
	b.picture("pledge-confirm")
	b.click(`main form[method="post"] button`)
	counted := time.Now()
	b.says(say("pledge.thanks.heading", "Name", "Maya"), say("pledge.thanks.next"))
	b.picture("pledge-thanks")
	want := before.Confirmed + 1
	for s.count(t, secondIssue).Confirmed != want {
		if time.Since(counted) > 2*time.Second {
			t.Fatalf("two seconds later count.json says %d, want %d", s.count(t, secondIssue).Confirmed, want)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, page := range []string{secondIssue, secondIssue + "/pledge"} {
		b.visit(s.URL + page)
		if shown := eval[string](b, `document.querySelector("[data-count-number]").textContent`); shown != thousands(want) {
			t.Errorf("%s says %s have signed, want %d", page, shown, want)
		}
	}

	t.Run("confirming again counts once", func(t *testing.T) {
		if text := s.counted(t, path(t, confirm)); !strings.Contains(text, say("pledge.thanks.heading", "Name", "Maya")) {
			t.Error(text)
		}
		time.Sleep(1200 * time.Millisecond)
		if got := s.count(t, secondIssue); got.Confirmed != want {
			t.Errorf("the count is %d, want %d", got.Confirmed, want)
		}
	})
	t.Run("signing again answers alike and mails that it was signed", func(t *testing.T) {
		again := m
		again.Given, again.Family = "  MAYA", "ortiz "
		newcomer := maya()
		first, firstPage := s.follow(t, s.redirected(t, secondIssue+"/pledge", newcomer.signing()))
		second, secondPage := s.follow(t, s.redirected(t, secondIssue+"/pledge", again.signing()))
		if first != second || firstPage != secondPage {
			t.Error("the answer tells a newcomer from one who signed")
		}
		told := s.awaitMail(t, m.Email, alreadySigned)
		for _, link := range linkInMail.FindAllString(told.Text, -1) {
			if strings.Contains(link, "/signatures/") {
				t.Errorf("the mail to one who signed carries a token: it can only confuse")
			}
		}
		s.awaitMail(t, newcomer.Email, confirmSignature)
	})
	t.Run("two people share a mailbox, a third does not", func(t *testing.T) {
		partner, third := m, m
		partner.Given, third.Given = "Leo", "Ada"
		s.redirected(t, secondIssue+"/pledge", partner.signing())
		link := s.awaitMailWhere(t, m.Email, func(x letterbox) bool {
			return x.Kind == confirmSignature && x.linksOther(confirm)
		}).link(t, "/confirm")
		s.redirected(t, secondIssue+"/pledge", third.signing())
		if text := s.counted(t, path(t, link)); !strings.Contains(text, say("pledge.thanks.heading", "Name", "Leo")) {
			t.Errorf("the second person: %s", text)
		}
		time.Sleep(1500 * time.Millisecond)
		if got := s.count(t, secondIssue); got.Confirmed != want+1 {
			t.Errorf("the count is %d, want %d", got.Confirmed, want+1)
		}
		for _, mail := range s.mails(t) {
			if strings.Contains(mail.Get("To"), m.Email) && strings.Contains(mail.Text, "Ada") {
				t.Error("a mail names the third person")
			}
		}
	})
}

// sign fills in the pledge's form and sends it.
func (b *tab) sign(p person) {
	b.t.Helper()
	b.fill("#field-given_name", p.Given)
	b.fill("#field-family_name", p.Family)
	b.fill("#field-email", p.Email)
	b.fill("#field-zip", p.Zip)
	b.click(`form#sign button[type="submit"]`)
}

// follow reads the page that a redirect leads to, on this site.
func (s *site) follow(t testing.TB, location string) (status int, page string) {
	t.Helper()
	if !strings.HasPrefix(location, "/") {
		t.Fatalf("a redirect to %q", location)
	}
	resp, text := s.get(t, location)
	return resp.StatusCode, text
}

// TestTheThirdMailOfADayIsTheLast: however often someone types an address into
// forms, its mailbox gets at most three mails a day that it didn't ask for.
func TestTheThirdMailOfADayIsTheLast(t *testing.T) {
	t.Parallel()
	s := shared(t)
	victim := maya()
	senator, _ := legislators(t, s)
	for i, given := range []string{"Ann", "Bea", "Cem", "Dan", "Eve"} {
		p := victim
		p.Given = given
		if i%2 == 0 {
			s.redirected(t, theIssue+"/pledge", p.signing())
		} else {
			s.redirected(t, theIssue+"/letter", p.writing(senator.ID))
		}
	}
	last := maya()
	s.redirected(t, theIssue+"/pledge", last.signing()) // queued after the others
	s.awaitMail(t, last.Email, confirmSignature)
	time.Sleep(6 * time.Second) // the sweep has been by
	got := 0
	for _, m := range s.mails(t) {
		if strings.Contains(m.Get("To"), victim.Email) {
			got++
		}
	}
	if got == 0 || got > 3 {
		t.Errorf("the mailbox got %d mails", got)
	}
}

// thousands writes a number as the pages do.
func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	rest := strconv.FormatInt(n%1000, 10)
	return thousands(n/1000) + "," + strings.Repeat("0", 3-len(rest)) + rest
}
