package i18n

import (
	"context"
	"testing"
	"time"
)

// TestSentencesReadAsTheirTemplates fills every message of the catalogs both
// ways.
func TestSentencesReadAsTheirTemplates(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	short := 0
	for _, key := range Keys() {
		s, ok := loaded().sentences[Default][key]
		if !ok {
			continue
		}
		short++
		for _, value := range []any{"", `<b>"{{.Name}}" & ‘é’</b>`, 7, -1234567, int64(8), nil, 2.5, true, time.March, errText("x")} {
			pairs := []any{"Unknown", "value"}
			for _, name := range s.names {
				pairs = append(pairs, name, "first", name, value)
			}
			if got, want := T(ctx, key, pairs...), localized(ctx, key, pairs); got != want {
				t.Errorf("%s with %v: %q, want %q", key, value, got, want)
			}
		}
		for _, pairs := range [][]any{nil, {"Name"}, {"Name", "Ada", "odd"}, {7, 8}, {"Count", 1}, {"Count", 1200}} {
			if got, want := T(ctx, key, pairs...), localized(ctx, key, pairs); got != want {
				t.Errorf("%s with %v: %q, want %q", key, pairs, got, want)
			}
		}
	}
	if short < 100 {
		t.Errorf("only %d messages are sentences", short)
	}
}

type errText string

func (e errText) Error() string { return string(e) }

func TestOnlyPlainPlaceholdersAreTakenApart(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]bool{
		"":                           true,
		"text":                       true,
		"{{.A}}{{.B}}":               true,
		"in } and { and }}":          true,
		"{{ .A }}":                   false,
		"{{if .A}}x{{end}}":          false,
		"{{.A | printf \"%s\"}}":     false,
		"{{.A.B}}":                   false,
		"{{.A":                       false,
		"{{.}}":                      false,
		"{{/* nothing */}}":          false,
		"{{.A}} {{range .B}}{{end}}": false,
	} {
		if _, ok := sentenceOf(message); ok != want {
			t.Errorf("%q: %v, want %v", message, ok, want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	ctx := context.Background()
	for b.Loop() {
		_ = T(ctx, "representatives.seat", "Title", "Senator", "Seat", "Colorado")
	}
}
