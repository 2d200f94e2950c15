package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAnEditIsLiveWhileTheSiteRuns exports the content, edits the issue as a
// campaigner does, and imports it. An older copy is refused. It takes some hundredths
// of a second to be live; three seconds leave room for a busy machine.
func TestAnEditIsLiveWhileTheSiteRuns(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	before := get(t, s, theIssue)
	folder := filepath.Join(filepath.Dir(s.Data), "content")
	if out, err := s.command(t, "export", "content", folder); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	file := filepath.Join(folder, "en", "issues", "qualified-immunity.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.command(t, "import", "content", folder); err != nil || !strings.Contains(out, "0 saved") {
		t.Errorf("importing what was just exported: %v %s", err, out)
	}
	edit := func(words string) {
		t.Helper()
		parts := strings.SplitN(string(text), "\n## ", 2)
		if len(parts) != 2 {
			t.Fatal("the issue has no headings")
		}
		if err := os.WriteFile(file, []byte(parts[0]+"\n"+words+"\n\n## "+parts[1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit("Nobody had said it so plainly, <script>alert(1)</script> [not even me](javascript:alert(1)).")
	out, err := s.command(t, "import", "content", folder)
	done := time.Now()
	if err != nil || !strings.Contains(out, "1 saved") {
		t.Fatalf("%v %s", err, out)
	}
	for {
		page := get(t, s, theIssue)
		if strings.Contains(page, "Nobody had said it so plainly") {
			if strings.Contains(page, "<script>alert") || strings.Contains(page, "javascript:") {
				t.Error("the edit runs a script")
			}
			break
		}
		if time.Since(done) > 3*time.Second {
			t.Fatalf("three seconds later the page is the old one (%d bytes, %d before)", len(page), len(before))
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("live after %s", time.Since(done).Round(time.Millisecond))

	edit("Someone else edited an older copy.")
	if out, err := s.command(t, "import", "content", folder); err == nil || !strings.Contains(out, "Nobody had said it so plainly") {
		t.Errorf("an older copy replaced a newer one, or its difference isn't shown: %v %s", err, out)
	}
	if out, err := s.command(t, "import", "content", "--force", folder); err != nil {
		t.Errorf("--force: %v %s", err, out)
	}
	for done := time.Now(); !strings.Contains(get(t, s, theIssue), "Someone else edited"); time.Sleep(20 * time.Millisecond) {
		if time.Since(done) > 3*time.Second {
			t.Fatal("the forced edit isn't live")
		}
	}
}
