package i18n

import (
	"strconv"
	"strings"
)

// sentence is a message without plurals, taken apart once: its text runs
// text[0], the value named names[0], text[1], and so on. A page holds a hundred
// of them, and a general template costs ten times as much to fill.
type sentence struct {
	text  []string
	names []string
}

// sentenceOf takes a message apart; ok is false for one that does more than name
// its values.
func sentenceOf(message string) (s sentence, ok bool) {
	for {
		before, rest, found := strings.Cut(message, "{{")
		s.text = append(s.text, before)
		if !found {
			return s, true
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || len(name) < 2 || name[0] != '.' || strings.Trim(name[1:], letters) != "" {
			return sentence{}, false
		}
		s.names = append(s.names, name[1:])
		message = after
	}
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// fill writes the sentence with its values; ok is false when one is missing, is
// neither text nor a whole number, or is a count, which may change the words.
func (s sentence) fill(pairs []any) (filled string, ok bool) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "Count" {
			return "", false
		}
	}
	if len(s.names) == 0 {
		return s.text[0], true
	}
	var b strings.Builder
	for i, name := range s.names {
		b.WriteString(s.text[i])
		switch v := valueOf(name, pairs).(type) {
		case string:
			b.WriteString(v)
		case int:
			b.WriteString(strconv.Itoa(v))
		default:
			return "", false
		}
	}
	b.WriteString(s.text[len(s.names)])
	return b.String(), true
}

// valueOf is the value of a name among pairs, the last one if it is given twice.
func valueOf(name string, pairs []any) any {
	for i := len(pairs) &^ 1; i > 0; i -= 2 {
		if pairs[i-2] == name {
			return pairs[i-1]
		}
	}
	return nil
}
