package letter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"redress/internal/content/item"
)

// promptFile is one of a letter's prompts: a question alone, or one with the
// words that the story then begins with.
type promptFile struct{ Ask, Opening string }

// UnmarshalYAML reads both ways of writing a prompt.
func (p *promptFile) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&p.Ask)
	}
	if node.Kind != yaml.MappingNode {
		return &yaml.TypeError{Errors: []string{"line " + strconv.Itoa(node.Line) + ": a prompt is a question, or ask and opening"}}
	}
	var wrong []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains([]string{"ask", "opening"}, key.Value) {
			wrong = append(wrong, fmt.Sprintf("line %d: field %s not found in type letter.promptFile", key.Line, key.Value))
		}
	}
	if len(wrong) > 0 {
		return &yaml.TypeError{Errors: wrong}
	}
	return node.Decode((*struct {
		Ask     string `yaml:"ask"`
		Opening string `yaml:"opening"`
	})(p))
}

// What fits in a prompt, in characters: it stands on one or two lines of a phone.
const (
	maxPrompt  = 200
	maxOpening = 120
)

// parsePrompts reads the prompts and reports what is wrong with them.
func parsePrompts(c *item.Check, files []promptFile) (asks, openings []string) {
	asks, openings = []string{}, []string{}
	first := map[string]int{}
	for i, f := range files {
		at := fmt.Sprintf("prompts[%d]", i)
		ask, opening := strings.TrimSpace(f.Ask), strings.TrimSpace(f.Opening)
		asks, openings = append(asks, ask), append(openings, opening)
		c.Required(at, ask)
		c.Max(at, ask, maxPrompt)
		c.Max(at+".opening", opening, maxOpening)
		if strings.ContainsAny(opening, "\r\n") {
			c.Fail(at+".opening", "must stand on one line")
		}
		if strings.Contains(opening, fieldOpen) || strings.Contains(opening, fieldClose) {
			c.Fail(at+".opening", "can hold no merge field: it stands before the visitor's own words, in every letter")
		}
		if opening == "" {
			continue
		}
		if other, twice := first[opening]; twice {
			c.Fail(at+".opening", "is the same as that of prompts[%d]", other)
		}
		first[opening] = i
	}
	return asks, openings
}
