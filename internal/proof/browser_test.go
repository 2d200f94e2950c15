package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
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

var (
	closeBrowser   func()
	browserProfile string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if closeBrowser != nil {
		closeBrowser()
		for range 20 { // the browser's children write a moment longer
			if os.RemoveAll(browserProfile) == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

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
	b := &tab{t, ctx}
	if err := chromedp.Do(ctx); err != nil { // the first call must carry no time-out: it would end the tab
		t.Fatal(err)
	}
	if l.Width == 0 {
		l.Width = 1280
	}
	height := int64(900)
	if l.Width < 600 {
		height = 700
	}
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	b.do(chromedp.EmulateViewport(l.Width, height), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
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

// click clicks the element that the CSS selector finds and waits for the page
// that this opens.
func (b *tab) click(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("click %s: %v\nThe page says:\n%s", selector, err, b.tryText())
	}
}

// fill types into a field, replacing what it holds.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.SetValue(chromedp.CSS(selector), ""), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// text is what the page says to a reader.
func (b *tab) text() string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func (b *tab) tryText() string {
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
	return text
}

// says fails the test unless the page says all of these.
func (b *tab) says(wants ...string) {
	b.t.Helper()
	text := strings.Join(strings.Fields(b.text()), " ")
	for _, want := range wants {
		if !strings.Contains(text, want) {
			b.t.Fatalf("the page does not say %q:\n%s", want, text)
		}
	}
}

// doesNotSay fails the test if the page says any of these.
func (b *tab) doesNotSay(unwanted ...string) {
	b.t.Helper()
	text := b.text()
	for _, no := range unwanted {
		if strings.Contains(text, no) {
			b.t.Fatalf("the page says %q:\n%s", no, text)
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
