package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
)

// representation is who represents a place. Divisions and officials are all that
// the place touches; each says whether it is certain. When ambiguous is true,
// candidates groups by id those that only an address decides between. Close names
// divisions whose line runs within 100 m of the address or point.
type representation struct {
	AsOf       string         `json:"as_of"`
	Sources    []sourceDoc    `json:"sources"`
	Ambiguous  bool           `json:"ambiguous"`
	Confidence string         `json:"confidence"`
	Divisions  []divisionDoc  `json:"divisions"`
	Officials  []officialDoc  `json:"officials"`
	Candidates []candidateDoc `json:"candidates"`
	Close      []string       `json:"close"`
	Missing    []string       `json:"missing"`
}

type sourceDoc struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Licence string `json:"licence"`
	AsOf    string `json:"as_of"`
}

// divisionDoc's Congress is 0 for what isn't a congressional district.
type divisionDoc struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	State    string `json:"state"`
	Level    string `json:"level"`
	Chamber  string `json:"chamber"`
	District string `json:"district"`
	Congress int    `json:"congress,omitempty"`
	Certain  bool   `json:"certain"`
	From     string `json:"from,omitempty"`
	Until    string `json:"until,omitempty"`
}

// officialDoc has no channels when letters and calls to the official aren't
// offered; NotOffered is the reason where there is one to give.
type officialDoc struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Title      string       `json:"title"`
	Party      string       `json:"party"`
	Division   string       `json:"division"`
	Chamber    string       `json:"chamber"`
	Level      string       `json:"level"`
	Vacant     bool         `json:"vacant"`
	Certain    bool         `json:"certain"`
	Offered    bool         `json:"offered"`
	NotOffered string       `json:"not_offered,omitempty"`
	Committees []string     `json:"committees"`
	Channels   []channelDoc `json:"channels"`
}

type channelDoc struct {
	Kind    string   `json:"kind"`
	Value   string   `json:"value"`
	Asks    []string `json:"asks,omitempty"`
	Captcha bool     `json:"captcha,omitempty"`
	AsOf    string   `json:"as_of,omitempty"`
}

// candidateDoc is one seat, or chamber, that the place does not decide: the ids
// of the divisions and officials to choose among. Overlay: one of them, or none,
// stands beside the certain ones, and the answer isn't ambiguous for it.
type candidateDoc struct {
	Level     string   `json:"level"`
	Chamber   string   `json:"chamber"`
	Overlay   bool     `json:"overlay"`
	Divisions []string `json:"divisions"`
	Officials []string `json:"officials"`
}

// showRepresentatives answers for a ZIP code. The answer is public data and the
// same for everyone.
func (a *API) showRepresentatives(c echo.Context) (Answer, error) {
	answer, err := a.Atlas.ByZIP(c.QueryParam("zip"))
	if err != nil {
		return Answer{}, err
	}
	doc, err := json.Marshal(represent(answer))
	return Answer{JSON: doc, Tags: []string{civics.Tag}, Expires: a.Atlas.NextChange(a.Now())}, err
}

// geocoderRest is when to ask again after the geocoder didn't answer, where
// nothing better is known.
const geocoderRest = 30 * time.Second

// findRepresentatives answers for an address or a point.
func (a *API) findRepresentatives(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store")
	asked, err := readLocate(c.Request())
	if err != nil {
		return err
	}
	answer, err := a.locate(c, asked)
	if f, ok := fault.As(err); ok && f.Kind == fault.KindUnavailable && f.RetryAfter == 0 {
		later := *f
		later.RetryAfter = geocoderRest
		return &later
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, represent(answer))
}

func (a *API) locate(c echo.Context, asked locateRequest) (civics.Answer, error) {
	if asked.Address != "" {
		return a.Atlas.ByAddress(c.Request().Context(), asked.Address)
	}
	return a.Atlas.ByPoint(c.Request().Context(), civics.Point{
		Lat: *asked.Lat, Lon: *asked.Lon, Accuracy: asked.Accuracy, Zip: asked.Zip, AskCensus: asked.AskCensus,
	})
}

func represent(answer civics.Answer) representation {
	doc := representation{
		AsOf: date(answer.AsOf), Ambiguous: answer.Ambiguous, Confidence: answer.Confidence,
		Sources: []sourceDoc{}, Divisions: []divisionDoc{}, Officials: []officialDoc{}, Candidates: []candidateDoc{},
		Close: []string{}, Missing: []string{},
	}
	for _, s := range answer.Sources {
		doc.Sources = append(doc.Sources, sourceDoc{s.Name, s.URL, s.Licence, date(s.AsOf)})
	}
	doc.add(answer.Divisions, answer.Officials, true)
	for _, candidate := range answer.Candidates {
		doc.add(candidate.Divisions, candidate.Officials, false)
		group := candidateDoc{Level: string(candidate.Level), Chamber: string(candidate.Chamber), Overlay: candidate.Overlay, Divisions: []string{}, Officials: []string{}}
		for _, d := range candidate.Divisions {
			group.Divisions = append(group.Divisions, d.ID)
		}
		for _, o := range candidate.Officials {
			group.Officials = append(group.Officials, o.ID)
		}
		doc.Candidates = append(doc.Candidates, group)
	}
	for _, d := range answer.Close {
		doc.Close = append(doc.Close, d.ID)
	}
	doc.Missing = append(doc.Missing, answer.Missing...)
	return doc
}

// add lists divisions and officials that aren't listed yet. The certain ones
// come first.
func (doc *representation) add(divisions []*civics.Division, officials []*civics.Official, certain bool) {
	for _, d := range divisions {
		if !slices.ContainsFunc(doc.Divisions, func(have divisionDoc) bool { return have.ID == d.ID && have.Chamber == string(d.Chamber) }) {
			doc.Divisions = append(doc.Divisions, divisionOf(d, certain))
		}
	}
	for _, o := range officials {
		if !slices.ContainsFunc(doc.Officials, func(have officialDoc) bool { return have.ID == o.ID }) {
			doc.Officials = append(doc.Officials, officialOf(o, certain))
		}
	}
}

func divisionOf(d *civics.Division, certain bool) divisionDoc {
	return divisionDoc{
		ID: d.ID, Name: d.Name, State: d.State, Level: string(d.Level), Chamber: string(d.Chamber),
		District: d.District, Congress: d.Congress, Certain: certain, From: date(d.From), Until: date(d.Until),
	}
}

func officialOf(o *civics.Official, certain bool) officialDoc {
	doc := officialDoc{
		ID: o.ID, Name: o.Name, Title: o.Title, Party: o.Party, Division: o.DivisionID,
		Chamber: string(o.Chamber), Level: string(o.Level), Vacant: o.Vacant, Certain: certain,
		Offered: o.Offered(), NotOffered: o.NotOffered,
		Committees: []string{}, Channels: []channelDoc{},
	}
	for _, seat := range o.Committees {
		doc.Committees = append(doc.Committees, seat.ID)
	}
	if !doc.Offered {
		return doc
	}
	for _, ch := range o.Channels {
		doc.Channels = append(doc.Channels, channelDoc{ch.Kind, ch.Value, ch.Asks, ch.Captcha, date(ch.AsOf)})
	}
	return doc
}

// date is a civil date, "" for none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
