package proof

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestRosaPointsToHerDistrictOnTheMap with scripts off: she knows hers when she
// sees it, and the answer says that it rests on her choice.
func TestRosaPointsToHerDistrictOnTheMap(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true, Width: 320, Dark: true})
	b.visit(s.URL + "/representatives?zip=10001")
	b.picture("rosa-map")
	b.click("form.choose button")
	b.says(say("parts.error_summary"), say("representatives.choose.nothing"))
	b.press(`.district-card:has(input[value$="cd:12"]) svg`)
	b.press(`input[name="upper"][value$="sldu:47"]`)
	b.picture("rosa-chosen")
	b.click("form.choose button")
	b.says("Jerrold Nadler", "Erik Bottcher", "Tony Simone", "Charles E. Schumer", say("representatives.chosen.text"))
	b.doesNotSay("Daniel S. Goldman", "Liz Krueger")
	if strings.Contains(b.address(), "cd") {
		t.Errorf("her districts stand in %s", b.address())
	}
}

// TestLeoPointsWithTheKeyboard chooses districts with Tab, the arrow keys and
// Enter; the choice is seen.
func TestLeoPointsWithTheKeyboard(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := &hand{tab: open(t, look{})}
	h.visit(s.URL + "/representatives?zip=10001")
	h.to(`input[name="house"]`)
	h.key(kb.ArrowDown)
	if at := eval[string](h.tab, `document.querySelector("input[name=house]:checked").value`); !strings.HasSuffix(at, "cd:12") {
		t.Errorf("the arrow key leads to %s", at)
	}
	if seen := eval[string](h.tab, `getComputedStyle(document.querySelector(".district-card:has(:checked)")).outlineStyle`); seen == "none" {
		t.Error("where the keyboard is can't be seen")
	}
	h.to(`input[name="upper"]`)
	h.key(" ")
	h.enter()
	h.says("Jerrold Nadler", "Liz Krueger", say("representatives.chosen.text"))
}

// TestPointingWorksForEveryone looks at the pages to point on, and at what
// follows, with the checker of accessibility.
func TestPointingWorksForEveryone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	if _, err := axeCore(); err != nil {
		t.Fatal(err)
	}
	look1 := open(t, look{})
	look1.allow(s.URL, "geolocation")
	for name, visit := range map[string]func(b *tab){
		"maps":         func(b *tab) { b.visit(s.URL + "/representatives?zip=10001") },
		"wards":        func(b *tab) { b.visit(s.URL + "/representatives?zip=20001") },
		"many rows":    func(b *tab) { b.visit(s.URL + "/representatives?zip=02860") },
		"overlays":     func(b *tab) { b.visit(s.URL + "/representatives?zip=03301"); b.press(".overlay summary") },
		"a border":     func(b *tab) { b.visit(s.URL + "/representatives?zip=02800") },
		"nothing":      func(b *tab) { b.visit(s.URL + "/representatives?zip=10001"); b.click("form.choose button") },
		"a point":      func(b *tab) { b.isAt(39.7389, -104.9902, 20); b.visit(s.URL + "/representatives"); b.click(locate) },
		"what is kept": func(b *tab) { b.visit(s.URL + "/representatives?zip=81657"); b.visit(s.URL + "/representatives") },
	} {
		t.Run(name, func(t *testing.T) {
			b := &tab{t: t, ctx: look1.ctx}
			b.wide()
			visit(b)
			b.check(t)
		})
	}
}
