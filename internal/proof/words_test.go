package proof

import (
	"net/http"
	"strings"
	"testing"
)

// TestOddWordsSurvive writes as real people do: names of many scripts, an emoji,
// one endless word, something that looks like markup, and no line breaks where
// an office's program might trip. Every page still fits a phone.
func TestOddWordsSurvive(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, _ := legislators(t, s)
	federal := whoRepresents(t, s, "80203").of("federal", "house")[0]
	m := maya()
	m.Given, m.Family = "Nguyễn-Zoë", "O’Brien Łukasiewicz"
	m.Story = "Grüße 👩🏽‍⚖️ <script>alert(1)</script> & \"quotes\" {{name}} " + strings.Repeat("endless", 60) + "\n\n.\nFrom here on."
	form := m.writing(senator.ID, federal.ID)
	form.Set("subject", "Ünïcode & <b>courts</b> ⚖️ in "+strings.Repeat("x", 80))
	receipt := s.redirected(t, theIssue+"/letter", form)
	confirm := path(t, s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	b := open(t, look{Width: 320})
	for _, page := range []string{receipt, confirm} {
		b.visit(s.URL + page)
		if page == receipt {
			b.press("article.guide > details > summary") // folded while the mail is what waits
		}
		b.fitsAPhone(t)
		b.says("<script>alert(1)</script>", "{{name}}", "👩🏽‍⚖️")
		if faults := b.complained(); len(faults) > 0 {
			t.Errorf("%q", faults)
		}
	}
	s.redirected(t, confirm, nil)
	letter := s.awaitMailsFrom(t, m, 1)[0]
	if from := one(t, letter, "From"); !strings.HasPrefix(from.Name, "Nguyễn-Zoë O’Brien Łukasiewicz via ") {
		t.Errorf("From: %s", from.Name)
	}
	if !strings.HasPrefix(letter.Subject, "Ünïcode & <b>courts</b> ⚖️ in ") || !strings.Contains(letter.Subject, "Denver") {
		t.Errorf("Subject: %s", letter.Subject)
	}
	if !strings.Contains(letter.Text, m.Story) {
		t.Errorf("the letter lost words:\n%s", letter.Text)
	}
	b.visit(s.URL + "/dev/mail")
	b.fitsAPhone(t)
}

// TestNothingIsSmuggledIntoAMail tries to add headers and links through names
// and addresses.
func TestNothingIsSmuggledIntoAMail(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, _ := legislators(t, s)
	for field, value := range map[string]string{
		"given_name": "Maya\r\nBcc: everyone@example.org", "family_name": "Ortiz\nX-Evil: 1", "city": "Denver\r\nBcc: x@example.org",
		"street": "1437 Bannock St\u2028Bcc: x@example.org", "subject": "Hello\r\nBcc: x@example.org", "email": "maya@example.org\r\nBcc: x@example.org", "zip": "80203\r\n",
	} {
		m := maya()
		form := m.writing(senator.ID)
		form.Set(field, value)
		resp, text := s.post(t, theIssue+"/letter", form)
		if field == "zip" && resp.StatusCode == http.StatusSeeOther {
			continue // a line break at the end is trimmed
		}
		if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "error-summary") {
			t.Errorf("%s: %d", field, resp.StatusCode)
		}
	}
	for field, value := range map[string]string{
		"given_name": "Visit www.evil.example", "family_name": "Ortiz 555-1234", "email": "a@b", "zip": "8020",
	} {
		form := maya().signing()
		form.Set(field, value)
		if resp, text := s.post(t, theIssue+"/pledge", form); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, `href="#field-`+field+`"`) {
			t.Errorf("%s %q: %d", field, value, resp.StatusCode)
		}
	}
}

// TestANameIsShownOnlyByChoice: first name and state of those who said so, once
// they have confirmed, and nothing of the others.
func TestANameIsShownOnlyByChoice(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	shown, hidden := maya(), maya()
	shown.Given, hidden.Given = "Showy", "Hidey"
	form := shown.signing()
	form.Set("show_name", "on")
	s.redirected(t, theIssue+"/pledge", form)
	s.redirected(t, theIssue+"/pledge", hidden.signing())
	confirm := path(t, s.awaitMail(t, shown.Email, confirmSignature).link(t, "/confirm"))
	other := path(t, s.awaitMail(t, hidden.Email, confirmSignature).link(t, "/confirm"))
	hasNot(t, "the pledge before confirming", get(t, s, theIssue+"/pledge"), "Showy", "Hidey")
	_, page := s.follow(t, confirm)
	has(t, "the confirm page", page, say("pledge.confirm.shown"))
	s.post(t, confirm, nil)
	s.post(t, other, nil)
	b := open(t, look{})
	b.visit(s.URL + theIssue + "/pledge")
	for range 40 {
		if strings.Contains(b.text(), "Showy") {
			break
		}
		b.visit(s.URL + theIssue + "/pledge")
	}
	b.says("Showy", say("pledge.page.state_day", "State", "Colorado", "Day", say("pledge.page.today")))
	b.doesNotSay("Hidey", "Ortiz", "Showy Ortiz", shown.Email)
}
