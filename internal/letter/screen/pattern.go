package screen

import (
	"fmt"
	"strconv"
	"strings"
)

// pattern is a sequence of words within one sentence. It is written as a line:
//
//	kill          this word
//	kill|shoot    one of these
//	{kill}        one of a named set
//	[all|both]    one of these, or nothing
//	*{det}        up to four words of a set
//	~3            up to three words, whatever they are, but none that denies ("not")
//	^             the sentence begins here
//	-{thing}      and none of these comes next
//	-6{contest}   nor within the next six words
type pattern struct {
	steps   []step
	without []ban
	first   bool // at the beginning of a sentence only
}

type step struct {
	kind stepKind
	any  set
	most int // for words between
}

type stepKind int

const (
	one stepKind = iota
	maybe
	several
	between
)

type ban struct {
	any  set
	most int
}

const severalAtMost = 4

// denials turn a pattern into its opposite.
var denials = newSet("not never no nobody none without nor cannot neither nothing aint dont wont cant shouldnt wouldnt hardly")

// patterns are lines by the words that they begin with.
type patterns map[string][]pattern

func (p patterns) add(line string, sets map[string]set) {
	made := newPattern(line, sets)
	for _, begin := range made.steps {
		if begin.kind != one && begin.kind != maybe {
			panic("a pattern must begin with a word: " + line)
		}
		for w := range begin.any.words {
			p[w] = append(p[w], made)
		}
		for w := range begin.any.squeezed {
			p["~"+w] = append(p["~"+w], made)
		}
		if begin.kind == one {
			return
		}
	}
}

// newPattern reads a line. The lines are ours, so one that is wrong is a panic at
// the program's start.
func newPattern(line string, sets map[string]set) pattern {
	var p pattern
	named := func(text string) set {
		if name, ok := strings.CutPrefix(text, "{"); ok {
			found, ok := sets[strings.TrimSuffix(name, "}")]
			if !ok {
				panic(fmt.Sprintf("pattern %q: no set %s", line, text))
			}
			return found
		}
		if strings.ContainsAny(text, "{}") {
			panic(fmt.Sprintf("pattern %q: a set stands alone: %s", line, text))
		}
		return newSet(strings.ReplaceAll(text, "|", " "))
	}
	for _, part := range strings.Fields(line) {
		switch part[0] {
		case '^':
			p.first = true
		case '~':
			most, err := strconv.Atoi(part[1:])
			if err != nil {
				panic(fmt.Sprintf("pattern %q: %v", line, err))
			}
			p.steps = append(p.steps, step{kind: between, most: most})
		case '*':
			p.steps = append(p.steps, step{kind: several, any: named(part[1:])})
		case '[':
			p.steps = append(p.steps, step{kind: maybe, any: named(strings.Trim(part, "[]"))})
		case '-':
			most, rest := 1, part[1:]
			if n, err := strconv.Atoi(rest[:1]); err == nil {
				most, rest = n, rest[1:]
			}
			p.without = append(p.without, ban{named(rest), most})
		default:
			p.steps = append(p.steps, step{kind: one, any: named(part)})
		}
	}
	return p
}

// find calls found at each place where a pattern begins, until found says that
// it is enough.
func (p patterns) find(text []word, found func(at int) bool) bool {
	for at, w := range text {
		denied := at > 0 && text[at-1].is(denials) && !w.begins && !w.is(firstPerson) // "vote no I will …" denies nothing
		for _, key := range []string{w.text, w.alt, "~" + w.squeezed} {
			for _, one := range p[key] {
				if !denied && (!one.first || w.begins) && one.matches(text[at:], 0, 0) && found(at) {
					return true
				}
			}
		}
	}
	return false
}

// matches tells whether the steps from the given one on are at a place of a text
// that begins where the pattern does. Steps take at most eight words each, so this
// takes a bounded time.
func (p pattern) matches(text []word, at, from int) bool {
	if from == len(p.steps) {
		return p.allowed(text, at)
	}
	s := p.steps[from]
	inside := func(i int) bool { return i < len(text) && (i == 0 || !text[i].begins) }
	switch s.kind {
	case one:
		return inside(at) && text[at].is(s.any) && p.matches(text, at+1, from+1)
	case maybe:
		return inside(at) && text[at].is(s.any) && p.matches(text, at+1, from+1) || p.matches(text, at, from+1)
	case several:
		for n := 0; ; n++ {
			if p.matches(text, at+n, from+1) {
				return true
			}
			if n == severalAtMost || !inside(at+n) || !text[at+n].is(s.any) {
				return false
			}
		}
	case between:
		for n := 0; ; n++ {
			if p.matches(text, at+n, from+1) {
				return true
			}
			if n == s.most || !inside(at+n) || text[at+n].is(denials) {
				return false
			}
		}
	}
	return false
}

// allowed tells whether nothing that comes next, or belongs to the last word,
// takes the meaning back: "kill the senator's bill".
func (p pattern) allowed(text []word, next int) bool {
	for _, b := range p.without {
		if b.most == 1 && next > 0 && text[next-1].possessive {
			return false
		}
		for i := next; i < len(text) && i < next+b.most && (b.most > 1 || !text[i].begins); i++ {
			if text[i].is(b.any) {
				return false
			}
		}
	}
	return true
}
