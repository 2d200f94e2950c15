package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium starts one browser per test run; tabs are cheap.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, errors.New("Chromium is not installed; `make needs` installs it")
	}
	profile, err := os.MkdirTemp("", "redress-proof-chromium-")
	if err != nil {
		return nil, err
	}
	browserProfile = profile
	allocator, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.NoFirstRun,
		chromedp.Flag("headless", true), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("no-default-browser-check", true),
	)
	browser, stop := chromedp.NewContext(allocator)
	closeBrowser = func() { stop(); cancel() }
	return browser, chromedp.Do(browser)
})

// look is how a visitor looks at the site.
type look struct {
	Width    int64 // CSS pixels; 0: 1280
	Dark     bool
	NoScript bool
}

// tab is one visitor's browser tab. Its methods end the test on trouble.
type tab struct {
	t   testing.TB
	ctx context.Context

	mu         sync.Mutex
	requests   []string // the addresses that the browser asked for, in order
	complaints []string // what it wrote on its console: errors, broken policies
}

// open opens a tab.
func open(t testing.TB, l look) *tab {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil { // the first call must carry no time-out: it would end the tab
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	if l.Width == 0 {
		l.Width = 1280
	}
	height := int64(900)
	if l.Width < 600 {
		height = 700
	}
	b.dark(l.Dark)
	b.do(chromedp.EmulateViewport(l.Width, height), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		// Every tab believes to have the focus, so that several can be typed in at once.
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		if err != nil || !l.NoScript {
			return err
		}
		_, err = cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return b
}

const stepPatience = 20 * time.Second

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%v\nThe page says:\n%s", err, b.tryText())
	}
}

// visit opens an address.
func (b *tab) visit(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// note keeps what the browser asked for and complained about.
// visitWhenDone opens a receipt again and again until none of its letters is on
// its way: a letter is handed over a moment before its row says so.
func (b *tab) visitWhenDone(receipt string, onTheWay ...string) {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		b.visit(receipt)
		text := b.text()
		if time.Now().After(end) || !slices.ContainsFunc(onTheWay, func(words string) bool { return strings.Contains(text, words) }) {
			return
		}
	}
}

func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.complaints = append(b.complaints, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "exception: "+e.ExceptionDetails.Text)
	}
}

// asked are the addresses that the browser asked for since it was asked last.
func (b *tab) asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.requests
	b.requests = nil
	return all
}

// complained is what the browser wrote on its console since it was asked last.
func (b *tab) complained() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.complaints
	b.complaints = nil
	return all
}

// click clicks the first visible element that the CSS selector finds and waits
// for the page that this opens.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.opens("click "+selector, b.pressing(selector))
}

// press clicks the first visible element that the selector finds; no page opens.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.do(b.pressing(selector))
}

// opens does what opens another page, and waits for it.
func (b *tab) opens(what string, action chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, action); err != nil {
		b.t.Fatalf("%s: %v\nThe page says:\n%s", what, err, b.tryText())
	}
}

// pressing is a click on the first visible element that the selector finds.
func (b *tab) pressing(selector string) chromedp.Action[chromedp.Void] {
	b.t.Helper()
	b.mark(selector)
	return chromedp.Click(chromedp.CSS("[data-proof-target]"))
}

// mark finds the first visible element of a selector for what comes next.
func (b *tab) mark(selector string) {
	b.t.Helper()
	found := eval[bool](b, `(() => {
		document.querySelectorAll("[data-proof-target]").forEach((e) => e.removeAttribute("data-proof-target"));
		const all = [...document.querySelectorAll(`+quoted(selector)+`)];
		const seen = all.find((e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0);
		if (seen) { seen.scrollIntoView({ block: "center", behavior: "instant" }); seen.setAttribute("data-proof-target", ""); }
		return Boolean(seen);
	})()`)
	if !found {
		b.t.Fatalf("nothing to be seen at %s:\n%s", selector, b.tryText())
	}
}

// quoted writes a value as JavaScript does.
func quoted(value any) string {
	out, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// fill types into the first visible field that the selector finds, replacing
// what it holds.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.mark(selector)
	eval[bool](b, `(() => { const e = document.querySelector("[data-proof-target]"); e.focus(); e.select(); return true })()`)
	b.types(text)
}

// types types into whatever has the focus.
func (b *tab) types(text string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// choose takes an option of a list by its value.
func (b *tab) choose(selector, value string) {
	b.t.Helper()
	b.mark(selector)
	chosen := eval[string](b, `(() => {
		const list = document.querySelector("[data-proof-target]");
		list.value = `+quoted(value)+`;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return list.value;
	})()`)
	if chosen != value {
		b.t.Fatalf("%s has no option %q", selector, value)
	}
}

// allow grants a permission that a visitor would be asked for.
func (b *tab) allow(origin, permission string) {
	b.t.Helper()
	b.set(origin, permission, browser.PermissionSettingGranted)
}

func (b *tab) set(origin, permission string, setting browser.PermissionSetting) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: permission}, Setting: setting,
		Origin: origin, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// text is what the page says to a reader.
func (b *tab) text() string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
	for err != nil && strings.Contains(err.Error(), "No node with given id") { // the page was replaced while it was read
		text, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func (b *tab) tryText() string {
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	return brief(text)
}

// brief is text short enough for a test's message.
func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), 1500)]
}

// says fails the test unless the page says all of these.
func (b *tab) says(wants ...string) {
	b.t.Helper()
	text := strings.Join(strings.Fields(b.text()), " ")
	for _, want := range wants {
		if !strings.Contains(text, want) {
			b.t.Fatalf("the page does not say %q:\n%s", want, b.tryText())
		}
	}
}

// waitFor waits until the page says this.
func (b *tab) waitFor(want string) {
	b.t.Helper()
	for deadline := time.Now().Add(stepPatience); !strings.Contains(b.tryText(), want); {
		if time.Now().After(deadline) {
			b.says(want)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// waitUntil waits until a condition holds in the page.
func (b *tab) waitUntil(what, condition string) {
	b.t.Helper()
	for deadline := time.Now().Add(stepPatience); !eval[bool](b, condition); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("in vain: %s\n%s", what, b.tryText())
		}
	}
}

// doesNotSay fails the test if the page says any of these.
func (b *tab) doesNotSay(unwanted ...string) {
	b.t.Helper()
	text := b.text()
	for _, no := range unwanted {
		if strings.Contains(text, no) {
			b.t.Fatalf("the page says %q:\n%s", no, b.tryText())
		}
	}
}

// address is where the tab is.
func (b *tab) address() string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	url, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		b.t.Fatal(err)
	}
	return url
}

// eval evaluates an expression in the page; promises are awaited. It works with
// the visitor's scripts off, too.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v", expression[:min(len(expression), 200)], err)
	}
	return value
}

// picture writes a screenshot of the whole page into the folder named by
// REDRESS_PICTURES, when it is set.
func (b *tab) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("REDRESS_PICTURES")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	image, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s.png", name)), image, 0o644)); err != nil {
		b.t.Fatal(err)
	}
}
