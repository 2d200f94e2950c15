package proof

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const kept = `localStorage.getItem("districts")`

// TestWhatWasFoundIsOfferedNotImposed: the districts stay in the browser, and
// are used only when she says so; forgetting takes them away.
func TestWhatWasFoundIsOfferedNotImposed(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{Width: 320})
	b.visit(s.URL + "/representatives")
	b.doesNotSay(say("representatives.kept.use"))
	b.visit(s.URL + "/representatives?zip=80203")
	b.says(say("representatives.kept.note"))
	b.visit(s.URL + "/representatives")
	b.fill(`form.address-form input[name="address"]`, maya().address())
	b.click("form.address-form button")
	b.says(say("representatives.kept.note"), "Julie Gonzales")
	held := eval[string](b, kept)
	for _, private := range []string{"80203", "Bannock", "BANNOCK", "39.", "104.", "Denver"} {
		if strings.Contains(held, private) {
			t.Errorf("the browser keeps more than districts: %s", held)
		}
	}
	if fields := eval[string](b, `Object.keys(JSON.parse(`+kept+`)).sort().join()`); fields != "ids,until,v" {
		t.Errorf("the browser keeps %s", fields)
	}
	b.visit(s.URL + "/representatives?zip=80203") // tells less than the address did, and doesn't push it out
	b.asked()
	b.visit(s.URL + "/representatives")
	b.says("Last time you found Colorado’s 1st district.")
	b.doesNotSay("Diana DeGette")
	for _, address := range b.asked() {
		if strings.Contains(address, "ocd") {
			t.Errorf("the browser told the site by itself: %s", address)
		}
	}
	b.picture("kept-offer")
	b.click("form.remembered button[type=submit]")
	b.says("Diana DeGette", "Julie Gonzales", "Sean Camacho", say("representatives.kept.found"))
	if strings.Contains(b.address(), "?") {
		t.Errorf("the districts stand in %s", b.address())
	}
	b.visit(s.URL + theIssue + "/letter")
	b.click("form.remembered button[type=submit]")
	b.says(say("letter.write.we_send"), "Julie Gonzales")
	b.visit(s.URL + "/representatives")
	b.press("form.remembered [data-forget]")
	if left := eval[string](b, kept+` ?? "nothing"`); left != "nothing" {
		t.Errorf("after forgetting the browser keeps %s", left)
	}
	b.visit(s.URL + "/representatives")
	b.doesNotSay(say("representatives.kept.use"))
	b.visit(s.URL + "/representatives?zip=80203")
	b.press("[data-districts] [data-forget]")
	b.visit(s.URL + "/representatives?zip=81657")
	b.says(say("representatives.kept.off"))
	b.visit(s.URL + "/representatives")
	b.doesNotSay(say("representatives.kept.use"))
	b.visit(s.URL + "/representatives?zip=82001")
	b.press("[data-districts] [data-keep]")
	b.visit(s.URL + "/representatives")
	b.says("Last time you found Wyoming’s only district.")
}

// TestDistrictsThatAreOver aren't used: the page says to look again.
func TestDistrictsThatAreOver(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{})
	b.visit(s.URL + "/representatives?zip=80203")
	eval[bool](b, `(() => { const k = JSON.parse(`+kept+`); k.until = "2025-01-03"; localStorage.setItem("districts", JSON.stringify(k)); return true })()`)
	b.visit(s.URL + "/representatives")
	b.says("Colorado’s 1st district", say("representatives.kept.over"))
	b.doesNotSay(say("representatives.kept.use"))
	_, text := s.post(t, "/representatives", url.Values{"divisions[]": {"ocd-division/country:us/state:co/cd:1", "ocd-division/country:us/state:co"}, "until": {"2025-01-03"}})
	has(t, "districts that are over", text, say("representatives.kept.ended"), "Michael F. Bennet")
	hasNot(t, "districts that are over", text, "Diana DeGette")
	for _, nonsense := range []string{`"x"`, `{"v":2,"ids":["a"]}`, `{"v":1,"ids":"ocd-division/country:us/state:co/cd:1"}`, `{"v":1,"ids":["ocd-division/country:us/state:zz/cd:1", 7]}`, `[`} {
		eval[bool](b, `(localStorage.setItem("districts", `+quoted(nonsense)+`), true)`)
		b.visit(s.URL + "/representatives")
		b.doesNotSay(say("representatives.kept.use"))
	}
	if faults := b.complained(); len(faults) > 0 {
		t.Errorf("the browser complains: %q", faults)
	}
}

// TestNothingIsRememberedWithoutScript, nor where storage is closed: all works,
// and nothing is said of keeping.
func TestNothingIsRememberedWithoutScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true})
	b.visit(s.URL + "/representatives?zip=80203")
	b.says("Diana DeGette")
	b.doesNotSay(say("representatives.kept.note"))
	if held := eval[string](b, kept+` ?? "nothing"`); held != "nothing" {
		t.Errorf("the browser keeps %s", held)
	}
	b.visit(s.URL + "/representatives")
	b.doesNotSay(say("representatives.kept.use"), say("representatives.locate.button"))
	closed := open(t, look{})
	closed.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `Object.defineProperty(window, "localStorage", { get() { throw new DOMException("closed", "SecurityError") } })`,
		})
		return err
	}))
	closed.visit(s.URL + "/representatives?zip=80203")
	closed.says("Diana DeGette")
	closed.doesNotSay(say("representatives.kept.note"))
	closed.visit(s.URL + "/representatives")
	closed.doesNotSay(say("representatives.kept.use"))
	if faults := closed.complained(); len(faults) > 0 {
		t.Errorf("the browser complains: %q", faults)
	}
}
