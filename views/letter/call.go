package letter

import (
	"context"
	"slices"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/letter"
)

// nearest is how many district offices are shown beside the capitol's.
const nearest = 3

// line is one number to call.
type line struct{ number, where string }

// numbersNear are the capitol's number and those of the district offices that
// share the most of the place's ZIP code, each number once.
func numbersNear(ctx context.Context, o *civics.Official, at civics.Answer) []line {
	var lines []line
	seen := map[string]bool{"": true}
	add := func(number, where string) {
		if !seen[number] {
			seen[number] = true
			lines = append(lines, line{number, where})
		}
	}
	var district []civics.Office
	for _, office := range o.Offices {
		if office.Kind == civics.OfficeCapitol {
			add(office.Phone, i18n.T(ctx, "call.capitol"))
		} else if office.Phone != "" {
			district = append(district, office)
		}
	}
	add(o.Phone(), i18n.T(ctx, "call.office"))
	slices.SortStableFunc(district, func(a, b civics.Office) int {
		return shared(b.Zip, at.Zip) - shared(a.Zip, at.Zip)
	})
	for _, office := range district[:min(nearest, len(district))] {
		where := i18n.T(ctx, "call.office")
		if office.City != "" {
			where = i18n.T(ctx, "call.district", "City", office.City)
		}
		add(office.Phone, where)
	}
	return lines
}

// shared counts the leading digits that two ZIP codes have in common: near
// places share more.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
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
