package paper_test

import (
	"math"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"redress/internal/letter/paper"
)

func nfc(text string) string { return norm.NFC.String(text) }
func nfd(text string) string { return norm.NFD.String(text) }

// The envelope as the postal service describes it, in inches, and the page folded
// in thirds within it: independent of how the code counts.
const (
	envelopeWidth, envelopeHeight = 9.5, 4.125
	windowLeft, windowAbove       = 0.875, 0.5 // from the left edge, from the bottom
	windowWidth, windowHeight     = 4.5, 1.125
	panelWidth, panelHeight       = 8.5, 11.0 / 3
)

// lie is one way in which the folded page lies: how far it is from the envelope's
// left edge, and above its bottom.
type lie struct{ aside, up float64 }

// lies are the corners of what the envelope leaves, its middle, and the quarter
// of an inch around that.
func lies() []lie {
	mostAside, mostUp := envelopeWidth-panelWidth, envelopeHeight-panelHeight
	var all []lie
	for _, a := range []float64{0, 0.25, 0.5, 0.75, 1} {
		for _, u := range []float64{0, 0.25, 0.5, 0.75, 1} {
			all = append(all, lie{a * mostAside, u * mostUp})
		}
	}
	return all
}

// shows tells whether a point of the page's top third is seen through the window;
// in inches from the page's top left corner.
func (l lie) shows(x, y float64) bool {
	if y > panelHeight {
		return false // on another panel
	}
	right := l.aside + x
	above := l.up + panelHeight - y // the envelope's bottom
	return right >= windowLeft && right <= windowLeft+windowWidth && above >= windowAbove && above <= windowAbove+windowHeight
}

// checkWindow holds every word of a first page against the window: a word shows
// whole however the page lies, or never.
func checkWindow(t testing.TB, words []word) (shown []string) {
	t.Helper()
	for _, w := range words {
		corners, seen, total := [][2]float64{{w.XMin, w.YMin}, {w.XMax, w.YMin}, {w.XMin, w.YMax}, {w.XMax, w.YMax}}, 0, 0
		for _, l := range lies() {
			for _, c := range corners {
				total++
				if l.shows(c[0]/72, c[1]/72) {
					seen++
				}
			}
		}
		if seen != 0 && seen != total {
			t.Errorf("%q at x %.1f–%.1f, y %.1f–%.1f shows in the window at %d of %d corners", w.Text, w.XMin, w.XMax, w.YMin, w.YMax, seen, total)
		}
		if seen == total {
			shown = append(shown, w.Text)
		}
	}
	return shown
}

// checkMargins wants every word on the page, away from its edges.
func checkMargins(t testing.TB, pages [][]word) {
	t.Helper()
	for i, words := range pages {
		for _, w := range words {
			if w.XMin < 72 || w.XMax > 8.5*72-72+8 || w.YMin < 36 || w.YMax > 11*72-54 {
				t.Errorf("page %d: %.20q at x %.1f–%.1f, y %.1f–%.1f is in the margin", i+1, w.Text, w.XMin, w.XMax, w.YMin, w.YMax)
			}
		}
	}
}

var recipients = map[string][]string{
	"three lines": {"Representative Diana DeGette", "2111 Rayburn House Office Building", "Washington, DC 20515-0601"},
	"four lines":  {"Senator Michael F. Bennet", "Cesar E. Chavez Memorial Building", "1244 Speer Blvd.", "Denver, CO 80204"},
	"five lines":  {"State Senator Matt Ball", "Colorado Senate, district 31", "State Capitol Room 346, Colorado Building 200 E. Colfax Ave.", "Denver, CO 80203"},
	"accents":     {"Ậ́Ṣ̂ĘỘ̧́ Ổj̨", "Ậ́Ṣ̂ĘỘ̧́ Ổj̨", "Ậ́Ṣ̂ĘỘ̧́ Ổj̨", "San Juan, PR 00902"},
	"the longest": {"Territorial Senator María de Lourdes Santiago Negrón", "Pocahontas Legislative Office Building of the Commonwealth", "18 Capitol Square SW, Room 507-F, Coverdell Legislative Office Building", "Atlanta, GA 30334-9003"},
	"one line":    {"The Clerk"},
}

func TestTheAddressStandsInTheWindow(t *testing.T) {
	t.Parallel()
	for name, to := range recipients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := maya()
			l.To = to
			shown := checkWindow(t, wordsOf(t, write(t, l))[0])
			whole := strings.Join(shown, " ")
			for _, line := range []string{to[0], to[len(to)-1]} {
				if !strings.Contains(nfc(whole), nfc(line)) && name != "accents" {
					t.Errorf("the window shows %q and not %q", whole, line)
				}
			}
			if strings.Contains(whole, "Dear") || strings.Contains(whole, "Maya") || strings.Contains(whole, "November") {
				t.Errorf("the window shows more than the address: %q", whole)
			}
		})
	}
}

// What the window shows is exactly what the address put on the page, dot by dot,
// wherever the page lies; the marks of the fold and lines to write on are dots too.
func TestNothingElseShowsInTheWindow(t *testing.T) {
	t.Parallel()
	for name, to := range recipients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := maya()
			l.To = to
			l.From = []paper.Line{{Blank: "Your name"}, {Blank: "Street address"}, {Blank: "City, state, ZIP code"}}
			whole, address := inkOf(t, write(t, l)), inkOf(t, write(t, paper.Letter{To: to}))
			for _, lies := range lies() {
				for at := range whole {
					ofAddress := address[at] && at.y > 1 && at.y < panelHeight-0.1 // and not a mark of the fold
					if seen := lies.shows(at.x, at.y); seen != ofAddress {
						t.Fatalf("lying %.3f in aside and %.3f in up: the dot at %.3f, %.3f in shows: %v, and is of the address: %v", lies.aside, lies.up, at.x, at.y, seen, ofAddress)
					}
				}
			}
		})
	}
}

// The postal service wants an eighth of an inch between the address and the
// window's sides.
func TestTheAddressKeepsClear(t *testing.T) {
	t.Parallel()
	for name, to := range recipients {
		l := maya()
		l.To = to
		for _, w := range wordsOf(t, write(t, l))[0] {
			if !(lie{}).shows(w.XMin/72, w.YMin/72) {
				continue
			}
			if left := w.XMin/72 - windowLeft; left < 0.125 {
				t.Errorf("%s: %q is %.3f in from the window's left side", name, w.Text, left)
			}
			if right := windowLeft + windowWidth - (w.XMax/72 + envelopeWidth - panelWidth); right < 0.125 {
				t.Errorf("%s: %q is %.3f in from the window's right side", name, w.Text, right)
			}
		}
	}
}

func TestTheFoldsAreMarked(t *testing.T) {
	t.Parallel()
	marks := map[float64]int{}
	for at := range inkOf(t, write(t, maya())) {
		for _, third := range []float64{11.0 / 3, 22.0 / 3} {
			if math.Abs(at.y-third) < 1.5/dots && (at.x < 0.375 || at.x > 8.5-0.375) {
				marks[third]++
			}
		}
	}
	if len(marks) != 2 {
		t.Errorf("marks at %v", marks)
	}
}
