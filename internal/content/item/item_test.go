package item_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"redress/internal/content/item"
)

func TestParseAndExport(t *testing.T) {
	t.Parallel()
	it, err := item.Parse("en/terms/x.md", []byte("\ufeff---\r\ntitle: X\r\nrevision: 7\r\nlast: y\r\n---\r\n\r\nBody.\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if it.Revision != 7 || string(it.Front) != "title: X\nlast: y\n" || it.Body != "Body.\n" {
		t.Fatalf("%+v", it)
	}
	if got, want := string(it.Export()), "---\ntitle: X\nlast: y\nrevision: 7\n---\n\nBody.\n"; got != want {
		t.Errorf("export %q, want %q", got, want)
	}
	if strings.Contains(it.Text(), "revision") {
		t.Error("the text holds the revision")
	}
}

func TestExportParsesToTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		front := rapid.StringMatching(`(title: [a-z ]{1,10}\n){0,3}(list:\n  - a\n)?`).Draw(t, "front")
		body := rapid.StringMatching(`([A-Za-z#* -]{0,20}\n){0,5}`).Draw(t, "body")
		first, err := item.Parse("f", []byte("---\n"+front+"---\n"+body))
		if err != nil {
			t.Fatal(err)
		}
		first.Revision = rapid.Int64Range(0, 1<<40).Draw(t, "revision")
		again, err := item.Parse("f", first.Export())
		if err != nil {
			t.Fatal(err)
		}
		if again.Revision != first.Revision || again.Text() != first.Text() {
			t.Fatalf("%q became %q", first.Text(), again.Text())
		}
	})
}

func TestFrontMatterIsRequired(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "title: x\n", "---\ntitle: x\n", "--- \ntitle: x"} {
		if _, err := item.Parse("f.md", []byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

type front struct {
	Title string    `yaml:"title"`
	On    item.Date `yaml:"on"`
	Links []struct {
		URL string `yaml:"url"`
	} `yaml:"links"`
}

func TestEveryProblemAtOnceByLine(t *testing.T) {
	t.Parallel()
	it, err := item.Parse("en/x/bad_slug.md", []byte(`---
on: yesterday
revision: 3
unknown: red
links:
  - url: https://example.org
  - url: http://example.org
---

Text with [a link](http://example.org/x).

{{nowhere}}
`))
	if err != nil {
		t.Fatal(err)
	}
	it.Slug = "bad_slug"
	var f front
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.RequiredDate("on", f.On)
	for i, l := range f.Links {
		c.HTTPS("links["+string(rune('0'+i))+"].url", l.URL)
	}
	c.Body("states")
	want := []string{
		"en/x/bad_slug.md:2: a date is written as 2026-11-20",
		"en/x/bad_slug.md:4: unknown: there is no such field",
		`en/x/bad_slug.md: "bad_slug" is not a slug: small letters, digits and single hyphens`,
		"en/x/bad_slug.md: title: is required",
		"en/x/bad_slug.md:7: links[1].url: must be a link that begins with https://",
		"en/x/bad_slug.md:10: body: the link http://example.org/x must begin with https://",
		"en/x/bad_slug.md:12: body: there is no table {{nowhere}}",
	}
	if got := c.Err().Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestWhatCanNotBeKeptIsAProblem(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"title: [", `title: "a\0b"`, "links: x", "- list"} {
		it, err := item.Parse("f.md", []byte("---\n"+text+"\n---\n"))
		if err != nil {
			t.Fatal(err)
		}
		it.Slug = "f"
		var f front
		if problems, ok := item.AsProblems(it.Decode(&f).Err()); !ok || problems[0].Line != 2 {
			t.Errorf("%s: %v", text, problems)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("---\ntitle: x\nrevision: 1\n---\nbody\n")
	f.Add("---\n---")
	f.Add("---\nrevision:0---\n---")
	f.Add("---\nrevision: 3 # as exported\n---")
	f.Add("---\n&a [*a]\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		it, err := item.Parse("f", []byte(text))
		if err != nil {
			return
		}
		it.Slug = "f"
		var v front
		c := it.Decode(&v)
		c.Required("title", v.Title)
		c.Body()
		_ = c.Err()
		again, err := item.Parse("f", it.Export())
		if err != nil || again.Body != it.Body {
			t.Fatalf("%q: export is %q: %v", text, it.Export(), err)
		}
	})
}
