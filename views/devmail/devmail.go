// Package devmail shows captured mail to whoever tries the site on their own machine.
package devmail

import (
	"regexp"
	"strings"
	"time"
)

// Entry is one line of the list.
type Entry struct {
	Path              string // of the page that shows it
	Kind, To, Subject string
	At                time.Time
}

// Message is one captured mail.
type Message struct {
	Kind, Subject, Text string
	At                  time.Time
	Headers             []Header
	HTMLPath            string // where its HTML is served, sandboxed; "" when it has none
}

// Header is one header line, decoded.
type Header struct{ Name, Value string }

// piece is a stretch of text or a link in it.
type piece struct {
	text string
	link bool
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces finds the links in a text. Punctuation that ends a sentence is not part of one.
func pieces(text string) []piece {
	var out []piece
	for {
		at := address.FindStringIndex(text)
		if at == nil {
			return append(out, piece{text: text})
		}
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)'")
		out = append(out, piece{text: text[:at[0]]}, piece{text: link, link: true})
		text = text[at[0]+len(link):]
	}
}
