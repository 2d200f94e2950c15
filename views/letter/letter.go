// Package letter holds the pages of writing a letter: find, write, the receipt,
// the confirm page, and calling.
package letter

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/views/parts"
)

// Finding is the first step: whose letter, and the two ways to say where one
// lives.
type Finding struct {
	IssueSlug  string
	IssueTitle string
	Form       parts.Form // its fields are zip and address
	Several    []string   // addresses that the one typed could be, to choose from
}

// Writing is the writing step. Form holds what was typed when it comes back.
type Writing struct {
	letter.Composition
	Form     parts.Form
	Refused  []*civics.Official // chosen, and not representing the address
	Address  civics.Address     // what the finding step knows of it
	Honeypot string             // name of the field that people don't see
	Updates  string             // the words of the consent
	Stale    bool               // the facts about officials are old
	Several  []string           // addresses that the one typed could be, to choose from
}

// FieldName is the form field of a group's subject or body: the plain name when
// there is only one text, else one with the group's key.
func FieldName(name string, c letter.Composition, group string) string {
	if len(c.Groups) < 2 {
		return name
	}
	return name + "[" + group + "]"
}

func steps(ctx context.Context) []string {
	return []string{i18n.T(ctx, "letter.steps.find"), i18n.T(ctx, "letter.steps.write"), i18n.T(ctx, "letter.steps.check")}
}

// who is how an official is called in a list: "Senator Ann Example".
func who(o *civics.Official) string {
	return strings.TrimSpace(o.Title + " " + o.Name)
}

// withheld says why nobody is offered to write to an official, or to call them,
// from here.
func withheld(ctx context.Context, o *civics.Official) string {
	if o.Serves.Left {
		return i18n.T(ctx, "letter.withheld.left", "Name", who(o))
	}
	return i18n.T(ctx, "letter.withheld.marked", "Name", who(o), "Reason", o.NotOffered)
}

// offered are the officials who are offered, or are not.
func offered(officials []*civics.Official, want bool) []*civics.Official {
	var list []*civics.Official
	for _, o := range officials {
		if o.Offered() == want {
			list = append(list, o)
		}
	}
	return list
}

// seat is the official's seat with the party, for lists.
func seat(o *civics.Official) string {
	if o.Party == "" {
		return o.SeatName
	}
	return o.SeatName + ", " + o.Party
}

// channel says in a few words how a letter reaches the office, and that the
// office asked for it where it did.
func channel(ctx context.Context, r letter.Recipient) string {
	way := wayWords(ctx, r)
	if r.Official.Chosen != "" && r.Official.Chosen == r.Channel.Kind {
		return i18n.T(ctx, "letter.write.as_asked", "Way", way)
	}
	return way
}

func wayWords(ctx context.Context, r letter.Recipient) string {
	switch {
	case r.Sends && r.Channel.Kind == letter.KindCWC:
		return i18n.T(ctx, "letter.write.by_congress")
	case r.Sends:
		return i18n.T(ctx, "letter.write.by_email")
	}
	switch r.Channel.Kind {
	case civics.ChannelWebform:
		for _, word := range r.Channel.Asks {
			if word == "phone" {
				return i18n.T(ctx, "letter.write.by_webform_phone")
			}
		}
		return i18n.T(ctx, "letter.write.by_webform")
	case civics.ChannelEmail:
		return i18n.T(ctx, "letter.write.by_own_email")
	case civics.ChannelPhone:
		return i18n.T(ctx, "letter.write.by_phone")
	case civics.ChannelPost:
		return i18n.T(ctx, "letter.write.by_post")
	}
	return i18n.T(ctx, "letter.write.by_website")
}

// names lists officials: "Senator A, Senator B and Representative C".
func names(ctx context.Context, officials []*civics.Official) string {
	var all []string
	for _, o := range officials {
		all = append(all, who(o))
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	first := strings.Join(all[:len(all)-1], i18n.T(ctx, "letter.write.comma"))
	return i18n.T(ctx, "letter.write.and", "First", first, "Last", all[len(all)-1])
}

func officialsOf(rs []letter.Recipient) []*civics.Official {
	var all []*civics.Official
	for _, r := range rs {
		all = append(all, r.Official)
	}
	return all
}

// greeting is the salutation of a group's first letter.
func greeting(ctx context.Context, g letter.Group) string {
	o := g.Recipients[0].Official
	return i18n.T(ctx, "letter.salutation", "Name", strings.TrimSpace(letter.TitleOf(o)+" "+letter.LastNameOf(o)))
}

// telephone is a tel: link of a number as people write it.
func telephone(number string) string {
	main, _, _ := strings.Cut(number, "x")
	return "tel:+1" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, main)
}

// opens tells whether one of the prompts has an opening, so that there is a
// choice to make.
func opens(prompts []letter.Prompt) bool {
	return slices.ContainsFunc(prompts, func(p letter.Prompt) bool { return p.Opening != "" })
}

// opening shows how a prompt's opening goes on: with the visitor's own words,
// unless it is a sentence by itself.
func opening(ctx context.Context, p letter.Prompt) string {
	if strings.HasSuffix(p.Opening, ".") {
		return p.Opening
	}
	return i18n.T(ctx, "letter.write.opening", "Words", p.Opening)
}

// preparedJSON is what words.js counts against; "" when the letter can't be
// read, and nothing is counted.
func preparedJSON(p letter.Prepared) string {
	if len(p.Texts) == 0 {
		return ""
	}
	text, _ := json.Marshal(map[string][]string{"texts": p.Texts, "openings": p.Openings}) // strings always marshal
	return string(text)
}

// countID is the id of the count of a sheet's own words.
func countID(sheet int) string { return "own-words-" + strconv.Itoa(sheet) }

// ownWords says how many words of a sheet are the visitor's own, as words.js does.
func ownWords(ctx context.Context, w Writing, g letter.Group) string {
	story := strings.TrimSpace(w.Form.Value("story"))
	own := w.Share(story, g.Body).Own
	switch {
	case own > 0:
		return i18n.T(ctx, "letter.write.words", "Count", own)
	case story == "" && sameText(g.Body, g.Prepared):
		return i18n.T(ctx, "letter.write.statement")
	}
	return i18n.T(ctx, "letter.write.words_none")
}

// sameText compares a text with one that came back from a form, where lines end
// as browsers end them.
func sameText(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(a) == plain(b)
}

// marksHint explains the marks in square brackets where a prepared text has any.
func marksHint(ctx context.Context, prepared string) string {
	var marks []string
	for _, key := range []string{"letter.mark.your_name", "letter.mark.your_place"} {
		if mark := i18n.T(ctx, key); strings.Contains(prepared, mark) {
			marks = append(marks, mark)
		}
	}
	switch len(marks) {
	case 0:
		return ""
	case 1:
		return i18n.T(ctx, "letter.write.mark", "Mark", marks[0])
	}
	return i18n.T(ctx, "letter.write.marks")
}

// folded counts the letters whose text isn't on the first sheet.
func folded(w Writing) int {
	n := 0
	for _, g := range w.Groups[1:] {
		n += len(g.Recipients)
	}
	return n
}

// wrong reports whether a folded sheet must stand open, since something in it
// is wrong.
func wrong(w Writing, g letter.Group) bool {
	for _, name := range []string{"subject", "body"} {
		if w.Form.Error(FieldName(name, w.Composition, g.Key)) != "" {
			return true
		}
	}
	return false
}

// stateOf is the state that the form shows: as typed, else as found.
func stateOf(w Writing) string {
	if w.Form.Values.Has("state") {
		return strings.ToUpper(strings.TrimSpace(w.Form.Value("state")))
	}
	if w.Address.State != "" {
		return w.Address.State
	}
	return w.Answer.State
}

// phones are an official's numbers, each once.
func phones(o *civics.Official) []string {
	var all []string
	seen := map[string]bool{"": true}
	add := func(number string) {
		if !seen[number] {
			seen[number] = true
			all = append(all, number)
		}
	}
	add(o.Phone())
	for _, office := range o.Offices {
		if office.Kind == civics.OfficeCapitol {
			add(office.Phone)
		}
	}
	return all
}

// website is where an official is found on the web, or "".
func website(o *civics.Official) string {
	if o.Website != "" {
		return o.Website
	}
	for _, c := range o.Channels {
		if c.Kind == civics.ChannelWebsite || c.Kind == civics.ChannelWebform {
			return c.Value
		}
	}
	return ""
}

func (w Writing) recipients() string {
	return parts.WithSource("/issues/"+w.Issue.Slug+"/letter/recipients", w.Form)
}

// recipients is where the forms that ask for a place are sent.
func (f Finding) recipients() string {
	return parts.WithSource("/issues/"+f.IssueSlug+"/letter/recipients", f.Form)
}
