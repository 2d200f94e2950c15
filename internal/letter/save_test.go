package letter_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"redress/content"
	"redress/internal/civics/civicstest"
	"redress/internal/content/item"
	"redress/internal/issue"
)

func TestSaveNamesEveryProblem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.count("SELECT count(*) FROM ask")
	err := w.trySave("letters", w.SaveContent, `---
subject: "Hello {{nobody}}"
prompt: one
asks:
  - level: county
    body: x
  - level: federal
    chamber: upper
    state: ZZ
    stance: friendly
    body: "{{titel}}"
  - level: federal
    stance: already_law
    body: ""
  - level: federal
    body: "Support {{bill}}"
    call: "{{bill_title"
  - level: state
    bill: us-119-s-1913
    body: x
  - level: federal
    bill: none-such
    body: x
  - level: federal
    body: "twice"
---
text
`)
	problems, ok := item.AsProblems(err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	all := problems.Error()
	for _, want := range []string{
		"title: is required", "prompt: there is no such field", `subject: line 1: unknown merge field "nobody"`,
		"asks[0].level", "asks[1].chamber", "asks[1].state", "asks[1].stance", `asks[1].body: line 1: unknown merge field "titel"`,
		"asks[2].stance: already_law is a stance of state legislators", "asks[2].body: is required",
		"asks[3].body: line 1: {{bill}} can be empty here, since the ask names no bill", "asks[3].call: line 1: {{ without }}",
		"asks[4].bill: bill \"us-119-s-1913\" is not before", "asks[5].bill: the issue has no bill \"none-such\"",
		"asks[6]: asks the same level, chamber, state, stance, committee and bill as asks[3]", "no text under its front matter",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("not reported: %s\n%s", want, all)
		}
	}
	if w.count("SELECT count(*) FROM ask") != before {
		t.Error("it was saved all the same")
	}
}

func TestSavingReplaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.save("letters", w.SaveContent, "---\ntitle: New\nsubject: S\nasks:\n  - level: federal\n    body: |\n      Dear all\n\n      {{seat}}\n---\n")
	l, err := w.BySlug(t.Context(), slug)
	if err != nil || l.Title != "New" || len(l.Asks) != 1 || l.Asks[0].Chamber != "any" || l.Asks[0].Body != "Dear all\n\n{{seat}}" {
		t.Errorf("%+v, %v", l, err)
	}
}

// Every letter of the sample content can be taken, and asks something of
// Congress and of a legislature.
func TestSampleLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files, err := fs.Glob(content.FS, "en/letters/*.md")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d letters, %v", len(files), err)
	}
	issues := issue.New(w.db)
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".md")
		w.saveFile("issues", name, issues.SaveContent)
		w.saveFile("letters", name, w.SaveContent)
		answer, err := w.atlas.ByAddress(t.Context(), civicstest.NewYork)
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Compose(t.Context(), name, answer)
		if err != nil || len(c.Recipients()) == 0 {
			t.Errorf("%s: %d recipients, %v", name, len(c.Recipients()), err)
		}
		for _, g := range c.Groups {
			if strings.Contains(g.Subject+g.Body+said(t, g.Recipients[0]), "{{") || g.Body == "" {
				t.Errorf("%s: %s is not merged", name, g.Key)
			}
		}
	}
}
