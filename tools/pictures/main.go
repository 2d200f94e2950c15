// Command pictures takes pictures of pages of a running site, whole pages in
// the given width and color scheme:
//
//	go run ./tools/pictures -base http://localhost:8080 -out /tmp/pictures -width 320 -dark /issues/qualified-immunity …
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func main() {
	base := flag.String("base", "http://localhost:8080", "the running site")
	out := flag.String("out", "pictures", "the folder to write into")
	width := flag.Int64("width", 1280, "CSS pixels")
	height := flag.Int64("height", 0, "0: the whole page")
	dark := flag.Bool("dark", false, "the dark color scheme")
	noScript := flag.Bool("noscript", false, "with scripts off")
	flag.Parse()
	if err := run(context.Background(), *base, *out, *width, *height, *dark, *noScript, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, base, out string, width, height int64, dark, noScript bool, paths []string) error {
	profile, err := os.MkdirTemp("", "redress-pictures-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(profile) }()
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	ctx, cancel := chromedp.NewExecAllocator(ctx, chromedp.ExecPath("chromium"), chromedp.UserDataDir(profile), chromedp.NoFirstRun,
		chromedp.Flag("headless", true), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-dev-shm-usage", true))
	defer cancel()
	tab, stop := chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(tab); err != nil {
		return err
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	setUp := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: noScript})
		return err
	})
	if err := chromedp.Do(tab, chromedp.EmulateViewport(width, max(height, 800)), setUp); err != nil {
		return err
	}
	for _, path := range paths {
		if err := picture(tab, base, path, filepath.Join(out, name(path, width, scheme)), height > 0); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func picture(tab context.Context, base, path, file string, viewport bool) error {
	step, cancel := context.WithTimeout(tab, 30*time.Second)
	defer cancel()
	url := path
	if strings.HasPrefix(path, "/") {
		url = base + path
	}
	if err := chromedp.Do(step, chromedp.Navigate(url)); err != nil {
		return err
	}
	shot := chromedp.FullScreenshot(100)
	if viewport {
		shot = chromedp.CaptureScreenshot()
	}
	image, err := chromedp.Run(step, shot)
	if err != nil {
		return err
	}
	fmt.Println(file)
	return os.WriteFile(file, image, 0o600)
}

// name makes a file's name of what is in the picture.
func name(path string, width int64, scheme string) string {
	if at := strings.Index(path, "://"); at >= 0 {
		path = path[at+3:]
	}
	path = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune("/?=&:", r) {
			return '-'
		}
		return r
	}, path), "-")
	if path == "" {
		path = "home"
	}
	return fmt.Sprintf("%s-%d-%s.png", path[:min(len(path), 80)], width, scheme)
}
