package civics

import (
	"context"
	"slices"
	"strings"

	"redress/internal/civics"
	"redress/internal/i18n"
)

// Choices are the names of the form's fields by which a visitor points to a
// district: one for each chamber; "senate" points to a state.
var Choices = []string{string(civics.Senate), string(civics.House), string(civics.Upper), string(civics.Lower)}

// choosing reports whether there is anything to point to.
func (f Find) choosing() bool {
	for _, c := range f.Answer.Candidates {
		if !c.Overlay {
			return true
		}
	}
	return false
}

// pair is a hidden field.
type pair struct{ name, value string }

// carried are the hidden fields of the form for choosing: what was asked, and
// what was chosen already for chambers that are decided.
func (f Find) carried() []pair {
	list := []pair{{"choose", "1"}}
	add := func(names ...string) {
		for _, name := range names {
			if value := f.Form.Value(name); value != "" {
				list = append(list, pair{name, value})
			}
		}
	}
	switch {
	case f.located():
		add("lat", "lon", "accuracy", "zip", "ask_census")
	case f.Form.Value("address") != "":
		add("address")
	default:
		list = append(list, pair{"zip", f.Answer.Zip})
	}
	for _, chamber := range Choices {
		if !f.asks(chamber) {
			add(chamber)
		}
	}
	return list
}

func (f Find) asks(chamber string) bool {
	for _, c := range f.Answer.Candidates {
		if string(c.Chamber) == chamber && !c.Overlay {
			return true
		}
	}
	return false
}

// border lists the states of a question's divisions when they are several.
func border(c civics.Candidate) []string {
	var states []string
	for _, d := range c.Divisions {
		if !slices.Contains(states, d.State) {
			states = append(states, d.State)
		}
	}
	if len(states) < 2 {
		return nil
	}
	return states
}

// states lists the names of the states that the answer's place touches.
func (f Find) states() []string {
	var list []string
	for _, c := range f.Answer.Candidates {
		if len(border(c)) == 0 {
			continue
		}
		for _, code := range border(c) {
			list = append(list, civics.StateName(code))
		}
		break
	}
	return list
}

// question is what a group of candidates asks.
func question(ctx context.Context, c civics.Candidate) string {
	key := "representatives.candidates." + string(c.Chamber)
	if c.Level == civics.State && c.Divisions[0].State == "DC" {
		key = "representatives.candidates.ward"
	}
	return i18n.T(ctx, key)
}

// short is a district's name without its chamber, which the group says, or whole
// where several states are listed.
func short(c civics.Candidate, d *civics.Division) string {
	_, name, cut := strings.Cut(d.Name, ", ")
	if !cut || c.Level == civics.Federal || border(c) != nil {
		return d.Name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// holders says who sits for one of a question's divisions: "Ann Example,
// Democratic; Bo Example, Republican", or that nobody does.
func holders(ctx context.Context, c civics.Candidate, d *civics.Division) string {
	var b strings.Builder
	for _, o := range c.Officials {
		if o.DivisionID != d.ID {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		if o.Vacant {
			b.WriteString(i18n.T(ctx, "representatives.vacant.name"))
			continue
		}
		b.WriteString(o.Name)
		if o.Party != "" {
			b.WriteString(", ")
			b.WriteString(o.Party)
		}
	}
	return b.String()
}
