package emails

import (
	"strings"
	"testing"

	"redress/internal/center"
)

func sample() Frame {
	return Frame{
		Center:  center.Center{Name: "Center for Open Courts", PostalAddress: []string{"Center for Open Courts", "100 Example Street", "Sampletown, CO 00000"}},
		BaseURL: "https://act.example.org", Title: "Confirm your name", Preview: "One more step",
		Why:   "Someone signed a pledge with this address.",
		Links: []Link{{"Never write to me again", "https://act.example.org/stop/abc"}},
	}
}

func render(t *testing.T, f Frame, blocks ...Block) (text, html string) {
	t.Helper()
	text, html, err := Render(t.Context(), f, blocks...)
	if err != nil {
		t.Fatal(err)
	}
	return text, html
}

func TestBothFormsSayTheSame(t *testing.T) {
	t.Parallel()
	text, html := render(t, sample(),
		Paragraph("Please press the button."), Button("Confirm my name", "https://act.example.org/c/1?a=b&c=d"),
		Heading("What happens"), List("We count you", "We write no more"), Note("The link works for 7 days."), Letter("Dear Senator,\n\nplease act."))
	for _, want := range []string{
		"Please press the button.", "Confirm my name", "We count you", "The link works for 7 days.", "Dear Senator,", "please act.",
		"Center for Open Courts", "100 Example Street", "Sampletown, CO 00000", "Someone signed a pledge with this address.", "Never write to me again",
		"https://act.example.org/stop/abc",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
		if !strings.Contains(html, want) {
			t.Errorf("HTML lacks %q", want)
		}
	}
	if !strings.Contains(text, "\nhttps://act.example.org/c/1?a=b&c=d\n") {
		t.Error("the text's link does not stand on a line of its own")
	}
	if !strings.Contains(html, `href="https://act.example.org/c/1?a=b&amp;c=d"`) {
		t.Error("the HTML's link is broken")
	}
	if strings.Contains(text, "sample site") {
		t.Error("a real center's mail is labeled as a sample")
	}
	if strings.Count(text, "Center for Open Courts") != 1 {
		t.Errorf("the name stands twice in\n%s", text)
	}
}

func TestSampleIsLabelled(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Center.Sample = true
	text, html := render(t, f, Paragraph("Hello"))
	if !strings.Contains(text, "sample site") || !strings.Contains(html, "sample site") {
		t.Error("a sample center's mail is not labeled")
	}
}

func TestNothingIsFetchedAndNothingInjected(t *testing.T) {
	t.Parallel()
	evil := `<script>alert(1)</script><img src=x> "'&`
	f := sample()
	f.Title, f.Why = evil, evil
	_, html := render(t, f, Paragraph(evil), Letter(evil), Button(evil, "javascript:alert(1)"), List(evil), Heading(evil), Note(evil))
	for _, bad := range []string{"<script", "<img", "src=", `href="javascript`, "url(", "@import", "<link"} {
		if strings.Contains(html, bad) && bad != "src=" {
			t.Errorf("HTML holds %q", bad)
		}
	}
	if strings.Contains(html, "<img src") {
		t.Error("HTML fetches")
	}
}

func TestTextIsWrapped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 60)
	link := "https://act.example.org/" + strings.Repeat("x", 100)
	text, _ := render(t, sample(), Paragraph(long+link+" "+long), Letter(long), List(long))
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > width && !strings.Contains(line, link) {
			t.Errorf("line of %d: %q", len(line), line)
		}
	}
	if !strings.Contains(text, link) {
		t.Error("the link was broken")
	}
}
