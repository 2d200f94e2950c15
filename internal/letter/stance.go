package letter

import (
	"slices"

	"redress/internal/civics"
	"redress/internal/issue"
)

// StanceOf is where an official stands, as the issue's bills and laws show it.
// Who sponsors a bill we support counts as a sponsor even if something else
// speaks against it: one who acted is thanked, not asked.
func StanceOf(o *civics.Official, i issue.Issue) Stance {
	switch {
	case slices.ContainsFunc(i.Bills, func(b issue.Bill) bool { return b.Stance == issue.StanceSupport && sponsors(o, b) }):
		return StanceSponsor
	case slices.ContainsFunc(i.Bills, func(b issue.Bill) bool { return opposes(o, b) }):
		return StanceOpposed
	case o.Level == civics.State && lawIn(o.State, i):
		return StanceAlreadyLaw
	}
	return StanceUnknown
}

func sponsors(o *civics.Official, b issue.Bill) bool {
	return o.ID != "" && (b.SponsorID == o.ID || slices.Contains(b.CosponsorIDs, o.ID))
}

func opposes(o *civics.Official, b issue.Bill) bool {
	return slices.Contains(b.OpposedIDs, o.ID) || b.Stance == issue.StanceOppose && sponsors(o, b)
}

func lawIn(state string, i issue.Issue) bool {
	return slices.ContainsFunc(i.States, func(s issue.StateLaw) bool {
		return s.Code == state && s.Status == issue.StateLawFull
	})
}
