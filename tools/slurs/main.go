// Command slurs makes the lines of internal/letter/screen/slurs.txt: it reads
// words from its input, one a line, and writes the whole list with them added.
//
//	go run ./tools/slurs internal/letter/screen/slurs.txt < words
//
// The words themselves are kept nowhere. To take a word off the list, run the
// program on an empty file with it and delete those lines.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"redress/internal/letter/screen"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: slurs FILE < words")
		os.Exit(2)
	}
	if err := add(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func add(file string) error {
	before, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var notes, lines []string
	for line := range bytes.Lines(before) {
		switch text := string(bytes.TrimSpace(line)); {
		case strings.HasPrefix(text, "#"):
			notes = append(notes, text)
		case text != "":
			lines = append(lines, text)
		}
	}
	words := bufio.NewScanner(os.Stdin)
	for words.Scan() {
		if word := strings.TrimSpace(words.Text()); word != "" {
			lines = append(lines, screen.SlurLines(word)...)
		}
	}
	if err := words.Err(); err != nil {
		return err
	}
	slices.Sort(lines)
	return os.WriteFile(file, []byte(strings.Join(append(notes, slices.Compact(lines)...), "\n")+"\n"), 0o644) //nolint:gosec // a file of the source
}
