package proof

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The first term that the explainer marks.
const (
	firstTerm   = "/terms/clearly-established-law"
	firstButton = `.define[popovertarget="definition-clearly-established-law"]`
	isOpen      = `document.querySelector("#definition-clearly-established-law").matches(":popover-open")`
)

// rest moves the mouse onto what the selector finds, without a click.
func (b *tab) rest(selector string) {
	b.t.Helper()
	at := eval[struct{ X, Y float64 }](b, `(() => { const e = document.querySelector(`+quoted(selector)+`); e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect(); return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()`)
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: at.X, Y: at.Y})
		return err
	}))
	b.waitUntil("the mouse rests on "+selector, `document.querySelector(`+quoted(selector)+`).matches(":hover")`)
}

// TestTomasLooksUpATermByKeyboard: in the explainer the pointer alone opens
// nothing, the button does; Escape closes it and leaves him where he was. From
// the definition he goes on to the term, its map and its list, and to an action.
func TestTomasLooksUpATermByKeyboard(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := &hand{tab: open(t, look{})}
	h.visit(s.URL + theIssue)
	for _, over := range []string{`a.term[href="` + firstTerm + `"]`, firstButton} {
		h.rest(over)
		time.Sleep(300 * time.Millisecond)
		if eval[bool](h.tab, isOpen) {
			t.Errorf("the definition opens under a pointer that rests on %s", over)
		}
	}
	h.to(firstButton)
	h.key(" ")
	h.waitUntil("the definition is open", isOpen)
	text := eval[string](h.tab, `document.querySelector("#definition-clearly-established-law").innerText`)
	if !strings.Contains(text, "Clearly established law") || len(text) < 60 {
		t.Errorf("the definition says %q", text)
	}
	h.picture("term-definition-wide")
	h.key(kb.Escape)
	h.waitUntil("Escape closes the definition", `!`+isOpen)
	if at := eval[bool](h.tab, `document.activeElement.matches(`+quoted(firstButton)+`)`); !at {
		t.Error("the focus is not where it was")
	}
	h.do(pressEnter())
	h.waitUntil("the definition is open again", isOpen)
	h.next()
	h.enter()
	if at := h.address(); at != s.URL+firstTerm {
		t.Fatalf("the definition leads to %s", at)
	}
	drawn := eval[[]string](h.tab, `[...document.querySelectorAll(".term-map g")].map((g) => [...g.querySelectorAll("text")].map((e) => e.textContent).join(" "))`)
	listed := eval[[]string](h.tab, `[...document.querySelectorAll(".relations dd")].map((e) => e.textContent)`)
	if len(listed) == 0 || len(drawn) != min(len(listed), 12)+1 {
		t.Errorf("the map draws %v, the list says %v", drawn, listed)
	}
	h.check(t)
	h.wide()
	h.visit(s.URL + firstTerm)
	h.to(`.relations a`)
	h.enter()
	if back := eval[bool](h.tab, `!!document.querySelector('.relations a[href="`+firstTerm+`"]')`); !back {
		t.Errorf("%s doesn't lead back", h.address())
	}
	h.visit(s.URL + firstTerm)
	h.to(`.term-actions a[href="` + theIssue + `/letter"]`)
	h.enter()
	h.says(say("letter.find.heading"))
}

// TestTomasReadsTheTermOfTheDayWithoutJavaScript: on a small phone, scripts off,
// the home page leads to the days and their terms; what a term's text mentions
// opens, and closes by its own button.
func TestTomasReadsTheTermOfTheDayWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	if out, err := s.command(t, "terms", "queue", "qualified-immunity", "foia"); err != nil || !strings.Contains(out, "foia") {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := s.command(t, "terms", "unqueue", "foia"); err != nil || strings.Contains(out, "foia") {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := s.command(t, "terms", "queue", "no-such-term"); err == nil {
		t.Errorf("a term that isn't there waits: %s", out)
	}
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + "/")
	b.says(say("home.today"), "Qualified immunity")
	b.click(`a[href="/terms/days"]`)
	b.checkPhone(t, "the days")
	b.click(`.days a`)
	day := b.address()
	if !strings.HasPrefix(day, s.URL+"/terms/days/20") {
		t.Fatalf("the day's page is %s", day)
	}
	const open = `document.querySelector("#definition-section-1983").matches(":popover-open")`
	b.press(`.define[popovertarget="definition-section-1983"]`)
	b.waitUntil("the definition is open", open)
	b.checkPhone(t, "a definition")
	b.picture("term-definition-320")
	b.press(`#definition-section-1983 .definition-close`)
	b.waitUntil("its button closes it", `!`+open)
	b.click(`.day-ways a[href="/terms/qualified-immunity"]`)
	b.says(say("glossary.related"), say("glossary.issues"))
	b.checkPhone(t, "a term")
	b.click(`.term-actions a[href="` + theIssue + `/call"]`)

	if out, err := s.command(t, "terms", "days"); err != nil || !strings.Contains(out, "qualified-immunity") {
		t.Errorf("%v: %s", err, out)
	}
	resp, text := s.get(t, "/terms/qualified-immunity")
	_, rest, _ := strings.Cut(text, `<script type="application/ld+json">`)
	data, _, _ := strings.Cut(rest, "</script>")
	if said := decoded[map[string]any](t, data); said["@type"] != "DefinedTerm" || resp.StatusCode != http.StatusOK {
		t.Errorf("%d: programs read %v", resp.StatusCode, said)
	}
}
