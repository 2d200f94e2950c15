package letter_test

import (
	"strings"
	"testing"

	"redress/internal/content/item"
	"redress/internal/letter"
)

// What may stand in a letter, line by line: each is refused by name, or taken.
func TestSaveChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.db.Read(t.Context()).Exec(`INSERT INTO committee (id, name, chamber, dataset) VALUES
		('HSJU', 'House Committee on the Judiciary', 'house', 'congress-119'), ('SSJU', 'Senate Committee on the Judiciary', 'senate', 'congress-119'),
		('HSAP', 'House Committee on Appropriations', 'house', 'congress-119')`).Error; err != nil {
		t.Fatal(err)
	}
	ask := func(lines ...string) string {
		return "title: T\nsubject: S\nasks:\n  - level: federal\n    body: x\n    " + strings.Join(lines, "\n    ")
	}
	twoOf := func(second string) string {
		return "title: T\nsubject: S\ncomparison: {name: plain, question: 'Which is answered?', declared: We compare two versions.}\nasks:\n" +
			"  - {level: federal, variant: a, body: x}\n  - {level: federal, variant: b, body: y" + second + "}"
	}
	for name, c := range map[string]struct{ front, want string }{
		"a committee":                       {ask("committee: HSJU"), ""},
		"several":                           {ask("committees: [SSJU, HSJU, HSJU]"), ""},
		"those of the bill":                 {ask("committee: bill", "bill: us-119-s-1913"), ""},
		"unknown committee":                 {ask("committee: HSJX"), `letters.md:7: asks[0].committee: there is no committee "HSJX"; near it are HSJU (House Committee on the Judiciary), HSAP`},
		"a subcommittee":                    {ask("committee: HSJU08"), `letters.md:7: asks[0].committee: "HSJU08" is a subcommittee, whose members aren't known here: name its committee, HSJU`},
		"no id":                             {ask("committees: [Judiciary]"), `letters.md:7: asks[0].committees: "Judiciary" is not a committee's id`},
		"of the other chamber":              {ask("committee: SSJU", "chamber: house"), `asks[0].committee: "SSJU" is a committee of the other chamber`},
		"both ways":                         {ask("committee: SSJU", "committees: [HSJU]"), "asks[0].committee: write committee for one"},
		"of the bill, without a bill":       {ask("committee: bill"), "asks[0].committee: bill stands for the committees that have the ask's bill, but the ask names no bill"},
		"of the bill, and another":          {ask("committees: [bill, HSJU]", "bill: us-119-s-1913"), "asks[0].committees: bill stands for all committees"},
		"of a legislature":                  {"title: T\nsubject: S\nasks:\n  - level: state\n    committee: HSJU\n    body: x", "letters.md:6: asks[0].committee: only members of Congress have committees here"},
		"the bill, where none is named":     {"title: T\nsubject: S\nasks:\n  - level: federal\n    body: |\n      one\n\n      Support {{bill}}.", "letters.md:6: asks[0].body: line 3: {{bill}} can be empty here, since the ask names no bill: write {{bill|words that stand instead}}"},
		"the bill with other words":         {ask(`call: "Support {{bill|the bill}}."`), ""},
		"the bill in the letter's subject":  {"title: T\nsubject: About {{bill}}\nasks:\n  - {level: federal, body: x}", "asks[0].subject: line 1: {{bill}} can be empty here"},
		"that subject where it isn't empty": {"title: T\nsubject: About {{bill}}\nasks:\n  - {level: federal, body: x, bill: us-119-s-1913}", ""},
		"a committee where none is named":   {ask(`call: "Your {{committee}}"`), "letters.md:7: asks[0].call: line 1: {{committee}} can be empty here, since the ask is for members of no committee"},
		"a committee where one is named":    {ask(`call: "Your {{committee}}"`, "committee: HSJU"), ""},
		"an empty fallback":                 {ask(`call: "{{bill|}}"`), "letters.md:7: asks[0].call: line 1: {{bill|}} has no words after the bar"},
		"a field in a fallback":             {ask(`call: "{{bill|{{name}}}}"`), "letters.md:7: asks[0].call: line 1: what stands for {{bill}} without a value must be plain words"},
		"prompts of both kinds":             {ask("call: x") + "\nprompts:\n  - Why?\n  - ask: How?\n    opening: This is how", ""},
		"a prompt with another field":       {ask("call: x") + "\nprompts:\n  - ask: How?\n    begin: x", "letters.md:10: begin: there is no such field"},
		"a prompt that is a list":           {ask("call: x") + "\nprompts:\n  - [a, b]", "letters.md:9: a prompt is a question, or ask and opening"},
		"a prompt without a question":       {ask("call: x") + "\nprompts:\n  - opening: This is how", "letters.md:9: prompts[0]: is required"},
		"a field in an opening":             {ask("call: x") + "\nprompts:\n  - {ask: 'How?', opening: \"In {{your_place}}\"}", "letters.md:9: prompts[0].opening: can hold no merge field"},
		"two lines in an opening":           {ask("call: x") + "\nprompts:\n  - ask: How?\n    opening: \"a\\nb\"", "letters.md:10: prompts[0].opening: must stand on one line"},
		"the same opening twice":            {ask("call: x") + "\nprompts:\n  - {ask: A, opening: So}\n  - {ask: B, opening: So}", "letters.md:10: prompts[1].opening: is the same as that of prompts[0]"},
		"two versions":                      {twoOf(""), ""},
		"two versions with other bills":     {twoOf(", bill: us-119-s-1913"), "asks[1].variant: its other version is missing"},
		"two versions for other people":     {twoOf(", chamber: house"), "asks[0].variant: its other version is missing: the same level, chamber, state, stance, committee and bill, with variant b"},
		"not declared":                      {"title: T\nsubject: S\nasks:\n  - {level: federal, variant: a, body: x}\n  - {level: federal, variant: b, body: y}", "comparison: is required where asks have variants"},
		"declared, not said":                {strings.Replace(twoOf(""), "declared: We compare two versions.", "declared: ''", 1), "letters.md:4: comparison.declared: is required"},
		"nothing compared":                  {strings.NewReplacer("variant: a, ", "", "variant: b, ", "chamber: house, ").Replace(twoOf("")), "letters.md:4: comparison: compares nothing"},
		"a third version":                   {strings.Replace(twoOf(""), "variant: b", "variant: c", 1), `asks[1].variant: "c" is not one of`},
		"one without a version":             {twoOf("") + "\n  - {level: federal, body: z}", "asks[2].variant: is missing"},
	} {
		err := w.trySave("letters", w.SaveContent, "---\n"+c.front+"\n---\n")
		problems, refused := item.AsProblems(err)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (!refused || !strings.Contains(problems.Error(), c.want)):
			t.Errorf("%s: %v\nwant: %s", name, err, c.want)
		}
	}
}

// The release before reads prompts as a list of strings, and writes letters
// without openings: each reads what the other wrote.
func TestPromptsAreReadByTheReleaseBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.save("letters", w.SaveContent, "---\ntitle: T\nsubject: S\nprompts:\n  - Why?\n  - {ask: 'How?', opening: This is how}\nasks:\n  - {level: federal, body: x}\n---\n")
	var before []struct {
		Prompts []string `gorm:"serializer:json"`
	}
	if err := w.db.Read(t.Context()).Raw("SELECT prompts FROM letter WHERE issue_slug = ?", slug).Scan(&before).Error; err != nil || len(before) != 1 || len(before[0].Prompts) != 2 || before[0].Prompts[1] != "How?" {
		t.Errorf("it reads %v, %v", before, err)
	}
	l, err := w.BySlug(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Beginnings(); len(got) != 2 || got[0] != (letter.Prompt{Ask: "Why?"}) || got[1] != (letter.Prompt{Ask: "How?", Opening: "This is how"}) {
		t.Errorf("%+v", got)
	}
	if err := w.db.Read(t.Context()).Exec(`UPDATE letter SET openings = '[]'`).Error; err != nil {
		t.Fatal(err)
	}
	if l, err = w.BySlug(t.Context(), slug); err != nil || len(l.Beginnings()) != 2 || l.Beginnings()[1].Opening != "" {
		t.Errorf("of a letter without openings: %+v, %v", l.Beginnings(), err)
	}
}
