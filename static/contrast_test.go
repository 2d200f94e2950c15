package static

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTokensCanBeRead holds every pair of colors that stands together to WCAG
// 2.2 AA, in both schemes.
func TestTokensCanBeRead(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(files(), "css/00-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(text), "prefers-color-scheme: dark")
	if !found {
		t.Fatal("no dark scheme")
	}
	for scheme, tokens := range map[string]map[string]float64{"light": luminances(t, light), "dark": luminances(t, dark)} {
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "paper", 7}, {"ink", "sheet", 7}, {"ink", "mark", 4.5},
			{"soft", "paper", 4.5}, {"soft", "sheet", 4.5},
			{"pen", "paper", 4.5}, {"pen", "sheet", 4.5}, {"pen-press", "paper", 4.5},
			{"on-pen", "pen", 4.5}, {"on-pen", "pen-press", 4.5},
			{"sent", "paper", 4.5}, {"waiting", "paper", 4.5}, {"failed", "paper", 4.5},
			{"sent", "sheet", 4.5}, {"waiting", "sheet", 4.5}, {"failed", "sheet", 4.5},
			{"pen", "mark", 3}, // a focused term
		} {
			t.Run(fmt.Sprint(scheme, " ", pair.front, " on ", pair.back), func(t *testing.T) {
				t.Parallel()
				front, ok := tokens[pair.front]
				back, okBack := tokens[pair.back]
				if !ok || !okBack {
					t.Fatal("a token is missing")
				}
				if got := (math.Max(front, back) + 0.05) / (math.Min(front, back) + 0.05); got < pair.least {
					t.Errorf("contrast %.2f, want %.1f", got, pair.least)
				}
			})
		}
	}
}

var token = regexp.MustCompile(`--([a-z-]+):\s*#([0-9a-f]{6});`)

// luminances are the relative luminances of a scheme's colors, as WCAG defines
// them.
func luminances(t *testing.T, css string) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, match := range token.FindAllStringSubmatch(css, -1) {
		rgb, err := strconv.ParseUint(match[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		all[match[1]] = 0.2126*channel(rgb>>16) + 0.7152*channel(rgb>>8) + 0.0722*channel(rgb)
	}
	return all
}

func channel(v uint64) float64 {
	c := float64(v&0xff) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
