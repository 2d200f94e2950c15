package proof

import (
	"strings"
	"testing"
)

// theUpdate is news on the issue.
const theUpdate = theIssue + "/updates/four-bills-end-in-january"

// TestRosaReadsWhatIsNew comes back to an issue that she knows, on a phone with
// scripts off, reads its latest news, what came before it, and goes back to act.
func TestRosaReadsWhatIsNew(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + theIssue)
	b.says(say("issue.update.heading"), say("issue.update.latest", "Date", "November 27, 2026"))
	if first := eval[string](b, `document.querySelector(".updates a").getAttribute("href")`); first != theUpdate {
		t.Errorf("the newest comes first: %s", first)
	}
	b.click(`.updates a[href="` + theUpdate + `"]`)
	b.says("Four federal bills end on January 3", "November 27, 2026", "introduce it again", say("issue.update.others"))
	b.click(`nav a[href="` + theIssue + `/updates"]`)
	days := eval[string](b, `[...document.querySelectorAll(".updates time")].map((e) => e.dateTime).join(" ")`)
	if !strings.HasPrefix(days, "2026-11-27 2025-05-23 2025-01-16") {
		t.Errorf("the days are %s", days)
	}
	b.click(`a[href="` + theIssue + `/updates/bills-to-keep-the-rule"]`)
	b.says("Jim Banks", "H.R. 503")
	b.click(`.update-next a[href="` + theIssue + `"]`)
	b.says(say("issue.actions"))
}
