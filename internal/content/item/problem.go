package item

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a content file. Text is written for
// the campaigner who edits the file.
type Problem struct {
	File  string
	Line  int    // 0: unknown
	Field string // path of the field, such as "bills[0].url"; empty for the file
	Text  string
}

// Error is the problem on one line, as compilers print theirs.
func (p Problem) Error() string {
	where := p.File
	if p.Line > 0 {
		where += fmt.Sprintf(":%d", p.Line)
	}
	if p.Field != "" {
		where += ": " + p.Field
	}
	return where + ": " + p.Text
}

// Problems is everything that is wrong, in the order it was found.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Err is nil when there is no problem.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// AsProblems takes the problems out of an error; ok is false for any other error.
func AsProblems(err error) (ps Problems, ok bool) {
	ok = errors.As(err, &ps)
	return ps, ok
}

// Problem is one problem of this item as an error.
func (it Item) Problem(line int, field, text string) error {
	return Problems{{File: it.name(), Line: line, Field: field, Text: text}}
}

func (it Item) name() string {
	if it.File != "" {
		return it.File
	}
	return it.Path()
}
