package proof

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestIreneMisspellsAndFindsTheTerm: she has heard the word and never seen it.
func TestIreneMisspellsAndFindsTheTerm(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{Width: 320})
	b.visit(s.URL)
	b.press("details.site-menu summary")
	b.click(`details.site-menu a[href="/search"]`)
	b.fill("#field-q", "sovereihn imunity")
	b.click("form.search-form button")
	b.says(say("search.not_said", "Query", "sovereihn imunity"), say("search.meant")+" sovereign immunity?", say("search.named"))
	b.fitsAPhone(t)
	b.click(`.results a[href="/terms/sovereign-immunity"]`)
	b.says("Sovereign immunity")
	if faults := b.complained(); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

// chosen is what a screen reader would read of the option that is chosen, ""
// while there is none.
func (b *tab) chosen() string {
	b.t.Helper()
	return eval[string](b, `(() => {
		const field = document.querySelector("#field-q"), id = field.getAttribute("aria-activedescendant");
		const option = id && document.getElementById(id);
		const marked = [...document.querySelectorAll("[aria-selected=true]")];
		if (!option) return marked.length ? "marked, but not told" : "";
		if (marked.length !== 1 || marked[0] !== option || !option.checkVisibility()) return "told, but not marked";
		return option.textContent.trim().replaceAll(/\s+/g, " ");
	})()`)
}

const expanded = `document.querySelector("#field-q").getAttribute("aria-expanded") === "true" && !document.querySelector("#suggestions").hidden`

// TestLeoSearchesWithTheKeyboard: suggestions are told, chosen, put away and
// opened by keys alone, and the form stays a form.
func TestLeoSearchesWithTheKeyboard(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := &hand{tab: open(t, look{})}
	h.visit(s.URL + "/search")
	h.enters("#field-q", "monel")
	h.waitUntil("suggestions open", expanded)
	if said := eval[string](h.tab, `document.querySelector("[data-suggest-says]").textContent`); said != say("search.suggested", "Count", 1) {
		t.Errorf("a screen reader hears %q", said)
	}
	if at := h.chosen(); at != "" {
		t.Errorf("%q is chosen by itself", at)
	}
	h.key(kb.ArrowDown)
	if at := h.chosen(); !strings.HasPrefix(at, "Monell liability "+say("search.term")) {
		t.Errorf("the arrow chooses %q", at)
	}
	h.key(kb.ArrowDown)
	if at := h.chosen(); at != "" {
		t.Errorf("after the last comes the field, not %q", at)
	}
	h.key(kb.ArrowUp)
	if at := h.chosen(); !strings.HasPrefix(at, "Monell liability") {
		t.Errorf("the arrow up chooses %q", at)
	}
	h.key(kb.Escape)
	if eval[bool](h.tab, expanded) || h.chosen() != "" || eval[string](h.tab, `document.querySelector("#field-q").value`) != "monel" {
		t.Error("Escape leaves the suggestions, or takes what was typed")
	}
	h.key(kb.ArrowDown)
	h.waitUntil("the arrow opens them again", expanded)
	h.enter() // nothing is chosen: it searches
	if at := h.address(); at != s.URL+"/search?q=monel" {
		t.Errorf("Enter leads to %s", at)
	}
	h.to("#field-q")
	h.replaces("qualif")
	h.waitUntil("suggestions open", expanded)
	h.key(kb.ArrowDown)
	h.enter()
	if at := h.address(); at != s.URL+theIssue {
		t.Errorf("Enter on a suggestion leads to %s", at)
	}
	h.visit(s.URL + "/search")
	h.enters("#field-q", "immun")
	h.waitUntil("suggestions open", expanded)
	h.next()
	if eval[bool](h.tab, expanded) {
		t.Error("the Tab key leaves the suggestions open")
	}
	if faults := h.complained(); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

// TestRosaSearchesWithoutJavaScript: the form is all there is, and enough.
func TestRosaSearchesWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + "/search")
	b.asked()
	b.fill("#field-q", "qualifed imunity")
	if eval[bool](b, `Boolean(document.querySelector("#field-q").getAttribute("role")) || document.querySelector("#suggestions").checkVisibility()`) {
		t.Error("the field promises suggestions that don't come")
	}
	b.click("form.search-form button")
	b.says(say("search.meant") + " qualified immunity?")
	for _, address := range b.asked() {
		if strings.Contains(address, "/suggest") {
			t.Errorf("asked for %s", address)
		}
	}
	b.click(`main a[href="/search?q=qualified+immunity"]`)
	b.press(".results details summary")
	if !eval[bool](b, `document.querySelector(".results details li").checkVisibility()`) {
		t.Error("the other results don't unfold")
	}
	b.click(`.results a[href="/terms/qualified-immunity"]`)
}

// TestSuggestionsAreForEveryone looks at them open as the checker of
// accessibility does, in light and dark, wide and narrow, and touches one.
func TestSuggestionsAreForEveryone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	if _, err := axeCore(); err != nil {
		t.Fatal(err)
	}
	b := open(t, look{})
	b.visit(s.URL + "/search")
	b.fill("#field-q", "immun")
	b.waitUntil("suggestions open", expanded)
	b.do(chromedp.KeyEvent(kb.ArrowDown))
	b.check(t)
	if !eval[bool](b, expanded) || b.chosen() == "" {
		t.Error("the suggestions were not looked at")
	}
	b.asked()
	b.click(`#suggestions li:nth-child(2)`)
	if at, err := url.Parse(b.address()); err != nil || at.Path != theIssue {
		t.Errorf("a touch leads to %s", at)
	}
}
