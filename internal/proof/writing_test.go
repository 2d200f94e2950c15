package proof

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"redress/internal/civics/civicstest"
)

// twentyFour are as many words of Ines's own.
const twentyFour = "My brother was stopped on his way home from the night shift, and the court never said whether the search was lawful or wrong."

// ines lives where Maya does.
func ines() person {
	p := maya()
	p.Given, p.Family, p.Story = "Ines", "Duarte", twentyFour
	return someone(p)
}

// ownText is what the database holds of one text: how much of it is the writer's
// own, and whether the prepared text stands in it unchanged.
type ownText struct {
	Own, All int
	Prepared bool
}

// texts are all texts that a site has kept.
func (s *site) texts(t testing.TB) []ownText {
	t.Helper()
	rows, err := connect(t, s).Query(t.Context(), "SELECT own_words, all_words, body_prepared FROM message_text")
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ownText])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestInesWritesTwentyFourWords: what the page counts while she types is what is
// kept, with an opening that isn't hers and a second letter that she changed.
// Those who listen hear of the count once she pauses.
func TestInesWritesTwentyFourWords(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	p := ines()
	b := open(t, look{})
	b.visit(s.URL + theIssue + "/letter")
	b.fill(`form.address-form input[name="address"]`, p.address())
	b.click("form.address-form button")
	b.says(say("letter.write.statement"), say("letter.write.prompts"))
	if shown := eval[int](b, `[...document.querySelectorAll('.prompts input[type="radio"]')].filter((e) => e.checkVisibility()).length`); shown != 0 {
		t.Errorf("%d radio buttons stand beside the buttons", shown)
	}
	b.picture("write-untouched")
	b.describe(p)
	b.says(say("letter.write.words", "Count", 24))

	openings := eval[[]string](b, `[...document.querySelectorAll("button[data-opening]")].map((e) => e.dataset.opening)`)
	if len(openings) < 2 {
		t.Fatalf("openings: %q", openings)
	}
	for _, opening := range openings[:2] {
		b.press(`button[data-opening=` + quoted(opening) + `]`)
		if story := eval[string](b, `document.activeElement.value`); story != opening+" "+twentyFour {
			t.Errorf("after pressing %q the story is %q", opening, story)
		}
		b.says(say("letter.write.words", "Count", 24))
	}
	b.waitUntil("the count is said", `document.querySelector("[data-own-said]").textContent === `+quoted(say("letter.write.words", "Count", 24)))
	b.picture("write-words")

	const changed = `section.letter:nth-of-type(2)`
	b.press(changed + " summary")
	eval[bool](b, `(() => { const e = document.querySelector(`+quoted(changed+" textarea")+`); e.focus(); e.setSelectionRange(e.value.length, e.value.length); return true })()`)
	b.types(" Please answer me by letter, in large type.")
	counts := eval[[]string](b, `[...document.querySelectorAll(".word-count")].filter((e) => e.checkVisibility()).map((e) => e.textContent)`)
	if want := []string{say("letter.write.words", "Count", 24), say("letter.write.words", "Count", 32)}; fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("the counts say %q, want %q", counts, want)
	}
	b.click(`form[data-letter] button[type="submit"]`)
	own := map[int]int{}
	for _, text := range s.texts(t) {
		own[text.Own]++
		if text.Prepared != (text.Own == 24) || text.All <= text.Own {
			t.Errorf("kept: %+v", text)
		}
	}
	if len(own) != 2 || own[32] != 1 || own[24] == 0 {
		t.Errorf("texts by own words: %v, want one of 32 and the others of 24", own)
	}
	if faults := b.complained(); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

// TestInesBeginsWithoutScript chooses an opening as a radio button: it stands
// before her words in what she confirms, once.
func TestInesBeginsWithoutScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	p := ines()
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + theIssue + "/letter")
	b.fill(`form.address-form input[name="address"]`, p.address())
	b.click("form.address-form button")
	b.picture("write-noscript-320")
	if shown := eval[int](b, `[...document.querySelectorAll("button.prompt")].filter((e) => e.checkVisibility()).length`); shown != 0 {
		t.Errorf("%d buttons that need script are shown", shown)
	}
	opening := eval[string](b, `document.querySelector("button[data-opening]").dataset.opening`)
	wrong := p
	wrong.Zip = "802"
	b.press(`label[for="prompt-0"]`)
	b.describe(wrong)
	b.click(`form[data-letter] button[type="submit"]`)
	b.says(say("parts.error_summary"), say("letter.write.words", "Count", 24))
	if chosen := eval[bool](b, `document.querySelector("#prompt-0").checked`); !chosen {
		t.Error("the beginning that was chosen is no longer chosen")
	}
	b.fill("#field-zip", p.Zip)
	b.click(`form[data-letter] button[type="submit"]`)
	b.visit(s.awaitMail(t, p.Email, confirmLetters).link(t, "/confirm"))
	b.says(opening + " " + twentyFour)
	b.doesNotSay(opening + " " + opening)
}

// TestPaulSendsThePreparedText in one step: he adds his name and sends. The mail
// says whose statement it is.
func TestPaulSendsThePreparedText(t *testing.T) {
	t.Parallel()
	s := shared(t)
	p := maya()
	p.Given, p.Family, p.Story = "Paul", "Reyes", ""
	p = someone(p)
	senator, _ := legislators(t, s)
	b := open(t, look{})
	b.visit(s.URL + theIssue + "/letter")
	b.fill(`form.address-form input[name="address"]`, p.address())
	b.click("form.address-form button")
	b.press(`a[href="#about-you"]`)
	b.waitUntil("he stands where his name goes", `document.activeElement.id === "about-you"`)
	b.describe(p)
	b.says(say("letter.write.statement"))
	b.click(`form[data-letter] button[type="submit"]`)
	b.visit(s.awaitMail(t, p.Email, confirmLetters).link(t, "/confirm"))
	begins, _, _ := strings.Cut(say("messages.confirm.statement", "Center", "\x00"), "\x00")
	b.says(begins)
	b.picture("confirm-statement")
	b.click(`main form[method="post"] button`)
	letter, found := addressedTo(s.awaitMailsFrom(t, p, 2), senator.email())
	if !found {
		t.Fatal("no letter to the senator")
	}
	center := strings.TrimPrefix(one(t, letter, "From").Name, "Paul Reyes via ")
	for _, want := range []string{
		"Paul Reyes, your constituent, chose to send this statement of " + center + " as it is",
		"confirmed by e-mail", "1437 Bannock St\nDenver, CO 80203",
	} {
		if !strings.Contains(letter.Text, want) {
			t.Errorf("the letter lacks %q:\n%s", want, letter.Text)
		}
	}
	if strings.Contains(letter.Text, "wrote this letter") {
		t.Error("the mail says that he wrote what the campaign wrote")
	}
}

// TestTheWritingPageFitsEveryone looks at it while somebody writes.
func TestTheWritingPageFitsEveryone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	if _, err := axeCore(); err != nil {
		t.Fatal(err)
	}
	b := open(t, look{})
	b.visit(s.URL + theIssue + "/letter")
	b.fill(`form.address-form input[name="address"]`, civicstest.Denver)
	b.click("form.address-form button")
	b.fill("#field-story", twentyFour)
	b.check(t)
}
