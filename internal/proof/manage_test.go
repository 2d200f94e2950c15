package proof

import (
	"net/http"
	"strings"
	"testing"
)

// hana lives in Denver, and her given name is easily mistyped.
func hana() person {
	h := maya()
	h.Given, h.Family = "Hana", "Novak"
	return someone(h)
}

// TestHanaTakesBackHerSignature signs with a slip in her name, corrects it, hides
// it, and takes her signature back, on a small phone without script.
func TestHanaTakesBackHerSignature(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := hana()
	wrong := h
	wrong.Given = "Hnaa"
	s.redirected(t, secondIssue+"/pledge", wrong.signing())
	first := s.awaitMail(t, h.Email, confirmSignature).link(t, "/confirm")
	s.counted(t, path(t, first))

	shouted := strings.Replace(h.Email, "hana", "HANA", 1) // the same mailbox
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + "/")
	b.click(`footer a[href="/manage"]`)
	b.fill("#field-email", "hana@example") // what a browser takes, and no mail reaches
	b.click("form.manage-form button")
	b.says(say("parts.error_summary"))
	b.fill("#field-email", shouted)
	b.click("form.manage-form button")
	b.says(say("manage.sent.heading"), say("manage.sent.lead"))
	b.doesNotSay(h.Email)
	mailed := s.awaitMail(t, shouted, manageLink)
	link := mailed.link(t, "/manage/")
	if strings.Contains(mailed.Text, "Hnaa") {
		t.Error("the mail shows the name that was typed")
	}

	b.visit(link)
	b.says("Hnaa Novak", say("manage.signature.confirmed"), say("manage.page.none_written"))
	b.picture("manage-own")
	b.click(`a[href$="/name"]`)
	b.fill("#field-given_name", "Hana7")
	b.click("form.manage-form button")
	b.says(say("pledge.given_name.digits"))
	b.fill("#field-given_name", "Hana")
	b.click("form.manage-form button")
	b.says(say("manage.done.renamed"), "Hana Novak")
	b.doesNotSay("Hnaa")
	if shows := eval[bool](b, `document.querySelector('form[action$="/show"]') !== null`); shows {
		b.click(`form[action$="/show"] button`)
		b.says(say("manage.done.shown"))
		b.click(`form[action$="/show"] button`)
		b.says(say("manage.done.hidden"))
	}
	b.click(`form[action$="/withdraw"] button`)
	b.says(say("manage.done.withdrawn"), say("manage.signature.withdrawn"))
	b.doesNotSay("Hana Novak")

	b.click(`a[href$="/erase"]`)
	b.says(say("manage.erase.heading"))
	b.click("form.manage-form button")
	b.says(say("manage.erased.heading"))
	b.picture("manage-erased")
	b.visit(link)
	b.says(say("manage.failed.heading"))

	t.Run("and may sign again", func(t *testing.T) {
		s.redirected(t, secondIssue+"/pledge", h.signing())
		again := s.awaitMailWhere(t, h.Email, func(m letterbox) bool {
			return m.Kind == confirmSignature && m.linksOther(first)
		})
		if resp, _ := s.get(t, path(t, again.link(t, "/confirm"))); resp.StatusCode != http.StatusOK {
			t.Errorf("the new link answers %d", resp.StatusCode)
		}
	})
}
