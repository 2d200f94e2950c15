// Package paper makes letters to print and mail: one PDF of US Letter pages, in
// which each letter, folded in thirds, shows its recipient in the window of a #10
// envelope (window.go says where that is).
//
// What the package promises:
//   - Whatever the text, Write gives a PDF or an error and never panics; its
//     errors hold nothing of the letters.
//   - The same letters and options give the same bytes.
//   - Nothing of a letter stands in the file's properties.
//   - What the typefaces lack is not printed as something else: a symbol is left
//     out, and in the place of letters stands a blank to write them on by hand.
//     Missing says which they are, so that the writer can be told beforehand.
package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// Letter is one letter as it is to be printed. Every text is one line, but for
// the paragraphs, in which a line break stays one and an empty line begins
// another paragraph. A line that is too long is broken; an empty part takes no
// room.
type Letter struct {
	From       []Line   // the return address: three lines as a rule, six at most
	To         []string // the recipient as it shows in the window: four lines as a rule, five at most
	Date       string   // in words
	Subject    string   // what the letter is about
	Salutation string
	Paragraphs []string
	Close      string // "Sincerely,"; room for a signature follows
	Name       []Line // under the signature: the name, then perhaps the address
	Enclosures []string
}

// String keeps a letter out of logs that print whole values.
func (Letter) String() string { return "[letter]" }

// Line is a line of text, or an empty one to write on by hand.
type Line struct {
	Text  string
	Blank string // in small print under the empty line: what is to be written there
}

// String keeps a name or an address out of logs that print whole values.
func (Line) String() string { return "[line]" }

// Lines are lines of text.
func Lines(texts ...string) []Line {
	lines := make([]Line, len(texts))
	for i, t := range texts {
		lines[i] = Line{Text: t}
	}
	return lines
}

// Options say what the file is called, and hold the few words that Write adds.
type Options struct {
	Title   string                       // of the document; nothing personal
	Lang    string                       // BCP 47, for programs that read aloud: "en-US"
	Creator string                       // who made it: the center's name
	Printed time.Time                    // the file's date
	Page    func(page, pages int) string // at the top of continuation pages: "Page 2 of 3"; nil: nothing
}

var errNoLetters = errors.New("paper: no letters")

// Write writes one PDF with all letters, each on pages of its own. It is an error
// to write none.
func Write(w io.Writer, letters []Letter, o Options) (err error) {
	if len(letters) == 0 {
		return errNoLetters
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("paper: panic of type %T", panicked) // its value may quote a letter
		}
	}()
	faces, err := load()
	if err != nil {
		return err
	}
	s := newSheet(faces, o)
	for _, l := range letters {
		s.letter(l.spelled(faces))
	}
	var made bytes.Buffer
	if err := s.pdf.Output(&made); err != nil {
		return errors.New("paper: the document could not be made") // the cause may quote a letter
	}
	if _, err := w.Write(made.Bytes()); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}
