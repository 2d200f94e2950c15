package prose_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"redress/internal/content/prose"
)

func words() *prose.Vocabulary {
	return prose.NewVocabulary([]prose.Entry{
		{Slug: "clearly-established-law", Words: []string{"Clearly established law", "clearly established"}},
		{Slug: "section-1983", Words: []string{"Section 1983", "§ 1983"}},
		{Slug: "foia", Words: []string{"FOIA"}},
		{Slug: "courts-rule", Words: []string{"court's rule"}},
		{Slug: "due-process", Words: []string{"due process"}},
	})
}

func TestSectionsAndPlaces(t *testing.T) {
	t.Parallel()
	doc := prose.Render("Before.\n\n## How *a* case “goes” {#how}\n\nOne.\n\n{{states}}\n\nTwo & three.\n\n### Deeper\n\n## Bills & more\n\n{{ bills }}\n", nil)
	if len(doc.Sections) != 3 {
		t.Fatalf("%d sections: %+v", len(doc.Sections), doc.Sections)
	}
	if s := doc.Sections[0]; s.ID != "" || s.Title != "" || s.Parts[0].HTML != "<p>Before.</p>\n" {
		t.Errorf("text before the first heading: %+v", s)
	}
	how := doc.Sections[1]
	if how.ID != "how" || how.Title != "How a case “goes”" {
		t.Errorf("heading: %q %q", how.ID, how.Title)
	}
	if len(how.Parts) != 3 || how.Parts[1].Place != "states" || how.Parts[1].HTML != "" {
		t.Fatalf("parts: %+v", how.Parts)
	}
	if got := string(how.Parts[2].HTML); !strings.Contains(got, "<p>Two &amp; three.</p>") || !strings.Contains(got, `<h3 id="deeper">Deeper</h3>`) {
		t.Errorf("after the place: %q", got)
	}
	if bills := doc.Sections[2]; bills.Title != "Bills & more" || bills.ID == "" || bills.Parts[0].Place != "bills" {
		t.Errorf("last section: %+v", bills)
	}
}

func TestLinksToOtherSites(t *testing.T) {
	t.Parallel()
	doc := prose.Render("[A *case*](https://example.org/a?b=1&c=2), [again](https://example.org/a?b=1&c=2), [here](/terms/x), <mailto:a@example.org>.", nil)
	want := []prose.Link{{Title: "A case", URL: "https://example.org/a?b=1&c=2"}}
	if !slices.Equal(doc.Links, want) {
		t.Errorf("links: %+v", doc.Links)
	}
	got := string(doc.HTML())
	if !strings.Contains(got, `<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer external">`) {
		t.Errorf("external link: %s", got)
	}
	if !strings.Contains(got, `<a href="/terms/x">`) {
		t.Errorf("own link: %s", got)
	}
}

func TestTermsAreMarkedOnceOutsideLinksHeadingsAndCode(t *testing.T) {
	t.Parallel()
	marker := words().Page(nil)
	lead := string(prose.Text("A right that was clearly established; <clearly established>.", marker))
	if want := `A right that was <a class="term" href="/terms/clearly-established-law">clearly established</a>; &lt;clearly established&gt;.`; lead != want {
		t.Errorf("lead: %s", lead)
	}
	doc := prose.Render("## Section 1983\n\nClearly established LAW. `Section 1983` [Section 1983](/x) and *Section\n1983*, § 1983.\n\n"+
		"A court’s rule; subdue process, due processes, Due\u00a0Process. foia FOIA.", marker)
	got := string(doc.HTML())
	for text, times := range map[string]int{
		`href="/terms/clearly-established-law"`:                                     0, // marked in the lead
		"<em><a class=\"term\" href=\"/terms/section-1983\">Section\n1983</a></em>": 1,
		`href="/terms/section-1983"`:                                                1,
		`<a class="term" href="/terms/courts-rule">court’s rule</a>`:                1,
		"<a class=\"term\" href=\"/terms/due-process\">Due\u00a0Process</a>":        1,
		`href="/terms/due-process"`:                                                 1,
		`foia <a class="term" href="/terms/foia">FOIA</a>`:                          1,
	} {
		if n := strings.Count(got, text); n != times {
			t.Errorf("%q stands %d times, want %d, in\n%s", text, n, times, got)
		}
	}
	if want := []string{"clearly-established-law", "section-1983", "courts-rule", "due-process", "foia"}; !slices.Equal(marker.Marked(), want) {
		t.Errorf("marked: %v", marker.Marked())
	}
}

func TestOwnPageIsNotMarkedAndTheLongestPhraseWins(t *testing.T) {
	t.Parallel()
	got := string(prose.Text("due process, clearly established law", words().Page(func(w string) string { return "Define \"" + w + "\"" }, "due-process")))
	want := `due process, <a class="term" href="/terms/clearly-established-law">clearly established law</a>` +
		"\u2060" + `<button type="button" class="define" popovertarget="definition-clearly-established-law" aria-label="Define &#34;clearly established law&#34;"></button>` + "\u2060"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestHits(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a <b> \x02c&d\x03 e":        "a &lt;b&gt; <mark>c&amp;d</mark> e",
		"\x02open":                   "open",
		"stop\x03":                   "stop",
		"\x02a \x02b\x03 c\x03":      "<mark>a b</mark> c",
		"<script>\x02x\x03</script>": "&lt;script&gt;<mark>x</mark>&lt;/script&gt;",
	} {
		if got := string(prose.Hits(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"## A {#a onclick=x}\n\n[x](javascript:alert(1)) <script>alert(1)</script>",
		"<img src=x onerror=alert(1)>\n\n![x](javascript:y)", "[x](data:text/html,<script>)", "| a |\n|:-:|\n| b |",
		"[x](java\tscript:alert)", "&#106;avascript:", "<a href='javascript&colon;x'>", "due process\n{{states}}\n\n{{bills}}",
		"[a](https://x\" onmouseover=\"y)", "# \x00 &lt;script&gt; Section 1983", "https://x.org/\"><svg/onload=1>", "[x](//evil.org)",
		"## <b>x</b> {#A style=\"x\"}", "~~x~~ <style>*{}</style>", "1. a\n   ```\n   due process\n   ```",
	} {
		f.Add(seed)
	}
	vocabulary := words()
	f.Fuzz(func(t *testing.T, source string) {
		label := func(s string) string { return s }
		doc := prose.Render(source, vocabulary.Page(label))
		safe(t, string(doc.HTML()))
		safe(t, string(prose.Text(source, vocabulary.Page(label))))
		safe(t, string(prose.Hits(source)))
	})
}

// allowed are the elements with the attributes that may come out.
var allowed = map[string][]string{
	"p": nil, "br": nil, "hr": nil, "em": nil, "strong": nil, "del": nil, "sub": nil, "sup": nil, "blockquote": nil,
	"ul": nil, "ol": {"start"}, "li": nil, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
	"code": nil, "pre": nil, "table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": nil, "td": nil,
	"a": {"href", "rel", "class"}, "button": {"type", "class", "popovertarget", "aria-label"}, "mark": nil,
}

// safe reads HTML as a browser would and refuses what could act.
func safe(t *testing.T, markup string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader("<!doctype html><body>" + markup))
	if err != nil {
		t.Fatalf("not HTML: %v", err)
	}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Fatalf("a comment in %q", markup)
		}
		if n.Type != html.ElementNode || n.Data == "html" || n.Data == "head" || n.Data == "body" {
			continue
		}
		attributes, ok := allowed[n.Data]
		if !ok {
			t.Fatalf("element %s in %q", n.Data, markup)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attributes, a.Key) {
				t.Fatalf("attribute %s of %s in %q", a.Key, n.Data, markup)
			}
			if a.Key == "href" {
				safeLink(t, a.Val, n)
			}
		}
	}
}

func safeLink(t *testing.T, href string, n *html.Node) {
	t.Helper()
	// Browsers drop control characters and blanks before they read the scheme.
	bare := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.ToLower(href))
	scheme, _, found := strings.Cut(bare, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return
	}
	if !slices.Contains([]string{"https", "http", "mailto", "tel"}, scheme) {
		t.Fatalf("link to %q", href)
	}
	outward := scheme == "https" || scheme == "http"
	if outward && !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "rel" && strings.Contains(a.Val, "noopener") }) {
		t.Fatalf("no rel on %q", href)
	}
}

func BenchmarkRender(b *testing.B) {
	source := strings.Repeat("## A heading\n\nThe right was *clearly established*, under [Section 1983](https://example.org/x), said the court’s rule on due process.\n\n1. one\n2. two\n\n", 40)
	v := words()
	for b.Loop() {
		prose.Render(source, v.Page(nil))
	}
}
