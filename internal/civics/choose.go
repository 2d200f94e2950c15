package civics

import "slices"

// Choose narrows an answer by the divisions that the visitor points to among its
// candidates. A choice in one state rules out the others; what the answer didn't
// offer is ignored. The answer stays one by ZIP code: nobody has checked it.
func (a *Atlas) Choose(answer Answer, ids []string) Answer {
	state := ""
	for _, c := range answer.Candidates {
		for _, d := range c.Divisions {
			if slices.Contains(ids, d.ID) {
				state = d.State
			}
		}
	}
	if state == "" {
		return answer
	}
	x := a.current()
	q := question{index: x, answer: answer}
	q.answer.Divisions, q.answer.Officials = slices.Clone(answer.Divisions), slices.Clone(answer.Officials)
	q.answer.Candidates, q.answer.Ambiguous, q.answer.State, q.answer.Sources = nil, false, state, nil
	q.answer.Missing = slices.Clone(answer.Missing)
	for _, c := range answer.Candidates {
		var left, chosen []int32
		for _, d := range c.Divisions {
			i, known := x.byID[d.ID]
			if !known || d.State != state {
				continue
			}
			left = append(left, i)
			if slices.Contains(ids, d.ID) {
				chosen = append(chosen, i)
			}
		}
		if len(chosen) > 0 {
			left = chosen[:1] // each question has one answer
		}
		if c.Overlay && len(chosen) == 0 {
			if len(left) > 0 { // not those of a state that is ruled out
				q.answer.Candidates = append(q.answer.Candidates, c)
			}
			continue
		}
		q.choose(c.Chamber, left, false)
	}
	return q.done()
}
