package letter

import (
	"context"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/letter"
)

// listed is how many district offices are shown beside the capitol's.
const listed = 3

// line is one number to call.
type line struct{ number, where string }

// numbers are the capitol's number and those of the first district offices,
// each number once.
func numbers(ctx context.Context, o *civics.Official, offices []civics.Office) []line {
	var lines []line
	seen := map[string]bool{"": true}
	add := func(number, where string) {
		if !seen[number] {
			seen[number] = true
			lines = append(lines, line{number, where})
		}
	}
	var district []civics.Office
	for _, office := range offices {
		if office.Kind == civics.OfficeCapitol {
			add(office.Phone, i18n.T(ctx, "call.capitol"))
		} else if office.Phone != "" {
			district = append(district, office)
		}
	}
	add(o.Phone(), i18n.T(ctx, "call.office"))
	for _, office := range district[:min(listed, len(district))] {
		where := i18n.T(ctx, "call.office")
		if office.City != "" {
			where = i18n.T(ctx, "call.district", "City", office.City)
		}
		add(office.Phone, where)
	}
	return lines
}

func ofLevel(officials []*civics.Official, level civics.Level) []*civics.Official {
	var out []*civics.Official
	for _, o := range officials {
		if o.Level == level {
			out = append(out, o)
		}
	}
	return out
}

// scriptFor is what to say to an official, "" when the issue asks nothing of
// them by phone.
func scriptFor(o *civics.Official, found letter.Composition) string {
	for _, r := range found.Recipients() {
		if r.Official.ID == o.ID {
			return r.Call
		}
	}
	return ""
}
