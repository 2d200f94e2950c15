package proof

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeCore is the checker for accessibility, from npm.
var axeCore = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile(filepath.Join(root(), "tools", "browser", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is not installed; `make needs` installs it: %w", err)
	}
	return string(text), nil
})

// TestEveryPageWorksForEveryone opens every type of page once and looks at it as
// people do: with a checker of accessibility, in light and dark, and on a phone
// 320 pixels wide.
func TestEveryPageWorksForEveryone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	if _, err := axeCore(); err != nil {
		t.Fatal(err)
	}
	pages := publicPages(t, s)
	maps.Copy(pages, otherPages())
	maps.Copy(pages, privatePages(t, s))
	type visitTo struct {
		name string
		open func(b *tab)
	}
	var visits []visitTo
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		visits = append(visits, visitTo{name, func(b *tab) { b.visit(s.URL + pages[name]) }})
	}
	forms := formsWithErrors()
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		visits = append(visits, visitTo{name, func(b *tab) { b.sends(s, forms[name]) }})
	}
	const tabs = 2
	for part := range tabs {
		t.Run(fmt.Sprintf("tab %d", part+1), func(t *testing.T) {
			t.Parallel()
			b := open(t, look{})
			for i := part; i < len(visits); i += tabs {
				v := visits[i]
				t.Run(v.name, func(t *testing.T) {
					b := &tab{t: t, ctx: b.ctx}
					b.wide()
					v.open(b)
					b.check(t)
				})
			}
		})
	}
}

// check looks at the page that is open in light and dark, wide and narrow.
func (b *tab) check(t *testing.T) {
	t.Helper()
	script, _ := axeCore()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script+";true"))
		return err
	}))
	name := strings.ReplaceAll(filepath.Base(t.Name()), " ", "-")
	b.picture(name + "-wide-light")
	b.axe(t, "light", `{ rules: { "target-size": { enabled: true } } }`)
	b.dark(true)
	b.picture(name + "-wide-dark")
	b.axe(t, "dark", colorRules)
	b.narrow()
	b.picture(name + "-narrow-dark")
	b.axe(t, "dark on a phone", colorRules)
	b.dark(false)
	b.picture(name + "-narrow-light")
	b.axe(t, "a phone", `{ runOnly: { type: "rule", values: ["target-size", "scrollable-region-focusable", "meta-viewport", "aria-hidden-focus"] } }`)
	b.fitsAPhone(t)
}

const colorRules = `{ runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }`

// axe reports every violation that the checker finds.
func (b *tab) axe(t *testing.T, how, options string) {
	t.Helper()
	for _, v := range eval[[]string](b, `axe.run(document, `+options+`).then((r) => r.violations.flatMap((v) =>
		v.nodes.slice(0, 4).map((n) => v.id + ": " + n.target.join(" ") + ": " + (n.any.concat(n.all, n.none)[0]?.message ?? v.help) + " " + n.html.slice(0, 160))))`) {
		t.Errorf("%s: %s", how, v)
	}
}

// fitsAPhone fails where one must scroll sideways to read, or can't hit a
// control with a thumb.
func (b *tab) fitsAPhone(t *testing.T) {
	t.Helper()
	for _, fault := range eval[[]string](b, `(() => {
		const faults = [], wide = document.scrollingElement.scrollWidth;
		if (wide > innerWidth) faults.push("the page is " + wide + " px wide in " + innerWidth);
		const tell = (e) => e.tagName.toLowerCase() + (e.id && "#" + e.id) + (e.className && typeof e.className === "string" ? "." + e.className.trim().replaceAll(/\s+/g, ".") : "") + " " + JSON.stringify((e.textContent || e.value || "").trim().slice(0, 40));
		const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0 && !e.closest(".visually-hidden, .honeypot, [aria-hidden=true]");
		const scrolls = (e) => { for (let p = e; p && p !== document.body; p = p.parentElement) { if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; } return false; };
		for (const e of document.body.querySelectorAll("*")) {
			if (!seen(e) || e.closest("svg") && e.tagName !== "svg") continue;
			const r = e.getBoundingClientRect();
			if (r.right > innerWidth + 1 && r.width > 1 && !scrolls(e)) { faults.push("reaches to " + Math.round(r.right) + " px: " + tell(e)); break; }
		}
		for (const e of document.querySelectorAll("button, .button, input, select, textarea, summary, [role=button]")) {
			if (!seen(e) || e.type === "hidden") continue;
			let r = e.getBoundingClientRect(), wide = r.width, high = r.height;
			if (e.type === "checkbox" || e.type === "radio") {
				for (const l of e.labels) { wide = Math.max(wide, l.getBoundingClientRect().width); high = Math.max(high, l.getBoundingClientRect().height); }
			}
			if (wide < 24 || high < 24) faults.push(Math.round(wide) + " by " + Math.round(high) + " px: " + tell(e));
		}
		return faults;
	})()`) {
		t.Error(fault)
	}
}

func (b *tab) wide()   { b.t.Helper(); b.dark(false); b.do(chromedp.EmulateViewport(1280, 900)) }
func (b *tab) narrow() { b.t.Helper(); b.do(chromedp.EmulateViewport(320, 640)) }

// dark switches the color scheme that the visitor prefers.
func (b *tab) dark(on bool) {
	b.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
}
