package pledge_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"redress/content"
	"redress/internal/content/item"
	"redress/internal/postgres"
)

func TestSaveContentNamesEveryProblem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.save(slug, "goal: 0\nopens: 2026-12-02\ncloses: 2026-12-01\nkept_days_after_close: 4000\naddresse: who\n", "")
	problems, ok := item.AsProblems(err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	got := strings.Join(fields, " ")
	for _, want := range []string{"title", "addressee", "addresse", "goal", "closes", "handed_over", "kept_days_after_close", "body"} {
		if !strings.Contains(" "+got+" ", " "+want+" ") {
			t.Errorf("%q is not reported: %s", want, got)
		}
	}
	if n := w.one(t, `SELECT count(*) FROM pledge`); n != 0 {
		t.Error("it was saved all the same")
	}
}

func TestSavingAgainKeepsTheId(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	before := w.bySlug(t, slug)
	receipt := w.sign(t, ana(slug))
	w.publish(t, slug, "goal: 20", "goal: 30", "closes: 2026-12-31\n", "", "show_names: true", "show_names: false")
	after := w.bySlug(t, slug)
	if after.ID != before.ID || after.Goal != 30 || after.Closes != nil || after.ShowsNames {
		t.Errorf("after = %+v", after)
	}
	if p, err := w.ByReceipt(t.Context(), receipt); err != nil || p.Goal != 30 {
		t.Errorf("ByReceipt = %+v, %v", p, err)
	}
}

func TestStatementIsSafeHTML(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.save(slug, frontMatter, "I **ask**.\n\n<script>x</script><a href=\"javascript:x\" onclick=\"x\">y</a>\n"); err != nil {
		t.Fatal(err)
	}
	html := string(w.bySlug(t, slug).HTML)
	if !strings.Contains(html, "<strong>ask</strong>") || strings.Contains(html, "script") || strings.Contains(html, "onclick") {
		t.Errorf("HTML = %s", html)
	}
}

func TestSamplePledgesAreSaved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files, err := fs.Glob(content.FS, "en/pledges/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample pledges: %v", err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(content.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		it, err := item.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		it.Kind, it.Slug, it.Lang = "pledges", strings.TrimSuffix(path.Base(file), ".md"), "en"
		if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.SaveContent(t.Context(), tx, it) }); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
