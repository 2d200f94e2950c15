package glossary

import (
	"fmt"
	"strings"
	"testing"

	"redress/internal/glossary"
)

// FuzzTheMapFits: whatever terms are called and however many there are, no two
// boxes of the map touch, all stand within it, each label within its box, and the
// drawing and the rest that it counts make the whole list.
func FuzzTheMapFits(f *testing.F) {
	f.Add("Qualified immunity", "Clearly established law", 3, 3, 3)
	f.Add("", "x", 0, 0, 1)
	f.Add("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz of 1999", "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f", 40, 1, 0)
	f.Add("מונח \u202e one", strings.Repeat("é", 300), 1, 2, 13)
	f.Fuzz(func(t *testing.T, title, other string, broader, confused, also int) {
		e := Entry{Term: glossary.Term{Title: title}}
		for kind, n := range map[string]int{glossary.Broader: broader, glossary.ConfusedWith: confused, glossary.SeeAlso: also} {
			for i := range min(max(n, 0), 50) {
				e.Related = append(e.Related, glossary.Relation{Slug: fmt.Sprint(kind, i), Kind: kind, Title: other})
			}
		}
		d := draw(t.Context(), e)
		if len(d.boxes)-1+d.more != len(e.Related) || len(d.boxes)-1 > mapMost {
			t.Fatalf("%d boxes and %d more for %d terms", len(d.boxes)-1, d.more, len(e.Related))
		}
		for n, b := range d.boxes {
			if b.x < 0 || b.y < 0 || b.x+b.width > mapWidth || b.y+b.height > d.height {
				t.Fatalf("%+v stands outside of %d by %d", b, mapWidth, d.height)
			}
			for _, line := range b.lines {
				if line.y < b.y || line.y > b.y+b.height || line.x != b.x+b.width/2 {
					t.Fatalf("%+v is not in %+v", line, b)
				}
			}
			for _, c := range d.boxes[:n] {
				if b.x < c.x+c.width && c.x < b.x+b.width && b.y < c.y+c.height && c.y < b.y+b.height {
					t.Fatalf("%+v covers %+v", b, c)
				}
			}
			for _, name := range d.names {
				if name.y > b.y && name.y < b.y+b.height {
					t.Fatalf("%+v is behind %+v", name, b)
				}
			}
		}
	})
}

func TestBroaderTermsStandAboveAndNarrowerBelow(t *testing.T) {
	t.Parallel()
	e := Entry{Term: glossary.Term{Title: "It", Related: []glossary.Relation{
		{Slug: "below", Kind: glossary.Narrower, Title: "Below"}, {Slug: "above", Kind: glossary.Broader, Title: "Above"}, {Slug: "beside", Kind: glossary.SeeAlso, Title: "Beside"},
	}}}
	place := map[string]int{}
	for _, b := range draw(t.Context(), e).boxes {
		place[b.lines[0].text] = b.y
	}
	if place["Above"] >= place["It"] || place["It"] >= place["Below"] || place["Below"] >= place["Beside"] {
		t.Errorf("they stand at %v", place)
	}
}
