package civics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"redress/internal/fault"
)

const (
	geocoderTimeout = 8 * time.Second
	geocoderTries   = 2
	maxGeocoderBody = 1 << 20

	geocoderBenchmark = "Public_AR_Current"
)

// geocoderVintage is the newest vintage of the Census's maps that has the
// districts of this Congress. Since the summer of 2026 the default one,
// Current_Current, has those of the 120th; the 119th stay in that of the
// American Community Survey of 2025.
func geocoderVintage(congress int) string {
	if congress <= 119 {
		return "ACS2025_Current"
	}
	return "Current_Current"
}

// geocoderLayers are the maps asked for. An unknown layer answers 200 with
// another one, so answers are known by the ending of their name and checked.
func geocoderLayers(congress int) string {
	return strings.Join([]string{
		congressionalLayer(congress),
		plan2024 + " State Legislative Districts - Upper",
		plan2024 + " State Legislative Districts - Lower",
	}, ",")
}

// congressionalLayer is "119th Congressional Districts".
func congressionalLayer(congress int) string {
	return strconv.Itoa(congress) + ordinalEnding(congress) + " " + congressionalDistricts
}

const congressionalDistricts = "Congressional Districts"

type censusGeocoder struct {
	base    string
	client  *http.Client
	timeout time.Duration
}

// GeocoderOption sets up the client of the Census's geocoder.
type GeocoderOption func(*censusGeocoder)

// GeocoderTimeout sets how long one try may take.
func GeocoderTimeout(d time.Duration) GeocoderOption {
	return func(g *censusGeocoder) { g.timeout = d }
}

// GeocoderTransport sets how requests travel.
func GeocoderTransport(t http.RoundTripper) GeocoderOption {
	return func(g *censusGeocoder) { g.client.Transport = t }
}

// NewCensusGeocoder asks the geocoder of the U.S. Census at a base such as
// https://geocoding.geo.census.gov/geocoder. Each try may take 8 seconds, and a
// dropped connection, a time-out or a server's error is tried once more. What is
// asked goes into no error: url.Error, which holds the whole query, is stripped,
// and redirects to another host are not followed.
func NewCensusGeocoder(base string, options ...GeocoderOption) Geocoder {
	g := &censusGeocoder{base: strings.TrimRight(base, "/"), timeout: geocoderTimeout}
	g.client = &http.Client{CheckRedirect: sameHostOnly}
	for _, option := range options {
		option(g)
	}
	return g
}

var errRedirected = errors.New("the geocoder leads to another host")

func sameHostOnly(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return errRedirected
	}
	return nil
}

// Address implements Geocoder.
func (g *censusGeocoder) Address(ctx context.Context, congress int, oneLine string) ([]Place, error) {
	answer, err := g.ask(ctx, congress, "/geographies/onelineaddress", url.Values{"address": {oneLine}})
	if err != nil {
		return nil, err
	}
	return answer.places(congress), nil
}

// Point implements Geocoder.
func (g *censusGeocoder) Point(ctx context.Context, congress int, lat, lon float64) (Place, error) {
	answer, err := g.ask(ctx, congress, "/geographies/coordinates", url.Values{
		"x": {strconv.FormatFloat(lon, 'f', 6, 64)}, "y": {strconv.FormatFloat(lat, 'f', 6, 64)},
	})
	if err != nil {
		return Place{}, err
	}
	p := answer.Result.Geographies.place(congress)
	if p.State == "" {
		return Place{}, fault.NotFound("civics.point.no_match")
	}
	p.Lat, p.Lon = lat, lon
	return p, nil
}

// censusAnswer is the part of an answer that counts.
type censusAnswer struct {
	Result *censusResult `json:"result"`
}

type censusResult struct {
	AddressMatches []struct {
		MatchedAddress    string `json:"matchedAddress"`
		AddressComponents struct {
			City  string `json:"city"`
			State string `json:"state"`
			Zip   string `json:"zip"`
		} `json:"addressComponents"`
		Coordinates struct{ X, Y float64 } `json:"coordinates"`
		Geographies geographies            `json:"geographies"`
	} `json:"addressMatches"`
	Geographies geographies `json:"geographies"`
}

// readAnswer reads the body of an answer. Its error holds nothing of the body.
func readAnswer(body []byte) (*censusAnswer, error) {
	var answer censusAnswer
	if json.Unmarshal(body, &answer) != nil || answer.Result == nil {
		return nil, errors.New("the geocoder's answer is no JSON of the expected shape")
	}
	return &answer, nil
}

// places lists the matches of an address. A match whose districts lie in another
// state than its address keeps the state of the address and no district.
func (a *censusAnswer) places(congress int) []Place {
	found := make([]Place, 0, len(a.Result.AddressMatches))
	for _, m := range a.Result.AddressMatches {
		p := m.Geographies.place(congress)
		if state := m.AddressComponents.State; state != "" && p.State != state {
			p = Place{State: state}
		}
		p.Matched, p.City, p.Zip = tidy(m.MatchedAddress), titleCase(tidy(m.AddressComponents.City)), m.AddressComponents.Zip
		p.Lon, p.Lat = m.Coordinates.X, m.Coordinates.Y
		found = append(found, p)
	}
	return found
}

type geographies map[string][]geography

type geography struct {
	GEOID    string `json:"GEOID"`
	State    string `json:"STATE"`
	Congress string `json:"CDSESSN"`
	Upper    string `json:"SLDU"`
	Lower    string `json:"SLDL"`
}

// place reads the districts. Layers are known by how their names end; GEOID is
// the state's number and then the district's, and BASENAME, which may be a
// sentence, is never read. What two layers contradict each other in is left out.
func (g geographies) place(congress int) Place {
	var state, district, upper, lower sole
	for name, list := range g {
		for _, at := range list {
			code := at.state()
			state.add(code)
			switch {
			case code == "":
			case strings.HasSuffix(name, congressionalDistricts):
				district.add(at.congressional(congress, name))
			case strings.HasSuffix(name, "State Legislative Districts - Upper"):
				upper.add(legislative(at, at.Upper))
			case strings.HasSuffix(name, "State Legislative Districts - Lower"):
				lower.add(legislative(at, at.Lower))
			}
		}
	}
	if state.get() == "" {
		return Place{}
	}
	p := Place{State: state.get(), District: district.get(), Upper: upper.get(), Lower: lower.get()}
	if p.District != "" {
		p.Congress = congress
	}
	return p
}

// sole is a value that all who told of it agree on.
type sole struct {
	value    string
	disputed bool
}

func (s *sole) add(value string) {
	if value == "" {
		return
	}
	s.disputed = s.disputed || s.value != "" && s.value != value
	s.value = value
}

func (s *sole) get() string {
	if s.disputed {
		return ""
	}
	return s.value
}

// congressional is the number of a congressional district: "" for one of another
// Congress than asked, by what it says itself or by its layer's name.
func (at geography) congressional(asked int, layer string) string {
	if at.Congress != strconv.Itoa(asked) || len(at.GEOID) != 4 || at.State != "" && at.State != at.GEOID[:2] {
		return ""
	}
	if number, _, _ := strings.Cut(layer, " "); leadingNumber(number) != 0 && leadingNumber(number) != asked {
		return ""
	}
	district, _ := congressionalDistrict(at.GEOID[2:])
	return district
}

func (at geography) state() string {
	fips := at.State
	if fips == "" && len(at.GEOID) >= 2 {
		fips = at.GEOID[:2]
	}
	return placeByFIPS[fips].code
}

// legislative reads a state district, from its own field or else from GEOID.
func legislative(at geography, code string) string {
	if code == "" && len(at.GEOID) == 5 {
		code = at.GEOID[2:]
	}
	district, _ := legislativeDistrict(code)
	return district
}

// ask sends one question, twice when the first try meets trouble.
func (g *censusGeocoder) ask(ctx context.Context, congress int, path string, query url.Values) (*censusAnswer, error) {
	query.Set("benchmark", geocoderBenchmark)
	query.Set("vintage", geocoderVintage(congress))
	query.Set("layers", geocoderLayers(congress))
	query.Set("format", "json")
	var err error
	for range geocoderTries {
		var answer *censusAnswer
		var again bool
		if answer, again, err = g.try(ctx, g.base+path+"?"+query.Encode()); err == nil {
			return answer, nil
		}
		if !again || ctx.Err() != nil {
			break
		}
	}
	return nil, fault.Unavailable("civics.geocoder.down", err)
}

// try sends one question once, and says whether to try again.
func (g *censusGeocoder) try(ctx context.Context, address string) (_ *censusAnswer, again bool, _ error) {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, false, errors.New("the geocoder's address is no URL")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "redress")
	resp, err := g.client.Do(req)
	if err != nil {
		return nil, !errors.Is(err, errRedirected), withoutURL(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusBadRequest && refusesAddress(resp.Body):
		return &censusAnswer{Result: new(censusResult)}, false, nil
	case resp.StatusCode != http.StatusOK:
		// A 429 asks not to be asked again.
		return nil, resp.StatusCode >= 500, fmt.Errorf("the geocoder answered %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxGeocoderBody+1))
	if err != nil {
		return nil, true, withoutURL(err)
	}
	if len(body) > maxGeocoderBody {
		return nil, false, errors.New("the geocoder's answer is too large")
	}
	answer, err := readAnswer(body)
	return answer, err != nil, err
}

// refusesAddress reports whether a 400 is about the address ("Specify House
// number and Street name …"): the geocoder is well, and knows no such place. A
// vintage or a benchmark that it no longer has is another matter.
func refusesAddress(body io.Reader) bool {
	var refusal struct {
		Errors []string `json:"errors"`
	}
	return json.NewDecoder(io.LimitReader(body, 4<<10)).Decode(&refusal) == nil && slices.ContainsFunc(refusal.Errors, func(e string) bool {
		e = strings.ToLower(e)
		return strings.Contains(e, "address cannot") || strings.Contains(e, "house number")
	})
}

// withoutURL keeps what went wrong and drops where, since the query holds the
// address: of an error that isn't known to be silent only the type, since what
// was answered may repeat the query (a Location that can't be read).
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
		u = nil
	}
	var network *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the geocoder took too long")
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, errRedirected):
		return errRedirected
	case errors.As(err, &network):
		return network
	}
	return fmt.Errorf("the geocoder can't be read (%T)", err)
}

// titleCase writes the Census's capitals as a place name: "ST. LOUIS" is
// "St. Louis".
func titleCase(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		if i > 0 && (w == "of" || w == "the" || w == "and") {
			continue
		}
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + w[size:]
	}
	return strings.Join(words, " ")
}
