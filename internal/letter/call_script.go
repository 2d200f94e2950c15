package letter

import (
	"context"
	"strings"

	"redress/internal/civics"
)

// Spoken is a piece of a script. Field says what of the caller it is, FieldYourName
// or FieldYourPlace; it is empty for the campaign's words.
type Spoken struct {
	Text  string
	Field string
}

// Script is what to say to the recipient, in pieces. Where the caller's name or
// town goes stands a mark in square brackets, or the town if it is known.
func (r Recipient) Script(ctx context.Context, town string) []Spoken {
	template, _ := ParseTemplate(r.Ask.Call) // checked when it was saved
	values := valuesFor(ctx, r.Official, r.Bill, r.Committee)
	if town != "" {
		values[FieldYourPlace] = town
	}
	var script []Spoken
	for _, p := range template.pieces {
		switch p.field {
		case "":
			script = append(script, Spoken{Text: p.text})
		case FieldYourName, FieldYourPlace:
			script = append(script, Spoken{values[p.field], p.field})
		default:
			script = append(script, Spoken{Text: values[p.field]})
		}
	}
	return script
}

// TownOf is the town that an answer is for, "" when it is known by its ZIP code or
// state alone.
func TownOf(a civics.Answer) string {
	town, found := strings.CutSuffix(a.Place, ", "+a.State)
	if !found || a.State == "" || strings.ContainsAny(town, "0123456789") {
		return ""
	}
	return town
}
