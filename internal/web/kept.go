package web

import (
	"net/url"
	"time"

	"redress/internal/civics"
	"redress/internal/fault"
)

// mostDivisions is how many divisions hold one place: state, congressional
// district, and a district of each chamber, with room for wards and overlays.
const mostDivisions = 8

// sentDivisions reports whether a form names districts that a browser kept.
func sentDivisions(form url.Values) bool { return len(form["divisions[]"]) > 0 }

// byKept answers for the districts that the visitor's browser kept from an
// earlier answer: divisions[] are their ids, until the day up to which they were
// in force then. ended says that some of them no longer are, so that the visitor
// must look again. What is no set of one place's divisions is fault.Invalid.
func (s *Site) byKept(form url.Values) (answer civics.Answer, ended bool, err error) {
	sent := form["divisions[]"]
	if len(sent) > mostDivisions {
		return civics.Answer{}, false, fault.Invalid("representatives.kept.unknown")
	}
	over := false
	if until, err := time.Parse(time.DateOnly, form.Get("until")); err == nil {
		over = !civics.Division{Until: until}.InForce(s.Now())
	}
	var ids []string
	state, chambers := "", map[civics.Chamber]bool{}
	for _, id := range sent {
		d, known := s.Atlas.Division(id)
		if !known || (over && d.Chamber == civics.House) {
			ended = true
			continue
		}
		if (state != "" && d.State != state) || chambers[d.Chamber] {
			return civics.Answer{}, false, fault.Invalid("representatives.kept.unknown")
		}
		state, chambers[d.Chamber] = d.State, true
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return civics.Answer{}, false, fault.Invalid("representatives.kept.unknown")
	}
	answer = s.Atlas.ByDivisions(ids)
	return answer, ended || len(answer.Divisions) < len(ids), nil
}
