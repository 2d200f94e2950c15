package paper_test

import (
	"bytes"
	"encoding/xml"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"redress/internal/letter/paper"
)

var options = paper.Options{
	Title: "Letters: qualified immunity", Lang: "en-US", Creator: "Denver Fair Courts",
	Printed: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	Page: func(page, pages int) string {
		return "Page " + strconv.Itoa(page) + " of " + strconv.Itoa(pages)
	},
}

func write(t testing.TB, letters ...paper.Letter) []byte {
	t.Helper()
	var made bytes.Buffer
	if err := paper.Write(&made, letters, options); err != nil {
		t.Fatal(err)
	}
	return made.Bytes()
}

// run gives a PDF to one of Poppler's programs and returns what it says.
func run(t testing.TB, pdf []byte, program string, args ...string) []byte {
	t.Helper()
	command := exec.Command(program, args...)
	command.Stdin = bytes.NewReader(pdf)
	var said, complained bytes.Buffer
	command.Stdout, command.Stderr = &said, &complained
	if err := command.Run(); err != nil {
		t.Fatalf("%s (scripts/needs installs it): %v %s", program, err, complained.String())
	}
	if complained.Len() > 0 {
		t.Fatalf("%s complains: %s", program, complained.String())
	}
	return said.Bytes()
}

// pagesOf is the text of each page as a person reads it.
func pagesOf(t testing.TB, pdf []byte) []string {
	t.Helper()
	pages := strings.Split(string(run(t, pdf, "pdftotext", "-layout", "-enc", "UTF-8", "-", "-")), "\f")
	return pages[:len(pages)-1]
}

// word is one word and its box in points from the page's top left corner; the
// box holds every accent that the typeface may have.
type word struct {
	Text string  `xml:",chardata"`
	XMin float64 `xml:"xMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMin float64 `xml:"yMin,attr"`
	YMax float64 `xml:"yMax,attr"`
}

// wordsOf are the words of each page.
func wordsOf(t testing.TB, pdf []byte) [][]word {
	t.Helper()
	var said struct {
		Pages []struct {
			Words []word `xml:"word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(run(t, pdf, "pdftotext", "-bbox", "-", "-"), &said); err != nil {
		t.Fatal(err)
	}
	var pages [][]word
	for _, p := range said.Pages {
		pages = append(pages, p.Words)
	}
	return pages
}

// dot is a place on a page, in inches from its top left corner.
type dot struct{ x, y float64 }

const dots = 120 // an inch

// inkOf are the dots of a document's first page that are not white.
func inkOf(t testing.TB, pdf []byte) map[dot]bool {
	t.Helper()
	// A PGM: "P5 1020 1320 255 " and a byte a dot.
	drawn := run(t, pdf, "pdftoppm", "-gray", "-r", strconv.Itoa(dots), "-f", "1", "-l", "1", "-")
	head := strings.Fields(string(drawn[:min(len(drawn), 20)]))
	if len(head) < 3 || head[0] != "P5" {
		t.Fatalf("no picture: %q", head)
	}
	width, _ := strconv.Atoi(head[1])
	height, _ := strconv.Atoi(head[2])
	ink := map[dot]bool{}
	for i, shade := range drawn[len(drawn)-width*height:] {
		if shade < 250 {
			ink[dot{(float64(i%width) + 0.5) / dots, (float64(i/width) + 0.5) / dots}] = true
		}
	}
	return ink
}
