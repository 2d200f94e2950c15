package i18n

import (
	"errors"
	"fmt"
	"path"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// read adds one catalog file, named <room>.<language>.yaml. Its keys nest; a
// string is a message, and a map with "other" and nothing but plural forms is a
// message with plurals. go-i18n's own file format would give words such as
// "description" and "one" a meaning at every level.
func (b *bundle) read(name string) error {
	tag, err := language.Parse(strings.TrimPrefix(path.Ext(strings.TrimSuffix(path.Base(name), ".yaml")), "."))
	if err != nil {
		return fmt.Errorf("a catalog is named <room>.<language>.yaml: %w", err)
	}
	text, err := catalogs.ReadFile(name)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return err
	}
	return b.add(tag, "", tree)
}

func (b *bundle) add(tag language.Tag, prefix string, tree map[string]any) error {
	for key, value := range tree {
		id := prefix + key
		message := &goi18n.Message{ID: id}
		switch v := value.(type) {
		case string:
			message.Other = v
			b.addSentence(tag.String(), id, v)
		case map[string]any:
			if !isPlural(v) {
				if err := b.add(tag, id+".", v); err != nil {
					return err
				}
				continue
			}
			if err := setForms(message, v); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		default:
			return fmt.Errorf("%s must be text: put it in quotes", id)
		}
		if tag == language.English {
			if b.keys[id] {
				return fmt.Errorf("%s stands twice", id)
			}
			b.keys[id] = true
		}
		if err := b.AddMessages(tag, message); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}

// addSentence keeps a message without plurals where T finds it at once.
func (b *bundle) addSentence(lang, id, text string) {
	s, ok := sentenceOf(text)
	if !ok {
		return
	}
	if b.sentences[lang] == nil {
		b.sentences[lang] = map[string]sentence{}
	}
	b.sentences[lang][id] = s
}

var pluralForms = map[string]func(*goi18n.Message) *string{
	"zero":  func(m *goi18n.Message) *string { return &m.Zero },
	"one":   func(m *goi18n.Message) *string { return &m.One },
	"two":   func(m *goi18n.Message) *string { return &m.Two },
	"few":   func(m *goi18n.Message) *string { return &m.Few },
	"many":  func(m *goi18n.Message) *string { return &m.Many },
	"other": func(m *goi18n.Message) *string { return &m.Other },
}

func isPlural(tree map[string]any) bool {
	for key := range tree {
		if pluralForms[key] == nil {
			return false
		}
	}
	return tree["other"] != nil
}

func setForms(m *goi18n.Message, forms map[string]any) error {
	for name, value := range forms {
		text, ok := value.(string)
		if !ok {
			return errors.New("a plural form must be text")
		}
		*pluralForms[name](m) = text
	}
	return nil
}
