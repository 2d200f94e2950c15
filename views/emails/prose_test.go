package emails

import (
	"strings"
	"testing"

	"redress/internal/center"
	"redress/internal/content/prose"
)

// A page puts a button between joiners beside each term; of that nothing is left in a mail.
func TestAMailHasNothingOfTheButtonsBesideTerms(t *testing.T) {
	t.Parallel()
	page := prose.HTML("<p>Ask for <a href=\"/terms/damages\">damages</a>\u2060<button type=\"button\" popovertarget=\"d\"></button>\u2060, or not.</p>")
	text, html, err := Render(t.Context(), Frame{Center: center.Center{Name: "Center"}}, Prose(page, "https://act.example"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "Ask for damages, or not.") || !strings.Contains(html, "damages</a>, or not.") {
		t.Errorf("%s\n%s", text, html)
	}
}
