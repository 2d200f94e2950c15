package glossary

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"redress/internal/glossary"
)

// The map's measures, in the units of its drawing; on the narrowest phone one
// is 0.9 CSS pixels.
const (
	mapWidth   = 320
	mapTrunk   = mapWidth / 2 // the line that all terms hang on
	mapNode    = 146          // a term's box
	mapSelf    = 232          // the box of the page's term
	mapLine    = 17           // from line to line of a label
	mapPad     = 8            // above and below a label
	mapGap     = 10           // between rows
	mapCaption = 26           // what a group of terms is called
	mapRunes   = 17           // fit on a line of a box, by an ordinary sans at 14
	mapSelfFit = 25           // the same for the page's term
	mapMost    = 12           // terms drawn; the list beside the map has all
)

// drawing is a map of how a term relates to others: broader ones above it, the
// others below, each joined to the line that runs through the term.
type drawing struct {
	height int
	first  int // where the trunk begins and ends
	last   int
	boxes  []box
	names  []label // of the groups
	more   int     // terms that the drawing leaves out
}

// box is a term on the map.
type box struct {
	kind                string // a kind of relation, or "self"
	x, y, width, height int
	lines               []label
	branch              int // the trunk's end of its branch; 0: it stands on the trunk
}

// label is one line of text. squeeze is the width that it must not pass; 0: it fits.
type label struct {
	text    string
	x, y    int
	squeeze int
}

// draw lays out the map of a term.
func draw(ctx context.Context, e Entry) drawing {
	var d drawing
	left := mapMost
	y := mapGap
	for _, kind := range glossary.RelationKinds {
		if kind == glossary.Narrower {
			y = d.self(e.Title, y)
		}
		some := e.related(kind)
		d.more += max(0, len(some)-left)
		some = some[:min(left, len(some))]
		left -= len(some)
		if len(some) > 0 {
			y = d.group(ctx, kind, some, y)
		}
	}
	d.height = y
	if d.more > 0 {
		d.height += mapCaption
	}
	return d
}

func (d *drawing) self(title string, y int) int {
	b := newBox("self", title, mapTrunk-mapSelf/2, y, mapSelf, mapSelfFit)
	if d.first == 0 {
		d.first = y
	}
	d.last = y + b.height
	d.boxes = append(d.boxes, b)
	return y + b.height + mapGap
}

// group draws the terms of one kind in rows of two, and returns where the next
// begins.
func (d *drawing) group(ctx context.Context, kind string, some []glossary.Relation, y int) int {
	if d.first == 0 {
		d.first = y + mapCaption/2
	}
	d.names = append(d.names, label{text: kindName(ctx, kind), x: mapTrunk, y: y + mapCaption - 10})
	y += mapCaption
	for len(some) > 0 {
		row := some[:min(2, len(some))]
		some = some[len(row):]
		tallest := 0
		for n, r := range row {
			b := newBox(kind, r.Title, n*(mapWidth-mapNode), y, mapNode, mapRunes)
			if len(row) == 1 {
				b.moveTo(mapTrunk - mapNode/2)
			} else {
				b.branch = mapTrunk
			}
			tallest = max(tallest, b.height)
			d.last = max(d.last, y+b.height/2)
			d.boxes = append(d.boxes, b)
		}
		y += tallest + mapGap
	}
	return y
}

func newBox(kind, title string, x, y, width, runes int) box {
	b := box{kind: kind, x: x, y: y, width: width}
	for n, text := range wrapped(title, runes) {
		line := label{text: text, x: x + width/2, y: y + mapPad + mapLine*(n+1) - 4}
		if utf8.RuneCountInString(text) > runes {
			line.squeeze = width - mapPad
		}
		b.lines = append(b.lines, line)
	}
	b.height = 2*mapPad + mapLine*len(b.lines)
	return b
}

func (b *box) moveTo(x int) {
	for n := range b.lines {
		b.lines[n].x += x - b.x
	}
	b.x = x
}

// wrapped breaks a title into lines of so many runes; a longer word has one of its own.
func wrapped(title string, runes int) (lines []string) {
	for _, word := range strings.Fields(title) {
		if last := len(lines) - 1; last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= runes {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

func (b box) class() string { return "map-" + strings.ReplaceAll(b.kind, "_", "-") }

// side is where a branch leaves the box: its edge nearer to the trunk.
func (b box) side() int {
	if b.x < mapTrunk {
		return b.x + b.width
	}
	return b.x
}

func (b box) middle() int { return b.y + b.height/2 }

func at(n int) string { return strconv.Itoa(n) }
