package civics

import (
	"strings"
	"testing"
)

// Whatever a geocoder answers: no panic, no word of it in the error, and no
// district of another Congress or of no state.
func FuzzCensusAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"result":{"addressMatches":[{"matchedAddress":"1437 BANNOCK ST, DENVER, CO, 80203","addressComponents":{"zip":"80203","city":"DENVER","state":"CO"},"coordinates":{"x":-104.99,"y":39.73},` +
			`"geographies":{"119th Congressional Districts":[{"GEOID":"0801","STATE":"08","CDSESSN":"119","CD119":"01","BASENAME":"1"}],"2024 State Legislative Districts - Upper":[{"GEOID":"08034","STATE":"08","SLDU":"034"}]}}]}}`,
		`{"result":{"geographies":{"119th Congressional Districts":[{"GEOID":"1198","STATE":"11","CDSESSN":"119"}]}}}`,
		`{"result":{"addressMatches":[]}}`, `{"result":{"addressMatches":[null]}}`, `{"result":null}`, `{"errors":["Address cannot be empty"],"status":"400"}`, `<html>1437 BANNOCK ST`,
		`{"result":{"geographies":{" Congressional Districts":[{"GEOID":"ZZZZ","CDSESSN":"119"}],"":[{}]}}}`, `{"result":{"addressMatches":[{"coordinates":{"x":1e400}}]}}`,
	} {
		f.Add([]byte(seed), 119)
	}
	f.Fuzz(func(t *testing.T, body []byte, congress int) {
		refusesAddress(strings.NewReader(string(body)))
		answer, err := readAnswer(body)
		if err != nil {
			if err.Error() != "the geocoder's answer is no JSON of the expected shape" {
				t.Errorf("the error says %q", err)
			}
			return
		}
		for _, p := range append(answer.places(congress), answer.Result.Geographies.place(congress)) {
			if p.District == "" && p.Congress != 0 || p.District != "" && (p.Congress != congress || placeByCode[p.State].code == "") || len(p.Matched) > maxText {
				t.Errorf("%s %d %q", p.State, p.Congress, p.District)
			}
		}
	})
}
