package letter

import (
	"context"
	"slices"
	"strings"

	"redress/internal/i18n"
	"redress/internal/issue"
)

// preparedOf is all that the campaign wrote: first the texts of the groups, in
// their order, then the paragraphs of every other ask of the letter, whichever version
// it is, with each bill that it can name. What follows or precedes a field that
// only a recipient fills is a text of its own.
func preparedOf(ctx context.Context, l Letter, i issue.Issue, groups []Group) Prepared {
	var p Prepared
	for _, prompt := range l.Beginnings() {
		if prompt.Opening != "" {
			p.Openings = append(p.Openings, prompt.Opening)
		}
	}
	for _, g := range groups {
		p.Texts = append(p.Texts, g.Prepared)
	}
	whole := strings.Join(p.Texts, "\n")
	for _, a := range l.Asks {
		for _, text := range a.texts(ctx, i) {
			for paragraph := range strings.SplitSeq(text, "\n") {
				if paragraph = strings.TrimSpace(paragraph); paragraph != unknownValue && !strings.Contains(whole, paragraph) {
					p.Texts, whole = append(p.Texts, paragraph), whole+"\n"+paragraph
				}
			}
		}
	}
	return p
}

// unknownValue stands, on a line of its own, for the value of a recipient that
// isn't known here. It is no word.
const unknownValue = "·"

// texts are an ask's body for each bill that it can name.
func (a Ask) texts(ctx context.Context, i issue.Issue) []string {
	const apart = "\n" + unknownValue + "\n"
	values := map[string]string{
		FieldTitle: apart, FieldName: apart, FieldLastName: apart, FieldSeat: apart, FieldCommittee: apart,
		FieldYourName: i18n.T(ctx, "letter.mark.your_name"), FieldYourPlace: i18n.T(ctx, "letter.mark.your_place"),
	}
	bills := a.bills(i)
	if len(bills) == 0 {
		return []string{merge(a.Body, values)}
	}
	var all []string
	for _, b := range bills {
		values[FieldBill], values[FieldBillTitle] = b.Number, b.Title
		if text := merge(a.Body, values); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// Share counts the own words of one letter as its form holds it, before the
// marks in square brackets are filled: so the page and the server count the
// same. Of a letter that could not be read every word is the writer's.
func (c Composition) Share(story, body string) Share {
	if c.indexed == nil {
		return OwnWords(Prepared{}, story, body)
	}
	return c.indexed().share([]string{story, body})
}
