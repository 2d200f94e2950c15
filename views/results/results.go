// Package results draws what a pledge has come to: over time, by state, by
// congressional district, and the page that is handed to an official.
package results

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/pledge"
)

// View is all that the page of results shows.
type View struct {
	pledge.Results
	Count    pledge.Count
	Imported int64 // of it, those that were collected elsewhere
	State    pledge.State
	From     string                      // the source code that somebody came by; "": none
	Seats    map[string]*civics.Official // who represents each district, by its id
	Now      time.Time                   // in the center's time zone
}

// Path is where an issue's results stand.
func Path(issueSlug string) string { return "/issues/" + issueSlug + "/results" }

// OfficialPath is the page to hand to one official.
func OfficialPath(issueSlug, officialID string) string { return Path(issueSlug) + "/" + officialID }

func (v View) slug() string { return v.Pledge.IssueSlug }

func (v View) file(what, kind string) string { return Path(v.slug()) + kind + "?what=" + what }

func number(ctx context.Context, n int64) string { return i18n.Number(ctx, n) }

// span is a period's days.
func span(ctx context.Context, p pledge.Period) string {
	if p.From.Equal(p.Through) {
		return i18n.Date(ctx, p.From)
	}
	return i18n.T(ctx, "results.days.span", "From", i18n.Date(ctx, p.From), "Through", i18n.Date(ctx, p.Through))
}

// told is what a milestone says.
func told(ctx context.Context, m pledge.Milestone) string {
	switch {
	case m.Text != "":
		return m.Text
	case m.Goal:
		return i18n.T(ctx, "results.milestones.goal", "Number", number(ctx, m.Reached))
	}
	return i18n.T(ctx, "results.milestones.reached", "Number", number(ctx, m.Reached))
}

// small says that even all together are too few to tell anything of.
func (v View) small() bool { return v.Confirmed < pledge.FewAtLeast }

// shownStates are the states whose number is told.
func (v View) shownStates() []pledge.StateTally {
	var list []pledge.StateTally
	for _, s := range v.States {
		if s.Shown {
			list = append(list, s)
		}
	}
	return list
}

// shownDistricts are the districts of which something is told.
func (v View) shownDistricts() []pledge.DistrictTally {
	var list []pledge.DistrictTally
	for _, d := range v.Districts {
		if d.Shown {
			list = append(list, d)
		}
	}
	return list
}

// tile is one square of the map.
type tile struct {
	pledge.StateTally
	column, row int
}

const (
	tileSize  = 44
	tileStep  = 48
	mapWidth  = 11*tileStep - 4
	mapHeight = 9*tileStep - 4
)

// territories stand in a row of their own under the states.
var territories = []string{"PR", "VI", "GU", "MP", "AS"}

func (v View) tiles() []tile {
	var list []tile
	for _, t := range issue.Tiles {
		list = append(list, tile{v.Results.State(t.Code), t.Col, t.Row})
	}
	for i, code := range territories {
		list = append(list, tile{v.Results.State(code), i, 8})
	}
	return list
}

func (t tile) x() string     { return strconv.Itoa(t.column * tileStep) }
func (t tile) y() string     { return strconv.Itoa(t.row * tileStep) }
func (t tile) textX() string { return strconv.Itoa(t.column*tileStep + tileSize/2) }
func (t tile) codeY() string { return strconv.Itoa(t.row*tileStep + 19) }
func (t tile) sumY() string  { return strconv.Itoa(t.row*tileStep + 36) }

// shades is how many grays the map has for numbers; white is for what isn't told.
const shades = 4

// class is the tile's shade: by the share of the largest number, on the scale of
// square roots, so that the large states leave the others some gray.
func (v View) class(t tile) string {
	if !t.Shown {
		return "results-tile"
	}
	most := int64(1)
	for _, s := range v.States {
		most = max(most, s.Confirmed)
	}
	shade := int(math.Ceil(math.Sqrt(float64(t.Confirmed)/float64(most)) * shades))
	return "results-tile results-tile-" + strconv.Itoa(max(1, min(shade, shades)))
}

func (t tile) title(ctx context.Context) string {
	name := civics.StateName(t.Code)
	if !t.Shown {
		return i18n.T(ctx, "results.states.tile_few", "State", name)
	}
	return i18n.T(ctx, "results.states.tile", "State", name, "Count", t.Confirmed)
}

// short writes a number for a tile, which has room for four characters.
func short(n int64) string {
	switch {
	case n < 10_000:
		return strconv.FormatInt(n, 10)
	case n < 1_000_000:
		return strconv.FormatInt(n/1000, 10) + "k"
	}
	return fmt.Sprintf("%.1fM", float64(n)/1e6)
}

// The chart's inner box.
const (
	chartWidth, chartHeight = 360, 200
	chartLeft, chartRight   = 4, 356
	chartTop, chartBottom   = 22, 172
)

// chart is the way of the count over the days, in the chart's own units.
type chart struct {
	line, area  string
	first, last time.Time
	top         int64 // the number at the upper edge
	goalY       string
	endX, endY  string
	hasGoal     bool
}

// chart lays the line from the first day, at nothing, through every period's end
// to now. The goal is drawn once the count has come a tenth of the way: before,
// it would press the line flat.
func (v View) chart() chart {
	last := time.Date(v.Now.Year(), v.Now.Month(), v.Now.Day(), 0, 0, 0, 0, time.UTC)
	if p := v.Pledge.Closes; p != nil && last.After(*p) {
		last = *p
	}
	n := len(v.Periods)
	c := chart{first: v.Periods[0].From.AddDate(0, 0, -1), top: v.Periods[n-1].Total}
	if v.Periods[n-1].Through.After(last) {
		last = v.Periods[n-1].Through
	}
	c.last = last
	if c.hasGoal = v.Pledge.Goal <= 10*c.top; c.hasGoal {
		c.top = max(c.top, v.Pledge.Goal)
	}
	length := max(c.last.Sub(c.first).Hours(), 24)
	x := func(at time.Time) string {
		return place(chartLeft + (chartRight-chartLeft)*at.Sub(c.first).Hours()/length)
	}
	y := func(n int64) string {
		return place(chartBottom - (chartBottom-chartTop)*float64(n)/float64(c.top))
	}
	c.line = "M" + x(c.first) + " " + y(0)
	for _, p := range v.Periods {
		c.line += "L" + x(p.Through) + " " + y(p.Total)
	}
	c.line += "L" + x(c.last) + " " + y(v.Periods[n-1].Total)
	c.area = c.line + "L" + x(c.last) + " " + y(0) + "Z"
	c.endX, c.endY, c.goalY = x(c.last), y(v.Periods[n-1].Total), y(v.Pledge.Goal)
	return c
}

func place(units float64) string { return strconv.FormatFloat(units, 'f', 1, 64) }

// higher is a place above a line, for its words.
func higher(y string, by float64) string {
	at, _ := strconv.ParseFloat(y, 64)
	return place(max(at-by, 12))
}

// reach says what is true of a district in one sentence.
func reach(ctx context.Context, d pledge.DistrictTally) string {
	switch {
	case !d.Shown:
		return i18n.T(ctx, "results.districts.few")
	case !d.UpToTold || d.UpTo == 0:
		return i18n.T(ctx, "results.districts.inside", "Count", d.AtLeast)
	}
	return i18n.T(ctx, "results.districts.both", "Count", d.AtLeast, "UpTo", number(ctx, d.UpTo))
}

// Handover is the page for one official.
type Handover struct {
	View
	Official *civics.Official
	District *pledge.DistrictTally // nil: they represent a whole state, or a district that isn't counted
}

// address is how the official is addressed: "Senator Ana Reyes".
func (h Handover) address(ctx context.Context) string {
	return i18n.T(ctx, "results.handover.official", "Title", h.Official.Title, "Name", h.Official.Name)
}

func (h Handover) seat() string {
	if h.Official.SeatName != "" {
		return h.Official.SeatName
	}
	return civics.StateName(h.Official.State)
}
