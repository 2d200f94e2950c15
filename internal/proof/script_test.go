package proof

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestADraftStaysInTheBrowser writes, goes away, comes back, and finds her
// words; the site has seen none of them.
func TestADraftStaysInTheBrowser(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	b := open(t, look{})
	write := s.URL + theIssue + "/letter?zip=81657"
	b.visit(write)
	b.fill("#field-story", m.Story)
	time.Sleep(700 * time.Millisecond) // it is kept a moment after typing
	b.asked()
	b.visit(s.URL + "/terms")
	b.visit(write)
	if found := eval[string](b, `document.querySelector("#field-story").value`); found != m.Story {
		t.Errorf("the draft holds %q", found)
	}
	for _, address := range b.asked() {
		if strings.Contains(address, "neighbor") {
			t.Errorf("the browser told the site: %s", address)
		}
	}
	if page := get(t, s, theIssue+"/letter?zip=81657"); strings.Contains(page, m.Story) {
		t.Error("another visitor reads the draft")
	}
}

// TestATermOpensItsDefinition with a click or a key, never by itself, and Escape
// closes it.
func TestATermOpensItsDefinition(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{})
	b.visit(s.URL + theIssue)
	open := func() int { return eval[int](b, `document.querySelectorAll(":popover-open").length`) }
	if open() != 0 {
		t.Error("a definition is open by itself")
	}
	b.press("[popovertarget]")
	if open() != 1 {
		t.Error("the button opens no definition")
	}
	if fits := eval[bool](b, `(() => { const r = document.querySelector(":popover-open").getBoundingClientRect(); return r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight })()`); !fits {
		t.Error("the definition opens off the screen")
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	if open() != 0 {
		t.Error("Escape leaves the definition open")
	}
	b.do(pressEnter())
	if open() != 1 {
		t.Error("Enter on the button opens no definition")
	}
	marked := eval[[]string](b, `[...document.querySelectorAll("article a[href^='/terms/']")].map((a) => a.getAttribute("href"))`)
	if len(marked) == 0 || slices.Contains(marked, "/terms/") {
		t.Errorf("terms: %q", marked)
	}
}

// TestACountMovesWhileOneReads: the pledge's page follows the count without
// being loaded again.
func TestACountMovesWhileOneReads(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{})
	b.visit(s.URL + theIssue + "/pledge")
	shown := func() string { return eval[string](b, `document.querySelector("[data-count-number]").textContent`) }
	before := shown()
	m := maya()
	s.redirected(t, theIssue+"/pledge", m.signing())
	s.post(t, path(t, s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm")), nil)
	for deadline := time.Now().Add(25 * time.Second); shown() == before; time.Sleep(250 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the page still says %s", before)
		}
	}
}
