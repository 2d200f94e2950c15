package civicstest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// vintage is a set of the Census's maps.
type vintage struct {
	name, description, id string
	congress              string   // whose districts it has
	layers                []string // by name, besides the congressional districts
	always                string   // "" or the Congress it answers with, under the name of the one asked for
}

var legislative = []string{"2024 State Legislative Districts - Upper", "2024 State Legislative Districts - Lower"}

var vintages = map[string]vintage{
	"ACS2025_Current": {name: "ACS2025_Current", description: "ACS2025 Vintage - Current Benchmark", id: "482", congress: "119", layers: legislative},
	"Current_Current": {name: "Current_Current", description: "Current Vintage - Current Benchmark", id: "4", congress: "120", layers: legislative},
}

func (v vintage) reply(w http.ResponseWriter, result, input map[string]any) {
	input["vintage"] = map[string]any{"isDefault": v.id == "4", "id": v.id, "vintageName": v.name, "vintageDescription": v.description}
	input["benchmark"] = map[string]any{"isDefault": true, "id": "4", "benchmarkName": "Public_AR_Current", "benchmarkDescription": "Public Address Ranges - Current Benchmark"}
	result["input"] = input
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"result": result})
}

func refuse(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{why}, "status": "400"})
}

// match is one of the matches of an address.
func (p place) match(v vintage, layers string) map[string]any {
	words := strings.Fields(p.street)
	parts := map[string]string{
		"zip": p.zip, "city": p.city, "state": p.state, "streetName": strings.Join(words[1:], " "), "fromAddress": words[0], "toAddress": words[0],
		"preType": "", "preDirection": "", "suffixDirection": "", "suffixType": "", "suffixQualifier": "", "preQualifier": "",
	}
	return map[string]any{
		"matchedAddress":    p.street + ", " + p.city + ", " + p.state + ", " + p.zip,
		"addressComponents": parts,
		"tigerLine":         map[string]string{"side": "L", "tigerLineId": "59653375"},
		"coordinates":       map[string]float64{"x": p.lon, "y": p.lat},
		"geographies":       p.geographies(v, layers),
	}
}

const congressional = " Congressional Districts"

// geographies answers with the layers asked for, and for one that the vintage
// lacks with another: its own congressional districts, or the county.
func (p place) geographies(v vintage, asked string) map[string]any {
	layers := map[string]any{}
	for name := range strings.SplitSeq(asked, ",") {
		switch {
		case p.district == "":
			layers["Counties"] = p.county()
		case name == "119th"+congressional && v.congress == "119", name == "120th"+congressional && v.congress == "120":
			layers[name] = p.congressional(v)
		case strings.HasSuffix(name, congressional):
			layers[v.congress+"th"+congressional] = p.congressional(v)
		case !slices.Contains(v.layers, name):
			layers["Counties"] = p.county()
		case strings.HasSuffix(name, "- Upper") && p.upper != "":
			layers[name] = p.legislative("SLDU", p.upper)
		case strings.HasSuffix(name, "- Lower") && p.lower != "":
			layers[name] = p.legislative("SLDL", p.lower)
		}
	}
	return layers
}

func (p place) county() []any {
	return []any{map[string]any{"GEOID": p.fips + "031", "STATE": p.fips, "COUNTY": "031", "BASENAME": "Denver", "NAME": "Denver County"}}
}

// congressional is a district of the vintage's Congress. Only those of the 119th
// say their number in a field of its own.
func (p place) congressional(v vintage) []any {
	congress, district := v.congress, p.district
	if v.always != "" {
		congress = v.always
	}
	if p.congress != "" {
		congress = p.congress
	}
	if congress == "120" && p.next != "" {
		district = p.next
	}
	name, basename := "Congressional District "+strings.TrimLeft(district, "0"), strings.TrimLeft(district, "0")
	switch district {
	case "00":
		name, basename = "Congressional District (at Large)", "Congressional District (at Large)"
	case "98":
		name, basename = "Delegate District (at Large)", "Delegate District (at Large)"
	}
	d := map[string]any{
		"GEOID": p.fips + district, "STATE": p.fips, "CDSESSN": congress, "NAME": name, "BASENAME": basename, "OBJECTID": 409,
		"OID": "2" + congress + "035963375329", "LSADC": "C2", "FUNCSTAT": "N", "MTFCC": "G5200", "AREALAND": "158318974", "AREAWATER": "18707004",
		"CENTLAT": signed(p.lat), "CENTLON": signed(p.lon), "INTPTLAT": signed(p.lat), "INTPTLON": signed(p.lon),
	}
	if congress == "119" {
		d["CD119"] = district
	}
	return []any{d}
}

func (p place) legislative(field, code string) []any {
	return []any{map[string]any{"GEOID": p.fips + code, "STATE": p.fips, field: code, "LSY": "2024", "BASENAME": strings.TrimLeft(code, "0"), "MTFCC": "G5210"}}
}

func signed(degrees float64) string {
	s := strconv.FormatFloat(degrees, 'f', 7, 64)
	if degrees >= 0 {
		s = "+" + s
	}
	return s
}
