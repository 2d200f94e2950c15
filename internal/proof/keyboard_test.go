package proof

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hand is a visitor who uses the keyboard only. Each stop of the Tab key must be
// seen: on the screen, with a mark around it.
type hand struct {
	*tab
	last string // where the focus is
}

func (h *hand) key(keys string) {
	h.t.Helper()
	h.do(chromedp.KeyEvent(keys))
}

// next presses Tab and tells where that leads.
func (h *hand) next() string {
	h.t.Helper()
	h.key(kb.Tab)
	stop := eval[struct{ Where, Fault string }](h.tab, `(() => {
		const e = document.activeElement;
		if (!e || e === document.body || e === document.documentElement) return { where: "", fault: "" };
		const where = e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.name ? "[" + e.name + "]" : "") + " " + (e.textContent || e.value || "").trim().replaceAll(/\s+/g, " ").slice(0, 40);
		const r = e.getBoundingClientRect(), style = getComputedStyle(e);
		let fault = "";
		if (e.closest("[aria-hidden=true], .honeypot, [hidden]")) fault = "is hidden from people";
		else if (r.width < 1 || r.height < 1) fault = "has no size";
		else if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) fault = "is off the screen";
		else if ((style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1.5) && style.boxShadow === "none") fault = "has no mark around it";
		else {
			const x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 1), y = Math.min(Math.max(r.top + r.height / 2, 1), innerHeight - 1);
			const over = document.elementFromPoint(x, y);
			const mine = over && (over === e || e.contains(over) || over.contains(e));
			if (!mine && over && getComputedStyle(over.closest("nav, header, footer, div") ?? over).position === "fixed") fault = "is covered by " + over.tagName;
		}
		return { where: where, fault: fault };
	})()`)
	if stop.Fault != "" {
		h.t.Errorf("%s: %s %s", h.address(), stop.Where, stop.Fault)
	}
	h.last = stop.Where
	return stop.Where
}

// to presses Tab until the focus is on what the selector finds.
func (h *hand) to(selector string) {
	h.t.Helper()
	for range 250 {
		h.next()
		if eval[bool](h.tab, `document.activeElement.matches(`+quoted(selector)+`)`) {
			return
		}
	}
	h.t.Fatalf("the Tab key never comes to %s", selector)
}

// replaces types over what stands in the field that has the focus.
func (h *hand) replaces(text string) {
	h.t.Helper()
	eval[bool](h.tab, `document.activeElement.select(), true`)
	h.types(text)
}

// enters goes to a field and types.
func (h *hand) enters(selector, text string) {
	h.t.Helper()
	h.to(selector)
	h.types(text)
}

// enter presses Enter and waits for the page that this opens.
func (h *hand) enter() {
	h.t.Helper()
	h.opens("Enter on "+h.last, pressEnter())
}

// pressEnter sends Enter as a keyboard does, its key and its character in one.
// Sent apart, the character comes to whatever the key has moved the focus to.
func pressEnter() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
			params := input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13}
			if kind == input.DispatchKeyEventTypeKeyDown {
				params.Text = "\r"
			}
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, params); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestLeoWritesWithTheKeyboard goes the whole way of a letter with Tab, Space
// and Enter.
func TestLeoWritesWithTheKeyboard(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	m.Given = "Leo"
	h := &hand{tab: open(t, look{})}
	h.visit(s.URL + theIssue)
	if first := h.next(); !strings.Contains(first, say("layout.skip")) {
		t.Errorf("the first stop is %q", first)
	}
	h.do(pressEnter())
	if at := eval[string](h.tab, `document.activeElement.id + location.hash`); at != "main#main" {
		t.Errorf("skipping leads to %q", at)
	}
	h.enters(`form.action-find input[name="zip"]`, m.Zip)
	h.enter()
	h.enters(`form.address-form input[name="address"]`, m.address())
	h.enter()
	h.says(say("letter.write.we_send"), "Julie Gonzales")
	h.to(`input[name="officials[]"]`)
	before := eval[string](h.tab, `document.querySelector("form[data-letter] button[type=submit]").textContent.trim()`)
	h.key(" ")
	after := eval[string](h.tab, `document.querySelector("form[data-letter] button[type=submit]").textContent.trim()`)
	if before == after || !strings.HasPrefix(after, "Check ") {
		t.Errorf("leaving one out changes %q to %q", before, after)
	}
	h.key(" ")
	h.enters("#field-story", m.Story)
	h.enters("#field-given_name", m.Given)
	h.enters("#field-family_name", m.Family)
	h.to("#field-street")
	h.replaces(m.Street)
	h.to("#field-city")
	h.replaces(m.City)
	h.to("#field-state")
	h.key("CO")
	h.to("#field-zip")
	h.replaces(m.Zip)
	h.enters("#field-email", m.Email)
	h.to(`form[data-letter] button[type="submit"]`)
	h.enter()
	h.says(say("messages.heading.waiting", "Count", 2))
	h.visit(s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	h.to(`main form[method="post"] button`)
	h.key(" ")
	h.waitFor(upTo("messages.lead.confirmed"))
	s.awaitMailsFrom(t, m, 2)
}

// TestLeoSignsWithTheKeyboard signs and confirms with Tab, Space and Enter, and
// is led to what he got wrong.
func TestLeoSignsWithTheKeyboard(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	m.Given = "Leo"
	h := &hand{tab: open(t, look{})}
	h.visit(s.URL + theIssue + "/pledge")
	h.enters("#field-given_name", "Leo9")
	h.enters("#field-family_name", m.Family)
	h.enters("#field-email", m.Email)
	h.enters("#field-zip", m.Zip)
	h.enter()
	h.says(say("parts.error_summary"))
	if at := eval[bool](h.tab, `document.activeElement.matches(".error-summary")`); !at {
		t.Error("the focus is not on the summary of what went wrong")
	}
	h.to(`.error-summary a[href="#field-given_name"]`)
	h.do(pressEnter())
	if at := eval[string](h.tab, `document.activeElement.id`); at != "field-given_name" {
		t.Errorf("the summary leads to %q", at)
	}
	h.replaces(m.Given)
	h.to("#field-show_name")
	h.key(" ")
	if on := eval[bool](h.tab, `document.activeElement.checked`); !on {
		t.Error("Space doesn't check the box")
	}
	h.to(`form#sign button[type="submit"]`)
	h.enter()
	h.says(say("pledge.sent.title"))
	h.visit(s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm"))
	h.to(`main form[method="post"] button`)
	h.enter()
	h.says(say("pledge.thanks.heading", "Name", "Leo"))
}

// TestTheTabKeyGoesThroughEveryPage: each stop is seen, none is a trap, and the
// end is reached.
func TestTheTabKeyGoesThroughEveryPage(t *testing.T) {
	t.Parallel()
	s := shared(t)
	pages := privatePages(t, s)
	for _, width := range []int64{1280, 320} {
		h := &hand{tab: open(t, look{Width: width})}
		for _, page := range []string{
			"/", theIssue, "/representatives?zip=80203", theIssue + "/letter?zip=80203", theIssue + "/call?zip=81657", theIssue + "/pledge",
			"/terms/qualified-immunity", "/organizations", pages["receipt"], pages["confirm letters"], "/nothing/here",
		} {
			h.visit(s.URL + page)
			stops := 0
			for previous, again := "", 0; ; stops++ {
				at := h.next()
				if at == "" {
					break
				}
				if at == previous {
					again++
				} else {
					again = 0
				}
				if previous = at; again > 12 || stops > 400 {
					t.Errorf("%s at %d px: the Tab key is trapped at %s", page, width, at)
					break
				}
			}
			if stops < 5 {
				t.Errorf("%s at %d px has only %d stops", page, width, stops)
			}
		}
	}
}
