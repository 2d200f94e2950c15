package civics

import (
	"slices"
	"strings"
	"time"

	"redress/internal/fault"
)

// Keys of what an answer can't say; each is a sentence in the catalog.
const (
	MissingSenators     = "civics.missing.senators"      // DC and the territories elect none
	MissingZip          = "civics.missing.zip"           // the Census doesn't know the ZIP code
	MissingCongress     = "civics.missing.congress"      // the geocoder answered for another Congress
	MissingEnded        = "civics.missing.ended"         // these districts are no longer in force
	MissingTerm         = "civics.missing.term"          // terms ended, and the list of the new Congress is not here
	MissingLegislature  = "civics.missing.legislature"   // a territory whose legislature is not in the data
	MissingStatewide    = "civics.missing.statewide"     // Puerto Rico: only legislators at large
	MissingWard         = "civics.missing.ward"          // DC: only the council at large
	MissingFloterial    = "civics.missing.floterial"     // New Hampshire: districts that lie over others
	MissingTribal       = "civics.missing.tribal"        // Maine: seats of tribes
	MissingStateSeats   = "civics.missing.state_seats"   // state districts are not known for this place
	MissingStateZipOnly = "civics.missing.state_by_zip"  // the geocoder didn't give state districts
	MissingStateUnasked = "civics.missing.state_unasked" // a point: the geocoder wasn't asked, and no ZIP code was given
	MissingStateInexact = "civics.missing.state_inexact" // a point: the device doesn't know well enough where it is
	MissingStateDown    = "civics.missing.state_down"    // a point: the geocoder was asked and isn't answering
	MissingZipElsewhere = "civics.missing.zip_elsewhere" // a point, and a ZIP code of another state or congressional district
)

// ByZIP answers for a ZIP code as a visitor types it. A code that touches several
// districts is Ambiguous and lists them as candidates; nothing is ever guessed.
// A code that the Census doesn't know answers for the state that its first three
// digits name. What is no ZIP code is fault.Invalid; digits that no mail uses
// are fault.NotFound.
func (a *Atlas) ByZIP(typed string) (Answer, error) {
	zip := typed
	if !PlainZip(zip) {
		var err error
		if zip, err = NormalizeZip(typed); err != nil {
			return Answer{}, err
		}
	}
	x := a.current()
	kept := &x.byZip[zipNumber(zip)]
	if known := kept.Load(); known != nil {
		return *known, nil
	}
	answer, err := x.answerZIP(strings.Clone(zip)) // what was typed may be part of a request
	if err == nil {
		kept.Store(&answer)
	}
	return answer, err
}

func (x *index) answerZIP(zip string) (Answer, error) {
	q := question{index: x, answer: Answer{Zip: zip, Place: zip, Confidence: ConfidenceZip}}
	touched := x.zip(zipNumber(zip))
	if len(touched) == 0 {
		return q.byPrefix(zipNumber(zip))
	}
	q.spread(touched)
	return q.done(), nil
}

// ByDivisions answers for a set of divisions, each of them sure. Ids that are
// unknown or no longer in force are left out, which Missing says.
func (a *Atlas) ByDivisions(ids []string) Answer {
	x := a.current()
	q := question{index: x, answer: Answer{Confidence: ConfidenceAddress}}
	states := map[string]bool{}
	for _, id := range ids {
		i, known := x.byID[id]
		if !known {
			q.miss(MissingStateSeats)
			continue
		}
		if q.sure(i) {
			states[x.divisions[i].State] = true
			q.answer.State = x.divisions[i].State
		}
	}
	if len(states) > 1 {
		q.answer.State = ""
	}
	return q.done()
}

// question is an answer in the making.
type question struct {
	index  *index
	answer Answer
	mapped bool // the map of districts was used
}

// spread answers for a place that touches these divisions.
func (q *question) spread(touched []int32) {
	x := q.index
	var states []string
	byChamber := map[Chamber][]int32{}
	for _, i := range touched {
		d := x.divisions[i]
		if !slices.Contains(states, d.State) {
			states = append(states, d.State)
		}
		byChamber[d.Chamber] = append(byChamber[d.Chamber], i)
	}
	if len(states) == 1 {
		q.answer.State = states[0]
	}
	q.whole(states)
	q.unmapped(states, byChamber[House])
	if len(states) == 1 && states[0] == "DC" && len(byChamber[Upper]) == 0 {
		byChamber[Upper] = x.wards // which of them, no table says
	}
	for _, chamber := range []Chamber{House, Upper, Lower} {
		q.choose(chamber, byChamber[chamber], len(states) > 1)
	}
	if len(states) == 1 {
		q.limits(placeByCode[states[0]], byChamber[Upper], byChamber[Lower])
	}
	for _, state := range states {
		q.overlays(state, byChamber[Lower])
	}
}

// unmapped says that a state's districts have ended and the new ones aren't here.
func (q *question) unmapped(states []string, found []int32) {
	for _, state := range states {
		if p := placeByCode[state]; !p.atLarge() && !slices.ContainsFunc(found, func(i int32) bool { return q.index.divisions[i].State == state }) {
			q.miss(MissingEnded)
		}
	}
}

// whole answers for what a whole state elects: its senators, or as candidates
// those of each state that the place touches.
func (q *question) whole(states []string) {
	var voting []int32
	for _, code := range states {
		p := placeByCode[code]
		if !p.voting() {
			q.miss(MissingSenators)
			continue
		}
		if i, known := q.index.byID[wholeID(p)]; known {
			voting = append(voting, i)
		}
	}
	q.choose(Senate, voting, len(states) > 1)
}

// choose takes one division for sure, and several as candidates.
func (q *question) choose(chamber Chamber, divisions []int32, border bool) {
	divisions = q.inForce(divisions)
	switch {
	case len(divisions) == 0:
	case len(divisions) == 1 && !border:
		q.sure(divisions[0])
	default:
		q.answer.Ambiguous = true
		c := Candidate{Level: q.index.divisions[divisions[0]].Level, Chamber: chamber}
		for _, i := range divisions {
			c.Divisions = append(c.Divisions, q.index.divisions[i])
			c.Officials = append(c.Officials, q.index.seated[i]...)
			q.known(i)
		}
		q.answer.Candidates = append(q.answer.Candidates, c)
	}
}

// known says when it isn't known who holds a seat of a division.
func (q *question) known(i int32) {
	if q.index.lapsed[i] {
		q.miss(MissingTerm)
	}
}

func (q *question) inForce(divisions []int32) []int32 {
	kept := make([]int32, 0, len(divisions))
	for _, i := range divisions {
		if q.index.divisions[i].InForce(q.index.at) {
			kept = append(kept, i)
		} else {
			q.miss(MissingEnded)
		}
	}
	return kept
}

// sure adds a division and those who represent it.
func (q *question) sure(i int32) bool {
	d := q.index.divisions[i]
	if !d.InForce(q.index.at) {
		q.miss(MissingEnded)
		return false
	}
	if slices.ContainsFunc(q.answer.Divisions, func(e *Division) bool { return e.ID == d.ID }) {
		return true
	}
	q.answer.Divisions = append(q.answer.Divisions, d)
	q.answer.Officials = append(q.answer.Officials, q.index.seated[i]...)
	q.known(i)
	return true
}

// limits says what can't be said about a state's legislature.
func (q *question) limits(p place, upper, lower []int32) {
	switch {
	case p.code == "DC" && len(upper) == 0:
		q.miss(MissingWard)
	case p.code == "PR" && len(upper)+len(lower) == 0:
		q.miss(MissingStatewide)
	case p.capital == "":
		q.miss(MissingLegislature)
	case p.voting() && (len(upper) == 0 || (len(lower) == 0 && p.lower != "")):
		q.miss(MissingStateSeats)
	}
}

// overlays answers for seats that lie over the districts that a map shows. New
// Hampshire's lie over some towns of one county, so those of the county are
// possible; Maine's are tribes'.
func (q *question) overlays(state string, lower []int32) {
	switch state {
	case "NH":
		q.miss(MissingFloterial)
		q.overlaid(lower)
	case "ME":
		q.miss(MissingTribal)
	}
}

// overlaid lists the districts that may lie over these.
func (q *question) overlaid(lower []int32) {
	c := Candidate{Level: State, Chamber: Lower, Overlay: true}
	var counties []string
	for _, i := range lower {
		d := q.index.divisions[i]
		if county := countyOf(d.District); d.State == "NH" && !slices.Contains(counties, county) {
			counties = append(counties, county)
		}
	}
	for _, county := range counties {
		for _, i := range q.index.overlays[county] {
			c.Divisions = append(c.Divisions, q.index.divisions[i])
			c.Officials = append(c.Officials, q.index.seated[i]...)
		}
	}
	if len(c.Divisions) > 0 {
		q.answer.Candidates = append(q.answer.Candidates, c)
	}
}

// byPrefix answers for a ZIP code that the Census doesn't know, such as one of
// post-office boxes: its first three digits give the state, or several.
func (q *question) byPrefix(zip int) (Answer, error) {
	states := q.index.prefixes[zip/100]
	switch {
	case military(zip):
		return Answer{}, fault.NotFound("civics.zip.military")
	case zip/100 == pacificPrefix:
		states = pacificStates(zip)
	}
	if len(states) == 0 {
		return Answer{}, fault.NotFound("civics.zip.unknown")
	}
	q.answer.Confidence = ConfidenceState
	q.whole(states)
	if len(states) == 1 {
		p := placeByCode[states[0]]
		q.answer.State = p.code
		if i, known := q.index.byID[congressionalID(p, "0")]; known && p.atLarge() {
			q.sure(i)
		} else {
			q.answer.Ambiguous = true
		}
	}
	q.miss(MissingZip)
	return q.done(), nil
}

func (q *question) miss(key string) {
	if !slices.Contains(q.answer.Missing, key) {
		q.answer.Missing = append(q.answer.Missing, key)
	}
}

// done says from where the answer is, and as of when: its oldest fact about people.
func (q *question) done() Answer {
	levels := map[Level]bool{}
	for _, o := range q.answer.Officials {
		levels[o.Level] = true
	}
	for _, c := range q.answer.Candidates {
		levels[c.Level] = true
	}
	zip := q.answer.Confidence == ConfidenceZip || q.answer.Confidence == ConfidenceState
	from := q.index.origins[origin{
		members: levels[Federal], legislators: levels[State], zip: zip, mapped: q.mapped && !zip,
	}]
	q.answer.Sources, q.answer.AsOf = from.sources, from.asOf
	slices.SortStableFunc(q.answer.Officials, compareOfficials)
	return q.answer
}

// origin is what an answer was made from.
type origin struct{ members, legislators, zip, mapped bool }

// sourced are an origin's sources, shared by all answers of it, and as of when
// its oldest fact about people is.
type sourced struct {
	sources []Source
	asOf    time.Time
}

// originsOf lists the sources of every kind of answer.
func originsOf(used map[string]Dataset) map[origin]sourced {
	all := map[origin]sourced{}
	for bits := range 16 {
		o := origin{bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0}
		var s sourced
		for _, part := range []struct {
			kind string
			used bool
		}{
			{DatasetCongress, o.members}, {DatasetOpenStates, o.legislators}, {DatasetZipCongress, o.zip},
			{DatasetZipState, o.zip && o.legislators}, {DatasetBoundaries, o.mapped},
		} {
			d, known := used[part.kind]
			if !known || !part.used {
				continue
			}
			s.sources = append(s.sources, Source{Name: d.Name, URL: d.URL, Licence: d.Licence, AsOf: d.AsOf})
			if d.aboutPeople() && (s.asOf.IsZero() || d.AsOf.Before(s.asOf)) {
				s.asOf = d.AsOf
			}
		}
		all[o] = s
	}
	return all
}
