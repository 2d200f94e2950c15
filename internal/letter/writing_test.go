package letter_test

import (
	"fmt"
	"strings"
	"testing"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/letter"
)

// texts are the rows of a message's texts.
func (w *world) texts(receipt string) []letter.MessageText {
	w.t.Helper()
	var rows []letter.MessageText
	if err := w.db.Read(w.t.Context()).Where("message_id = ?", w.messageID(receipt)).Find(&rows).Error; err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w *world) message(receipt string) letter.Message {
	w.t.Helper()
	var m letter.Message
	if err := w.db.Read(w.t.Context()).Take(&m, "id = ?", w.messageID(receipt)).Error; err != nil {
		w.t.Fatal(err)
	}
	return m
}

// Every text keeps what share of it is the writer's own.
func TestTheShareOfOwnWordsIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	written := maya(c) // ten words of her own
	for _, text := range w.texts(w.submit(written)) {
		if text.OwnWords != 10 || text.AllWords < 100 || !text.BodyPrepared {
			t.Errorf("her story before the prepared text: %d of %d, prepared %v", text.OwnWords, text.AllWords, text.BodyPrepared)
		}
	}
	written.Prompt = "1"
	for _, text := range w.texts(w.submit(written)) {
		if text.OwnWords != 10 {
			t.Errorf("an opening adds own words: %d", text.OwnWords)
		}
	}
	written.Prompt, written.Story = "", ""
	for key, body := range written.Bodies {
		written.Bodies[key] = body[:strings.Index(body, "\n\n")] + " Please answer me, Senator."
	}
	for _, text := range w.texts(w.submit(written)) {
		if text.OwnWords != 4 || text.BodyPrepared {
			t.Errorf("a shorter body with four words: %d, prepared %v", text.OwnWords, text.BodyPrepared)
		}
	}
	first := c.Groups[0].Prepared
	for key := range written.Bodies {
		written.Bodies[key] = first
	}
	for _, text := range w.texts(w.submit(written)) {
		if text.OwnWords != 0 {
			t.Errorf("the campaign's words to another office are %d words of one's own", text.OwnWords)
		}
	}
}

// A letter is the campaign's statement only when nothing was added to it.
func TestStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	prepared := maya(w.byAddress(civicstest.Denver))
	prepared.Story = "This matters to me because" // pressed a prompt, wrote no more
	told := prepared
	told.Story = "I was there."
	for name, c := range map[string]struct {
		form letter.NewMessage
		want bool
	}{"as it is": {prepared, true}, "with a story": {told, false}} {
		p, err := w.Preview(t.Context(), w.confirmToken(w.submit(c.form)))
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range p.Letters {
			if out.Statement() != c.want || !out.BodyPrepared || (out.OwnWords == 0) != c.want || out.AllWords == 0 {
				t.Errorf("%s: statement %v, prepared %v, %d of %d words", name, out.Statement(), out.BodyPrepared, out.OwnWords, out.AllWords)
			}
		}
	}
}

const compared = `---
title: T
subject: "S, from {{your_place}}"
comparison:
  name: question-first
  question: Is a letter that opens with the question answered more often?
  declared: This campaign compares two versions of its request.
asks:
  - {level: federal, variant: a, body: "Would you support it? It is about courts.", call: "A"}
  - {level: federal, variant: b, body: "It is about courts. Would you support it?", call: "B"}
  - {level: state, body: "To the legislature of our state."}
---
`

func TestTwoVersionsAreCompared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.save("letters", w.SaveContent, compared)
	l, err := w.BySlug(t.Context(), slug)
	if err != nil || !l.Compares() {
		t.Fatalf("%+v, %v", l.Comparison, err)
	}
	// Half of all places each.
	count := map[string]int{}
	for zip := range 100_000 {
		count[l.VariantAt(civics.Answer{Zip: fmt.Sprintf("%05d", zip)})]++
	}
	if a, b := count[letter.VariantA], count[letter.VariantB]; a+b != 100_000 || a < 49_000 || a > 51_000 {
		t.Errorf("%v", count)
	}
	other := l
	other.Comparison.Name = "another"
	moved := 0
	for zip := range 1000 {
		at := civics.Answer{Zip: fmt.Sprintf("%05d", zip)}
		if l.VariantAt(at) != other.VariantAt(at) {
			moved++
		}
	}
	if moved < 400 || moved > 600 {
		t.Errorf("%d of 1000 places change their version with another comparison", moved)
	}

	// Two visitors of one place read the same, byte for byte, whether they gave
	// their ZIP code or an address; the script on the phone is of that version.
	byZip, byAddress := w.byZIP("80203"), w.byAddress(civicstest.Denver)
	again := w.byAddress(civicstest.Denver)
	if byZip.Variant != byAddress.Variant || again.Variant != byZip.Variant || !byZip.Compared() {
		t.Fatalf("by ZIP code %q, by address %q and %q", byZip.Variant, byAddress.Variant, again.Variant)
	}
	texts := func(c letter.Composition) string {
		var all strings.Builder
		for _, g := range c.Groups {
			fmt.Fprintf(&all, "%s|%s|%s|%s\n", g.Key, g.Subject, g.Body, said(t, g.Recipients[0]))
		}
		return all.String()
	}
	if texts(byAddress) != texts(again) || !strings.HasPrefix(texts(byAddress), texts(byZip)[:20]) {
		t.Errorf("%s\n%s", texts(byAddress), texts(again))
	}
	for _, r := range byZip.Recipients() {
		if r.Ask.Variant != "" && (r.Ask.Variant != byZip.Variant || said(t, r) != strings.ToUpper(byZip.Variant)) {
			t.Errorf("%s got version %s with the script %q", r.Official.Name, r.Ask.Variant, said(t, r))
		}
	}

	// The message notes what its writer saw, even where their address has the
	// other version; one without a compared ask notes nothing.
	for _, v := range []string{letter.VariantA, letter.VariantB} {
		form := maya(w.AsSeen(t.Context(), byAddress, letter.NewMessage{Variant: v}))
		if got := w.message(w.submit(form)).Variant; got != v {
			t.Errorf("by the keys of the form: version %q, want %q", got, v)
		}
		form.Bodies, form.Subjects, form.Variant = map[string]string{"": "My own."}, map[string]string{"": "S"}, v
		if got := w.message(w.submit(form)).Variant; got != v {
			t.Errorf("by the form's word: version %q, want %q", got, v)
		}
	}
	form := maya(byAddress)
	form.Variant = "c"
	if got := w.message(w.submit(form)).Variant; got != byAddress.Variant {
		t.Errorf("a version that isn't there: %q", got)
	}
	form.Officials = nil
	for _, r := range byAddress.WeSend {
		form.Officials = append(form.Officials, r.Official.ID)
	}
	if got := w.message(w.submit(form)).Variant; got != "" {
		t.Errorf("nothing that was compared went out, yet version %q is noted", got)
	}
}

// A letter without a comparison has no versions, whatever a form says.
func TestNothingIsComparedUndeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	form := maya(c)
	form.Variant = letter.VariantB
	if got := w.message(w.submit(form)).Variant; got != "" || c.Variant != "" || c.Compared() {
		t.Errorf("version %q, %q", got, c.Variant)
	}
}

// Fields that need no fallback have a value for everyone who can get a letter.
func TestFieldsThatAreNeverEmpty(t *testing.T) {
	t.Parallel()
	atlas := civicstest.InMemory(t)
	n := 0
	for o := range officials(atlas) {
		if o.Vacant {
			continue
		}
		n++
		for field, value := range map[string]string{letter.FieldTitle: letter.TitleOf(o), letter.FieldName: o.Name, letter.FieldLastName: letter.LastNameOf(o), letter.FieldSeat: o.SeatName} {
			if strings.TrimSpace(value) == "" {
				t.Errorf("%s has no %s", o.ID, field)
			}
		}
	}
	if n < 7000 {
		t.Errorf("only %d officials", n)
	}
}

// officials are all who represent a division of any state.
func officials(atlas *civics.Atlas) func(yield func(*civics.Official) bool) {
	return func(yield func(*civics.Official) bool) {
		seen := map[string]bool{}
		for zip := range 100_000 {
			answer, err := atlas.ByZIP(fmt.Sprintf("%05d", zip))
			if err != nil {
				continue
			}
			all := answer.Officials
			for _, c := range answer.Candidates {
				all = append(all[:len(all):len(all)], c.Officials...)
			}
			for _, o := range all {
				if !seen[o.ID] {
					seen[o.ID] = true
					if !yield(o) {
						return
					}
				}
			}
		}
	}
}

// The committee that has the bill is asked for a hearing, by its name.
func TestTheSampleAsksTheCommittee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := map[civics.Chamber]int{}
	for o := range officials(w.atlas) {
		if o.Level != civics.Federal || o.Vacant || !o.OnCommittee("HSJU") && !o.OnCommittee("SSJU") {
			continue
		}
		c, err := w.Compose(t.Context(), slug, civics.Answer{Officials: []*civics.Official{o}})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range c.Groups {
			if len(g.Ask.Committees) == 0 {
				continue
			}
			asked[o.Chamber]++
			name := map[civics.Chamber]string{civics.Senate: "Senate Committee on the Judiciary", civics.House: "House Committee on the Judiciary"}[o.Chamber]
			if !strings.Contains(g.Body, name) || strings.Contains(g.Body, "committee that ha") {
				t.Errorf("%s is asked:\n%s", o.Name, g.Body)
			}
		}
	}
	if asked[civics.Senate] < 10 || asked[civics.House] < 20 {
		t.Errorf("asked as members of the committee: %v", asked)
	}
}
