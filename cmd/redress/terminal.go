package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// onTerminal tells whether a person is there to be asked.
func onTerminal() bool {
	return term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd()))
}

// askToFetch offers to download PostgreSQL where none is installed.
func askToFetch() bool {
	if !onTerminal() {
		return false
	}
	fmt.Fprint(os.Stderr, "PostgreSQL is not installed on this machine. Download it into the data folder (about 30 MB)? [y/N] ")
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return false
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

// progressOf shows how far long work is: a line that replaces itself on a
// terminal, only the end elsewhere.
func progressOf(what string) func(done, total int64) {
	terminal := term.IsTerminal(int(os.Stderr.Fd()))
	var shown time.Time
	return func(done, total int64) {
		end := total > 0 && done >= total
		if !end && (!terminal || time.Since(shown) < 100*time.Millisecond) {
			return
		}
		shown = time.Now()
		line := fmt.Sprintf("%d %s", done, what)
		if total > 0 {
			line = fmt.Sprintf("%d of %d %s", done, total, what)
		}
		if terminal {
			line = "\r\033[K" + line
		}
		if end || !terminal {
			line += "\n"
		}
		fmt.Fprint(os.Stderr, line)
	}
}
