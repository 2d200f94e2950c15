package proof

import (
	"strings"
	"testing"

	"redress/internal/civics/civicstest"
)

// TestRosaWritesWithoutJavaScript goes the whole way of a letter with scripts
// off.
func TestRosaWritesWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	m.Given = "Rosa"
	b := open(t, look{NoScript: true})
	b.visit(s.URL + "/")
	b.click(`main a[href="` + theIssue + `"]`)
	b.fill(`form.action-find input[name="zip"]`, "8020")
	b.click("form.action-find button")
	b.says(say("civics.zip.short"))
	if typed := eval[string](b, `document.querySelector("#field-zip").value`); typed != "8020" {
		t.Errorf("what was typed became %q", typed)
	}
	b.fill("#field-zip", m.Zip)
	b.click(`form[action="` + theIssue + `/letter"] button`)
	b.fill(`form.address-form input[name="address"]`, m.address())
	b.click("form.address-form button")
	b.says(say("letter.write.we_send"), "Julie Gonzales", "Sean Camacho")
	if hidden := eval[bool](b, `[...document.querySelectorAll("[data-copy], [data-share]")].every((e) => !e.checkVisibility())`); !hidden {
		t.Error("a button that needs JavaScript is shown without it")
	}
	b.describe(m)
	b.press(`input[name="officials[]"][value="bioguide:B001267"]`) // leaves one out
	b.click(`form[data-letter] button[type="submit"]`)
	b.says(say("messages.heading.waiting", "Count", 2))
	b.doesNotSay(say("messages.guide.copy_letter"))
	if strings.Contains(eval[string](b, `[...document.querySelectorAll("article.guide h3")].map((e) => e.textContent).join()`), "Bennet") {
		t.Error("the one who was left out has a letter")
	}
	receipt := b.address()
	b.press("article.guide > details > summary") // the mail is what waits, so the guide is folded
	b.click(`article.guide form[method="post"] button`)
	b.says(upTo("messages.state.done_by_you_why"))
	b.visit(s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	b.says(say("messages.confirm.send", "Count", 2), m.Story)
	b.click(`main form[method="post"] button`)
	if b.address() != receipt {
		t.Errorf("confirming led to %s", b.address())
	}
	senator, _ := legislators(t, s)
	letter, found := addressedTo(s.awaitMailsFrom(t, m, 2), senator.email())
	if !found {
		t.Fatal("no letter to the senator")
	}
	checkLetter(t, letter, m, senator, nil)
	b.visit(receipt)
	b.says(say("messages.state.captured"), upTo("messages.state.captured_why"))
}

// TestRosaSignsWithoutJavaScript signs with scripts off, first with mistakes.
func TestRosaSignsWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	m.Given = "Rosa"
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + theIssue)
	b.click(`.dock a[href="` + theIssue + `/pledge"]`)
	wrong := m
	wrong.Zip, wrong.Given = "00000", "Rosa2"
	b.sign(wrong)
	b.says(say("parts.error_summary"), say("pledge.zip.unknown"), say("pledge.given_name.digits"))
	if typed := eval[string](b, `document.querySelector("#field-email").value + document.querySelector("#field-family_name").value`); typed != m.Email+m.Family {
		t.Errorf("what was typed became %q", typed)
	}
	b.sign(m)
	b.says(say("pledge.sent.title"))
	b.visit(s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm"))
	b.click(`main form[method="post"] button`)
	b.says(say("pledge.thanks.heading", "Name", "Rosa"))
	b.visit(s.URL + theIssue)
	if n := eval[string](b, `document.querySelector("[data-count-number]").textContent`); n == "0" {
		t.Error("the page counts nobody")
	}
	b.press("details.site-menu summary")
	b.says(say("layout.nav.representatives"), say("layout.nav.terms"))
}

// TestAPhoneFindsWithoutJavaScript asks by address on a small phone.
func TestAPhoneFindsWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + "/representatives")
	b.fill(`form.address-form input[name="address"]`, civicstest.Denver)
	b.click("form.address-form button")
	b.says("Julie Gonzales", "Sean Camacho", "Diana DeGette", "Michael F. Bennet")
	b.doesNotSay(say("representatives.ambiguous.heading"))
	b.click(`main a[href^="/officials/openstates:"]`)
	b.says(say("representatives.official.reach"), upTo("representatives.official.source"))
}
