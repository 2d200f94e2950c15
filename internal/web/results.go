package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge"
	"redress/views/layout"
	"redress/views/results"
)

// showResults is what a pledge has come to.
func (s *Site) showResults(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	view, err := s.resultsView(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	view.From = s.sourceOf(c)
	page := s.resultsPage(view)
	page.Frame = layout.Page{
		Title:       i18n.T(ctx, "results.title", "Title", view.Pledge.Title),
		Description: i18n.T(ctx, "results.summary"),
		Path:        results.Path(view.Pledge.IssueSlug), Section: layout.SectionIssues, Wide: true, Scripts: []string{"count.js"},
	}
	page.Body = results.Page(view)
	return page, nil
}

// showHandover is the paper for one official. It isn't for search engines: there
// is one for everybody in office, and they differ by a number.
func (s *Site) showHandover(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	view, err := s.resultsView(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	official, ok := s.Atlas.Official(c.Param("official"))
	if !ok || official.Vacant || official.Serves.Left {
		return Page{}, fault.NotFound("representatives.official.not_found")
	}
	h := results.Handover{View: view, Official: official}
	if d, found := view.District(official.DivisionID); found && official.Chamber == civics.House {
		h.District = &d
	}
	page := s.resultsPage(view)
	page.Frame = layout.Page{
		Title:   i18n.T(ctx, "results.handover.title", "Name", official.Name, "Title", view.Pledge.Title),
		Section: layout.SectionIssues, NoIndex: true,
	}
	page.Body = results.HandoverPage(h)
	return page, nil
}

func (s *Site) resultsPage(view results.View) Page {
	return Page{
		Tags: []string{civics.Tag, pledge.Tag(view.Pledge.IssueSlug)}, Counts: true, Expires: view.Pledge.Changes(s.Now()),
	}
}

func (s *Site) resultsView(ctx context.Context, slug string) (results.View, error) {
	found, err := s.Pledges.Results(ctx, slug)
	if err != nil {
		return results.View{}, err
	}
	count, err := s.Pledges.Count(ctx, slug)
	if err != nil {
		return results.View{}, err
	}
	imported, err := s.Pledges.ImportedCount(ctx, slug)
	if err != nil {
		return results.View{}, err
	}
	now := s.Now().In(s.Config.Location)
	view := results.View{Results: found, Count: count, Imported: imported, State: found.Pledge.StateAt(now), Now: now, Seats: map[string]*civics.Official{}}
	for _, d := range found.Districts {
		if !d.Shown {
			continue
		}
		for _, o := range s.Atlas.Officials(d.Division.ID) {
			if o.Chamber == civics.House && !o.Vacant && !o.Serves.Left {
				view.Seats[d.Division.ID] = o
			}
		}
	}
	return view, nil
}

// The series of results as programs read them. null stands for what isn't told:
// a group too small, or one that would give such a group away.
type (
	resultDay struct {
		From      string `json:"from"`
		Through   string `json:"through"`
		Confirmed int64  `json:"confirmed"`
		Total     int64  `json:"total"`
	}
	resultState struct {
		State     string `json:"state"`
		Name      string `json:"name"`
		Confirmed *int64 `json:"confirmed"`
	}
	resultDistrict struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		State   string `json:"state"`
		AtLeast *int64 `json:"at_least"`
		UpTo    *int64 `json:"up_to_from_shared"`
	}
	resultMilestone struct {
		On      string `json:"on"`
		Reached int64  `json:"reached,omitempty"`
		Goal    bool   `json:"goal,omitempty"`
		Text    string `json:"text,omitempty"`
	}
	resultDelivery struct {
		On  string `json:"on"`
		To  string `json:"to"`
		How string `json:"how,omitempty"`
	}
	resultsFile struct {
		Issue      string            `json:"issue"`
		Confirmed  int64             `json:"confirmed"`
		Goal       int64             `json:"goal"`
		AsOf       time.Time         `json:"as_of"`
		Days       []resultDay       `json:"days,omitempty"`
		States     []resultState     `json:"states,omitempty"`
		Unknown    int64             `json:"state_unknown,omitempty"`
		Others     int64             `json:"other_states,omitempty"`
		Districts  []resultDistrict  `json:"districts,omitempty"`
		Milestones []resultMilestone `json:"milestones,omitempty"`
		Delivered  *resultDelivery   `json:"delivered,omitempty"`
	}
)

// resultTables are what the parameter "what" may ask for.
var resultTables = []string{"days", "states", "districts"}

// resultsOf reads the tables that a request asks for; without "what" all are
// meant.
func (s *Site) resultsOf(c echo.Context) (resultsFile, string, error) {
	what := c.QueryParam("what")
	if what != "" && !slices.Contains(resultTables, what) {
		return resultsFile{}, "", fault.NotFound("results.unknown_table")
	}
	r, err := s.Pledges.Results(c.Request().Context(), c.Param("slug"))
	if err != nil {
		return resultsFile{}, "", err
	}
	f := resultsFile{Issue: r.Pledge.IssueSlug, Confirmed: r.Confirmed, Goal: r.Pledge.Goal, AsOf: r.AsOf}
	if what == "" || what == "days" {
		f.Days = resultDays(r)
	}
	if what == "" || what == "states" {
		f.States, f.Unknown, f.Others = resultStates(r), r.Unknown, r.Others
	}
	if what == "" || what == "districts" {
		f.Districts = resultDistricts(r)
	}
	if what == "" {
		f.Milestones = resultMilestones(r)
		if on := r.Report.DeliveredOn; on != nil {
			f.Delivered = &resultDelivery{on.Format(time.DateOnly), r.Report.DeliveredTo, r.Report.DeliveredHow}
		}
	}
	return f, what, nil
}

func resultDays(r pledge.Results) []resultDay {
	days := []resultDay{}
	for _, p := range r.Periods {
		if p.Confirmed >= pledge.FewAtLeast {
			days = append(days, resultDay{p.From.Format(time.DateOnly), p.Through.Format(time.DateOnly), p.Confirmed, p.Total})
		}
	}
	return days
}

func resultStates(r pledge.Results) []resultState {
	states := []resultState{}
	for _, t := range r.States {
		states = append(states, resultState{t.Code, civics.StateName(t.Code), told(t.Shown, t.Confirmed)})
	}
	return states
}

func resultDistricts(r pledge.Results) []resultDistrict {
	districts := []resultDistrict{}
	for _, t := range r.Districts {
		d := t.Division
		districts = append(districts, resultDistrict{d.ID, d.Name, d.State, told(t.Shown, t.AtLeast), told(t.UpToTold, t.UpTo)})
	}
	return districts
}

func resultMilestones(r pledge.Results) []resultMilestone {
	var list []resultMilestone
	for _, m := range r.Milestones {
		list = append(list, resultMilestone{m.On.Format(time.DateOnly), m.Reached, m.Goal, m.Text})
	}
	return list
}

func told(shown bool, n int64) *int64 {
	if !shown {
		return nil
	}
	return &n
}

// resultsJSON is results.json: all tables, or the one that "what" names.
func (s *Site) resultsJSON(c echo.Context) (Page, error) {
	file, _, err := s.resultsOf(c)
	if err != nil {
		return Page{}, err
	}
	body, err := json.Marshal(file)
	return resultsRaw(file.Issue, body, "application/json"), err
}

// resultsCSV is results.csv: the table that "what" names, the days without it.
// The first row names the columns; an empty cell isn't told.
func (s *Site) resultsCSV(c echo.Context) (Page, error) {
	file, what, err := s.resultsOf(c)
	if err != nil {
		return Page{}, err
	}
	var rows [][]string
	switch what {
	case "states":
		rows = stateRows(file)
	case "districts":
		rows = districtRows(file)
	default:
		rows = dayRows(file)
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.UseCRLF = true // RFC 4180
	err = w.WriteAll(rows)
	return resultsRaw(file.Issue, text.Bytes(), "text/csv; charset=utf-8; header=present"), err
}

func resultsRaw(slug string, body []byte, kind string) Page {
	return Page{Raw: body, Type: kind, Tags: []string{civics.Tag, pledge.Tag(slug)}, Counts: true}
}

func dayRows(f resultsFile) [][]string {
	rows := [][]string{{"from", "through", "confirmed", "total"}}
	for _, d := range f.Days {
		rows = append(rows, []string{d.From, d.Through, digits(&d.Confirmed), digits(&d.Total)})
	}
	return rows
}

func stateRows(f resultsFile) [][]string {
	rows := [][]string{{"state", "name", "confirmed"}}
	for _, s := range f.States {
		rows = append(rows, []string{s.State, s.Name, digits(s.Confirmed)})
	}
	for name, n := range map[string]int64{"unknown": f.Unknown, "others": f.Others} {
		if n > 0 {
			rows = append(rows, []string{"", name, digits(&n)})
		}
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int { return slices.Compare(a[1:2], b[1:2]) })
	return rows
}

func districtRows(f resultsFile) [][]string {
	rows := [][]string{{"id", "name", "state", "at_least", "up_to_from_shared"}}
	for _, d := range f.Districts {
		rows = append(rows, []string{d.ID, d.Name, d.State, digits(d.AtLeast), digits(d.UpTo)})
	}
	return rows
}

func digits(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
