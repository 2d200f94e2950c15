package card

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawn(t testing.TB, c Card) image.Image {
	t.Helper()
	file, err := Draw(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds(); size != image.Rect(0, 0, Width, Height) {
		t.Fatalf("the card is %v", size)
	}
	return picture
}

// stained tells whether a rectangle holds anything but paper.
func stained(picture image.Image, at image.Rectangle) bool {
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if picture.At(x, y) != color.Color(paper) {
				return true
			}
		}
	}
	return false
}

var (
	titlePlace = image.Rect(left, bodyTop, right, bodyTop+150)
	namePlace  = image.Rect(left, ruleTop+ruleHeight+2, Width/2, Height)
)

func TestACardSaysItsTexts(t *testing.T) {
	t.Parallel()
	blank := drawn(t, Card{})
	if stained(blank, titlePlace) || stained(blank, namePlace) {
		t.Error("a card that says nothing isn't blank")
	}
	full := drawn(t, Card{Title: "Due process", Text: "Fair procedure.", Name: "Center for Open Courts", Label: "Glossary", Term: true})
	if !stained(full, titlePlace) || !stained(full, namePlace) {
		t.Error("title or name isn't on the card")
	}
	if got := full.At(left-5, bodyTop+100); got != color.Color(mark) {
		t.Errorf("a term is marked with %v", got)
	}
}

func TestWhatTheTypefacesLackIsLeftOutWhole(t *testing.T) {
	t.Parallel()
	for _, title := range []string{"資格免責", "حصانة", "חסינות", "Immunity 資", "\U0001f58b"} {
		picture := drawn(t, Card{Title: title, Name: "Center"})
		if stained(picture, titlePlace) || !stained(picture, namePlace) {
			t.Errorf("%q is set in part, or took the name with it", title)
		}
	}
	for _, title := range []string{"Ελευθερία", "Свобода", "Đường", "ქართული", "Հայերեն", "§ 1983 ½", "e\u0301a\u0323\u0302"} {
		if !stained(drawn(t, Card{Title: title}), titlePlace) {
			t.Errorf("%q isn't set", title)
		}
	}
}

// TestAnyTextStaysInItsPlace draws whatever staff may write: the margins stay
// clean, and it takes no longer than a card may.
func TestAnyTextStaysInItsPlace(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("Interlocutory appeals ", 5000), strings.Repeat("x", 1<<20), strings.Repeat("W", 301),
		"Z" + strings.Repeat("\u0301\u0323", 1<<18), strings.Repeat("\u0301", 999), strings.Repeat("\u200b", 1<<20), strings.Repeat("a\u0302\u0301 ", 9000),
		"\xff\xfe\x00", strings.Repeat("\n", 5000), strings.Repeat("—", 400), strings.Repeat("ﬃ", 400), strings.Repeat("\u1e9e", 900),
	} {
		begun := time.Now()
		inPlace(t, drawn(t, Card{Title: text, Text: text, Name: text, Label: text, Term: true}), text)
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%.40q took %s", text, took)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SliceOfN(rapid.StringN(0, 40, -1), 0, 20)
		c := Card{
			Title: strings.Join(words.Draw(r, "title"), " "), Text: strings.Join(words.Draw(r, "text"), " "),
			Name: rapid.StringMatching(`[A-Za-zÀ-ž ]{0,200}`).Draw(r, "name"), Label: rapid.String().Draw(r, "label"), Term: rapid.Bool().Draw(r, "term"),
		}
		inPlace(t, drawn(t, c), c.Title)
	})
}

func inPlace(t *testing.T, picture image.Image, text string) {
	t.Helper()
	for _, margin := range []image.Rectangle{image.Rect(0, barHeight, left-45, Height), image.Rect(right+45, barHeight, Width, Height)} {
		if stained(picture, margin) {
			t.Errorf("%.60q runs into the margin", text)
		}
	}
}

func TestLinesKeepAllAndFit(t *testing.T) {
	t.Parallel()
	p, err := newPress()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := p.heavy.clean(rapid.StringMatching(`([a-zA-Zß-ž]{1,50} ?){0,12}`).Draw(t, "text"), mostTitle)
		size := rapid.SampledFrom(titleSizes).Draw(t, "size")
		lines, whole := p.heavy.lines(text, size, right-left)
		if strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Fatalf("%q became %q", text, lines)
		}
		if whole && strings.Join(lines, " ") != text {
			t.Fatalf("a word of %q was broken: %q", text, lines)
		}
		for _, line := range lines {
			if wide := p.heavy.width(line, size); wide > right-left {
				t.Fatalf("%q is %f wide", line, wide)
			}
		}
	})
}

func TestCardsWaitForTheirTurn(t *testing.T) {
	var others sync.WaitGroup
	for range atOnce {
		turns <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Draw(ctx, Card{Title: "Late"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with all turns taken: %v", err)
	}
	for range 2 * atOnce {
		others.Go(func() {
			if _, err := Draw(t.Context(), Card{Title: "Patient"}); err != nil {
				t.Error(err)
			}
		})
	}
	for range atOnce {
		<-turns
	}
	others.Wait()
}
