package screen

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the list
	"encoding/hex"
	"strings"
)

// slurList holds a fingerprint of each slur, one a line, so that nobody who reads
// the source has to read them. `go run ./tools/slurs` makes such lines.
//
//go:embed slurs.txt
var slurList []byte

// slurPrint is the first eight bytes of a SHA-256 over a word. It keeps a word
// from being read by accident, and is no secret.
type slurPrint [8]byte

var slurPrints = func() map[slurPrint]bool {
	list := map[slurPrint]bool{}
	for text := range bytes.Lines(slurList) {
		text = bytes.TrimSpace(text)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		var print slurPrint
		if n, err := hex.Decode(print[:], text); err != nil || n != len(print) {
			panic("slurs.txt: a line that is no fingerprint")
		}
		list[print] = true
	}
	return list
}()

// SlurLines are the lines of slurs.txt for a word, or for two that are a
// slur together: as it is read when it is written plainly and, for one word,
// when it is written oddly ("wooord", "w0rd").
func SlurLines(slur string) []string {
	var read []string
	for _, w := range wordsOf(slur) {
		read = append(read, w.text)
	}
	plain := strings.Join(read, " ")
	lines := []string{lineOf(plain)}
	if len(read) == 1 {
		lines = append(lines, lineOf("~"+squeeze(plain)))
	}
	return lines
}

func lineOf(text string) string {
	print := printOf(text)
	return hex.EncodeToString(print[:])
}

func printOf(text string) slurPrint {
	sum := sha256.Sum256([]byte("redress slur\x00" + text))
	return slurPrint(sum[:8])
}

// slurs tells whether the writer of a text uses a slur.
func slurs(text []word) bool {
	for at, w := range text {
		if listed(text, at, w) && !reported(text, at) {
			return true
		}
	}
	return false
}

func listed(text []word, at int, w word) bool {
	for _, form := range []string{w.text, w.alt} {
		if form == "" {
			continue
		}
		for _, ending := range []string{"", "s", "z"} { // one, or several; not "es", which ends other words ("spices")
			if root, ok := strings.CutSuffix(form, ending); ok && slurPrints[printOf(root)] {
				return true
			}
		}
		if at > 0 && !w.begins {
			pair := text[at-1].text + " " + form
			if slurPrints[printOf(pair)] || slurPrints[printOf(strings.TrimSuffix(pair, "s"))] {
				return true
			}
		}
	}
	return w.squeezed != "" && (slurPrints[printOf("~"+w.squeezed)] || slurPrints[printOf("~"+strings.TrimSuffix(w.squeezed, "s"))])
}
