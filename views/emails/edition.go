package emails

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/newsletter"
)

// Edition is an edition of the newsletter: the term of the day with what to do today, and in a weekly one the other terms of its
// days. of is the issue whose action it asks for; nil: it asks for none.
func Edition(ctx context.Context, f Frame, e newsletter.Edition, of *issue.Issue, links newsletter.Links) (subject, text, html string, err error) {
	room := "edition.mail." + e.Kind
	f.Kicker = i18n.T(ctx, room+".kicker", "Date", i18n.Date(ctx, e.Day))
	f.Title, f.Preview = e.Term.Title, e.Term.Definition
	f.Why = i18n.T(ctx, room+".why", "Center", f.Center.Name)
	f.Links = []Link{
		{i18n.T(ctx, "edition.mail.preferences"), links.Preferences},
		{i18n.T(ctx, "edition.mail.unsubscribe"), links.Unsubscribe},
	}
	blocks := []Block{Lead(e.Term.Definition)}
	if e.Term.Pronunciation != "" {
		blocks = append(blocks, Note(i18n.T(ctx, "glossary.pronounced", "Words", e.Term.Pronunciation)))
	}
	blocks = append(blocks, Prose(e.Term.HTML, f.BaseURL))
	if len(e.Term.Examples) > 0 {
		blocks = append(blocks, Heading(i18n.T(ctx, "glossary.examples")), List(e.Term.Examples...))
	}
	blocks = append(blocks, Way(i18n.T(ctx, "edition.mail.term"), f.BaseURL+"/terms/"+e.Term.Slug))
	if len(e.Week) > 0 {
		blocks = append(blocks, Heading(i18n.T(ctx, "edition.mail.others")))
		for _, day := range e.Week {
			blocks = append(blocks, Entry(day.Term.Title, day.Term.Definition, f.BaseURL+"/terms/"+day.Term.Slug))
		}
	}
	if of != nil {
		blocks = append(blocks, toDo(ctx, f.BaseURL, e.Action, *of, false)...)
	}
	text, html, err = Render(ctx, f, blocks...)
	return i18n.T(ctx, room+".subject", "Title", e.Term.Title), text, html, err
}

// toDo is what an edition or an update asks for. Who has signed is asked to write.
func toDo(ctx context.Context, base string, a newsletter.Action, of issue.Issue, hasSigned bool) []Block {
	page := base + "/issues/" + of.Slug
	blocks := []Block{Rule(), Heading(i18n.T(ctx, "edition.mail.action")), Paragraph(of.Title + ". " + of.Summary)}
	if a.Goal > 0 && a.Signed > 0 {
		blocks = append(blocks, Paragraph(i18n.T(ctx, "edition.mail.signed",
			"Count", a.Signed, "Number", i18n.Number(ctx, a.Signed), "Goal", i18n.Number(ctx, a.Goal))))
	}
	_, letter := of.Action(issue.ActionLetter)
	switch {
	case a.Goal > 0 && (!hasSigned || !letter):
		blocks = append(blocks, Button(i18n.T(ctx, "edition.mail.sign"), page+"/pledge"))
	case letter:
		blocks = append(blocks, Button(i18n.T(ctx, "edition.mail.letter"), page+"/letter"))
	}
	return append(blocks, Way(i18n.T(ctx, "edition.mail.issue"), page))
}
