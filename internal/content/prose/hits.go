package prose

import (
	"html"
	"strings"
)

// HitStart and HitStop stand around what a search found, in plain text.
const (
	HitStart = "\x02"
	HitStop  = "\x03"
)

// Hits makes HTML of plain text: everything escaped, what was found in <mark>.
func Hits(plain string) HTML {
	var b strings.Builder
	rest := plain
	for {
		before, after, found := strings.Cut(rest, HitStart)
		if !found {
			break
		}
		hit, tail, closed := strings.Cut(after, HitStop)
		if !closed {
			break
		}
		b.WriteString(html.EscapeString(clean(before)))
		b.WriteString("<mark>" + html.EscapeString(clean(hit)) + "</mark>")
		rest = tail
	}
	b.WriteString(html.EscapeString(clean(rest)))
	return HTML(b.String())
}

var controls = strings.NewReplacer(HitStart, "", HitStop, "")

func clean(s string) string { return controls.Replace(s) }
