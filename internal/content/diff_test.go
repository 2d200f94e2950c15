package content

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestUnified(t *testing.T) {
	t.Parallel()
	got := unified("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n", "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n")
	want := `--- in the database
+++ in the file
@@ -1,5 +1,5 @@
 a
-b
+B
 c
 d
 e
@@ -10,3 +10,4 @@
 j
 k
 l
+m
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestScriptLeadsFromOneTextToTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 0, 12)
		from, to := lines.Draw(t, "from"), lines.Draw(t, "to")
		var before, after []string
		for _, e := range script(from, to) {
			if e.sign != '+' {
				before = append(before, e.line)
			}
			if e.sign != '-' {
				after = append(after, e.line)
			}
		}
		if strings.Join(before, "|") != strings.Join(from, "|") || strings.Join(after, "|") != strings.Join(to, "|") {
			t.Fatalf("%q to %q: %q %q", from, to, before, after)
		}
	})
}
