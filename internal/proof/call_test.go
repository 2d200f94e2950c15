package proof

import (
	"net/url"
	"strings"
	"testing"
)

// onAPhone is a visitor's way to write or call, with scripts on and off.
var onAPhone = map[string]look{
	"with JavaScript":    {Width: 360},
	"without JavaScript": {Width: 360, NoScript: true},
}

// TestGraceCallsThreeOffices calls the three members of Congress of a ZIP code on
// a phone: the number, how it went, whom to call next.
func TestGraceCallsThreeOffices(t *testing.T) {
	t.Parallel()
	for how, l := range onAPhone {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			b := open(t, l)
			b.visit(s.URL + theIssue + "/call")
			b.fill("#field-zip", "80203")
			b.click(`form[action="` + theIssue + `/call"] button`)
			members := []string{"Michael F. Bennet", "John W. Hickenlooper", "Diana DeGette"}
			b.says(members...)
			b.says(say("call.capitol"), say("call.zone.mountain"), say("call.zone.eastern"), say("call.log.ask"))
			yours := eval[string](b, `document.querySelector("[data-call-field=your_name]").textContent`)
			shown := eval[bool](b, `document.querySelector("[data-call-you]").checkVisibility()`)
			if yours != say("letter.mark.your_name") || shown == l.NoScript {
				t.Errorf("the script says %q; the fields are shown: %v", yours, shown)
			}
			if !l.NoScript {
				b.fill("#call-name", "Grace Okafor")
				b.fill("#call-town", "Denver")
				b.says("Hello, my name is Grace Okafor, and I am a constituent from Denver.")
			}
			b.picture("call-" + how)
			for i, step := range []struct{ outcome, says string }{
				{"voicemail", "call.called.voicemail"}, {"busy", "call.called.busy"}, {"spoke", "call.called.spoke"},
			} {
				if dials := eval[string](b, `document.querySelector("article.guide a[href^='tel:']").getAttribute("href")`); !strings.HasPrefix(dials, "tel:+1") {
					t.Fatalf("the number dials %q", dials)
				}
				b.asked()
				b.click(`article.guide button[name="outcome"][value="` + step.outcome + `"]`)
				b.says(say("call.called.heading"), say(step.says, "Name", called(b, i, members)))
				where, err := url.Parse(b.address())
				if err != nil || where.Path != theIssue+"/called" || where.Query().Get("zip") != "80203" {
					t.Fatalf("the outcome led to %s", b.address())
				}
				for _, address := range b.asked() {
					if strings.Contains(address, "Grace") || strings.Contains(address, "Denver") {
						t.Errorf("the name or the town was sent: %s", address)
					}
				}
				if left := len(members) - 1 - i; left > 0 {
					b.says(say("call.called.left", "Count", left), upTo("call.called.next"), members[i+1])
					if !l.NoScript {
						b.says("Hello, my name is Grace Okafor, and I am a constituent from Denver.")
					}
				} else {
					b.says(say("call.called.all"))
				}
				if i == 1 {
					b.says(say("call.called.again_why"))
					b.picture("called-" + how)
				}
				b.fits()
			}
			b.picture("called-all-" + how)
			if saved := eval[int](b, `document.cookie.length`); saved != 0 {
				t.Error("a cookie was set")
			}
		})
	}
}

// called is how the page calls the one who was called.
func called(b *tab, i int, members []string) string {
	b.t.Helper()
	title := "Senator "
	if i == 2 {
		title = "Representative "
	}
	return title + members[i]
}

// fits checks that nothing makes the page wider than the screen.
func (b *tab) fits() {
	b.t.Helper()
	if over := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		b.t.Errorf("%s is %d pixels wider than the screen", b.address(), over)
	}
}

// TestSamSendsAWebForm goes through the guide on a phone: the call that could
// stand for the form, what to have ready, the steps, and that it was sent.
func TestSamSendsAWebForm(t *testing.T) {
	t.Parallel()
	for how, l := range onAPhone {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			sam := maya()
			sam.Given = "Sam"
			members := whoRepresents(t, s, sam.Zip).of("federal", "house")
			receipt := s.redirected(t, theIssue+"/letter", sam.writing(members[0].ID))
			b := open(t, l)
			b.visit(s.URL + receipt)
			b.says(members[0].Name, say("messages.guide.call_instead"), say("messages.guide.asks"), say("messages.asks.zip4"), say("messages.asks.topic_hint"))
			order := eval[bool](b, `(() => {
				const at = [...document.querySelectorAll("article.guide .call-number, article.guide .asks, article.guide .guide-steps a.button, article.guide .letter-copy, article.guide .guide-steps form[action$='/done']")];
				const kinds = at.map((e) => e.className || "done").map((c) => c.split(" ")[0]).filter((c, i, all) => c !== all[i - 1]);
				return kinds.join() === "call-number,asks,button,letter-copy,guide-done";
			})()`)
			if !order {
				t.Error("the guide isn't in order: call, have ready, open, copy, say that it was sent")
			}
			if lookup := eval[string](b, `document.querySelector(".asks a").href`); !strings.HasPrefix(lookup, "https://tools.usps.com/zip-code-lookup.htm") {
				t.Errorf("the last four digits are looked up at %s", lookup)
			}
			if near := eval[string](b, `document.querySelector("article.guide .call-where").textContent`); near != say("call.nearest", "City", "Denver") {
				t.Errorf("the first number is of %q", near)
			}
			if hidden := eval[bool](b, `[...document.querySelectorAll("[data-copy]")].every((e) => !e.checkVisibility())`); hidden != l.NoScript {
				t.Errorf("buttons that copy are hidden: %v", hidden)
			}
			b.fits()
			b.picture("guide-" + how)
			b.press("details.call-noted summary")
			b.click(`article.guide button[name="outcome"][value="no_answer"]`)
			b.says(say("call.called.heading"))
			if strings.Contains(b.address(), "messages") {
				t.Errorf("the receipt's token came along: %s", b.address())
			}
			b.visit(s.URL + receipt)
			b.click(`article.guide .guide-done button`)
			b.says(upTo("messages.state.done_by_you_why"))
			b.doesNotSay(say("messages.guide.come_back"))
		})
	}
}
