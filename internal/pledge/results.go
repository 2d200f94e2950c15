package pledge

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"redress/internal/civics"
	"redress/internal/postgres"
)

// Results are what a pledge has come to: over time, by state and by
// congressional district. No number in it is of fewer than FewAtLeast people,
// nor can one be worked out from the others (Fold); there is no series over time
// by place.
type Results struct {
	Pledge     Pledge
	Report     Report
	Confirmed  int64 // the sum over the days
	AsOf       time.Time
	Periods    []Period
	States     []StateTally // every state, the District of Columbia and the territories
	Unknown    int64        // signers whose ZIP code tells no one state; 0: none, or too few to tell
	Others     int64        // signers in the states that aren't shown, and Unknown when it isn't
	Districts  []DistrictTally
	Milestones []Milestone
}

// Period is one day or several that had too few signers to stand alone.
type Period struct {
	From, Through time.Time // days, in the center's time zone
	Confirmed     int64     // in these days; at least FewAtLeast, or the whole pledge has fewer
	Total         int64     // up to and with the last of them
}

// StateTally is how many signed from one state.
type StateTally struct {
	Code      string // "CO"
	Confirmed int64
	Shown     bool // false: fewer than FewAtLeast, or left out so that such a group can't be worked out
}

// DistrictTally says what is true of one congressional district: at least so
// many signed from inside it, and up to so many more may have.
type DistrictTally struct {
	Division *civics.Division
	AtLeast  int64 // from ZIP codes wholly inside, or placed there by their address
	Shown    bool  // AtLeast may be told
	UpTo     int64 // more, from ZIP codes that may lie elsewhere; rounded up to a multiple of FewAtLeast
	UpToTold bool  // UpTo may be told
}

// State finds one state's tally; the zero tally when there is no such state.
func (r Results) State(code string) StateTally {
	for _, s := range r.States {
		if s.Code == code {
			return s
		}
	}
	return StateTally{Code: code}
}

// District finds one district's tally.
func (r Results) District(id string) (DistrictTally, bool) {
	for _, d := range r.Districts {
		if d.Division.ID == id {
			return d, true
		}
	}
	return DistrictTally{}, false
}

// resultsFor is how long results are told without asking the database.
const resultsFor = 5 * time.Second

// rememberedResults are the results read last, by pledge and language. The zero
// value is ready.
type rememberedResults struct {
	flight singleflight.Group
	mu     sync.Mutex
	by     map[string]rememberedResult
}

type rememberedResult struct {
	results Results
	until   time.Time
}

// Results are a pledge's results, at most five seconds old. Nobody changes what
// they hold: everyone who asks shares it.
func (p *Pledges) Results(ctx context.Context, slug string) (Results, error) {
	pledge, err := p.BySlug(ctx, slug)
	if err != nil {
		return Results{}, err
	}
	key := pledge.ID.String()
	p.results.mu.Lock()
	kept, ok := p.results.by[key]
	p.results.mu.Unlock()
	if ok && p.opt.Now().Before(kept.until) {
		kept.results.Pledge = pledge
		return kept.results, nil
	}
	loaded, err, _ := p.results.flight.Do(key, func() (any, error) {
		// The first asker may go away while others wait for the same answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return p.loadResults(ctx, pledge)
	})
	if err != nil {
		return Results{}, err
	}
	results := loaded.(Results)
	p.results.mu.Lock()
	defer p.results.mu.Unlock()
	if p.results.by == nil {
		p.results.by = map[string]rememberedResult{}
	}
	p.results.by[key] = rememberedResult{results, p.opt.Now().Add(resultsFor)}
	return results, nil
}

// gatherAhead is how many portions of events a reader gathers at most: more wait
// only after a flood that nobody read about, and the hourly duty takes them.
const gatherAhead = 4

func (p *Pledges) loadResults(ctx context.Context, pledge Pledge) (Results, error) {
	if err := p.gather(ctx, gatherAhead); err != nil {
		// Numbers from before are better than none.
		p.opt.Log.Warn("results not gathered", "pledge", pledge.IssueSlug, "fault", postgres.Describe(err))
	}
	r := Results{Pledge: pledge, AsOf: p.opt.Now().UTC().Truncate(time.Second)}
	db := p.db.Read(ctx)
	tallies, err := readTallies(db, pledge.IssueSlug)
	if err != nil {
		return Results{}, err
	}
	if r.Report, err = readReport(db, pledge.IssueSlug, pledge.Lang); err != nil {
		return Results{}, err
	}
	for _, d := range tallies.days {
		r.Confirmed += d.N
	}
	r.Periods = periods(tallies.days)
	r.States, r.Unknown, r.Others = foldStates(tallies.states)
	if p.opt.Atlas != nil {
		r.Districts = foldDistricts(placeZips(tallies.zips, p.opt.Atlas), p.opt.Atlas.HouseDistricts(), r.States)
	}
	r.Milestones = milestones(r.Report.Milestones, tallies.days, pledge.Goal)
	return r, nil
}

// periods joins days with too few signers to the next ones, and the last of them
// to those before.
func periods(days []DayTally) []Period {
	var list []Period
	var open Period
	total := int64(0)
	for _, d := range days {
		if open.From.IsZero() {
			open.From = d.Day
		}
		total += d.N
		open.Through, open.Total = d.Day, total
		if open.Confirmed += d.N; open.Confirmed >= FewAtLeast {
			list = append(list, open)
			open = Period{}
		}
	}
	switch {
	case open.Confirmed == 0:
	case len(list) == 0:
		list = append(list, open)
	default:
		last := &list[len(list)-1]
		last.Through, last.Total = open.Through, open.Total
		last.Confirmed += open.Confirmed
	}
	return list
}

// foldStates gives every state its tally. Signers without a known state are a
// cell among the others.
func foldStates(counted map[string]int64) (states []StateTally, unknown, others int64) {
	codes := civics.StateCodes()
	cells := []Cell{{"", counted[""]}}
	for _, code := range slices.Backward(codes) { // territories first: their numbers are the smallest
		cells = append(cells, Cell{code, counted[code]})
	}
	shown, others := Fold(cells)
	for _, code := range codes {
		n, told := shown[code]
		states = append(states, StateTally{Code: code, Confirmed: n, Shown: told})
	}
	slices.SortStableFunc(states, func(a, b StateTally) int {
		return strings.Compare(civics.StateName(a.Code), civics.StateName(b.Code))
	})
	return states, shown[""], others
}
