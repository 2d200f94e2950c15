package letter

import (
	"strconv"
	"strings"
)

// Prompt is a question that helps a visitor begin, with the words that then
// stand at the beginning of their story; Opening may be empty.
type Prompt struct {
	Ask     string
	Opening string
}

// Beginnings are the letter's prompts in their order.
func (l Letter) Beginnings() []Prompt {
	prompts := make([]Prompt, len(l.Prompts))
	for i, ask := range l.Prompts {
		prompts[i].Ask = ask
		if i < len(l.Openings) {
			prompts[i].Opening = l.Openings[i]
		}
	}
	return prompts
}

// begun is a story with the opening of the prompt that was chosen beside it
// ("0" for the first; anything else chooses none) before its words, unless it
// begins so already. A story that is nothing but an opening is none: whoever
// pressed a prompt and wrote no more has said nothing yet.
func (l Letter) begun(story, chosen string) string {
	prompts := l.Beginnings()
	for _, p := range prompts {
		if p.Opening != "" && sameTokens(tokens(story), tokens(p.Opening)) {
			return ""
		}
	}
	if story == "" {
		return ""
	}
	for i, p := range prompts {
		if p.Opening == "" || chosen != strconv.Itoa(i) || beginsWith(tokens(story), tokens(p.Opening)) {
			continue
		}
		return p.Opening + " " + strings.TrimSpace(story)
	}
	return story
}
