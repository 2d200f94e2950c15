// Package i18n holds every sentence that the program says. Views, mails and
// messages name a key; the catalogs in catalog/ hold one file per room and
// language (pledge.en.yaml), keys nested under the room's name. Plurals follow
// the CLDR rules through go-i18n.
package i18n

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Default is the language of pages without a language in their path.
const Default = "en"

//go:embed catalog/*.yaml
var catalogs embed.FS

type langKey struct{}

// With returns a context in which T speaks lang.
func With(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, langKey{}, lang)
}

// Lang is the language that T speaks in ctx.
func Lang(ctx context.Context) string {
	if lang, ok := ctx.Value(langKey{}).(string); ok {
		return lang
	}
	return Default
}

// T is the sentence for key, with its placeholders filled from pairs of name
// and value: T(ctx, "pledge.signed", "Count", 3, "Name", name). A pair named
// "Count" (an integer) chooses the plural form. A key that no catalog has comes
// back as itself and is logged; a check keeps that from being committed.
func T(ctx context.Context, key string, pairs ...any) string {
	if s, ok := loaded().sentences[Lang(ctx)][key]; ok {
		if filled, ok := s.fill(pairs); ok {
			return filled
		}
	}
	return localized(ctx, key, pairs)
}

// localized is the general way: plurals, any value, a language that lacks the key.
func localized(ctx context.Context, key string, pairs []any) string {
	config := goi18n.LocalizeConfig{MessageID: key}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			name, ok := pairs[i].(string)
			if !ok {
				name = fmt.Sprint(pairs[i])
			}
			data[name] = pairs[i+1]
		}
		if n, ok := data["Count"]; ok {
			config.PluralCount = n
			if i, ok := asInt64(n); ok {
				data["Count"] = Number(ctx, i)
				config.PluralCount = i
			}
		}
		config.TemplateData = data
	}
	text, err := localizer(Lang(ctx)).Localize(&config)
	if err != nil && text == "" {
		slog.ErrorContext(ctx, "message missing", "key", key, "lang", Lang(ctx))
		return key
	}
	return text
}

// Has tells whether the default language's catalogs hold key.
func Has(key string) bool { return loaded().keys[key] }

// Keys lists every key of the default language's catalogs, unsorted.
func Keys() []string {
	keys := make([]string, 0, len(loaded().keys))
	for k := range loaded().keys {
		keys = append(keys, k)
	}
	return keys
}

type bundle struct {
	*goi18n.Bundle
	keys map[string]bool

	sentences map[string]map[string]sentence // by language and key

	mu sync.RWMutex
	by map[string]*goi18n.Localizer
}

var loaded = sync.OnceValue(func() *bundle {
	b := &bundle{Bundle: goi18n.NewBundle(language.English), keys: map[string]bool{}, sentences: map[string]map[string]sentence{}, by: map[string]*goi18n.Localizer{}}
	names, err := fs.Glob(catalogs, "catalog/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, name := range names {
		if err := b.read(name); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err)) // embedded: a build with a broken catalog fails its first test
		}
	}
	return b
})

func localizer(lang string) *goi18n.Localizer {
	b := loaded()
	b.mu.RLock()
	l := b.by[lang]
	b.mu.RUnlock()
	if l != nil {
		return l
	}
	l = goi18n.NewLocalizer(b.Bundle, lang, Default)
	b.mu.Lock()
	b.by[lang] = l
	b.mu.Unlock()
	return l
}

func asInt64(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case int16:
		return int64(n), true
	}
	return 0, false
}
