package cwc_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/letter/cwc"
)

func senator(state, given, family, id string, ends time.Time) *civics.Official {
	return &civics.Official{ID: "bioguide:" + id, Name: given + " " + family, GivenName: given, FamilyName: family, Level: civics.Federal, Chamber: civics.Senate, State: state, TermEnds: ends}
}

func representative(state, district string) *civics.Official {
	return &civics.Official{ID: "bioguide:X000001", FamilyName: "Whoever", Level: civics.Federal, Chamber: civics.House, State: state, District: district}
}

func termOf(class int) time.Time {
	return time.Date(map[int]int{1: 2031, 2: 2027, 3: 2029}[class], 1, 3, 0, 0, 0, 0, time.UTC)
}

func TestAnOfficeIsFoundOnTheListOrNotAtAll(t *testing.T) {
	house := []cwc.Office{{Code: "HCO01"}, {Code: "HWY00"}, {Code: "HDC00"}, {Code: "HPR00"}, {Code: "HNY12", Name: "Another Member"}}
	named := []cwc.Office{{Code: "SCO02", Name: "John Hickenlooper"}, {Code: "SCO03", Name: "Bennet, Michael"}, {Code: "SNV01", Name: "Jacky Rosen"}, {Code: "SNM02", Name: "Ben Ray Luján"}, {Code: "SMS01", Name: "Wicker"}}
	bare := []cwc.Office{{Code: "SCO02"}, {Code: "SCO03"}, {Code: "SNV01"}}
	identified := []cwc.Office{{Code: "SCO02", Bioguide: "H000273"}, {Code: "SCO03", Bioguide: "B001267", Name: "x"}}
	hick := senator("CO", "John", "Hickenlooper", "H000273", termOf(2))
	for name, c := range map[string]struct {
		official *civics.Official
		list     []cwc.Office
		code     string
		err      error
	}{
		"a district":                         {representative("CO", "1"), house, "HCO01", nil},
		"a seat held by another than listed": {representative("NY", "12"), house, "HNY12", nil},
		"a state's only district":            {representative("WY", "0"), house, "HWY00", nil},
		"a delegate":                         {representative("DC", "0"), house, "HDC00", nil},
		"the resident commissioner":          {representative("PR", "0"), house, "HPR00", nil},
		"American Samoa as the House has it": {representative("AS", "0"), []cwc.Office{{Code: "HAQ00"}}, "HAQ00", nil},
		"American Samoa by its postal code":  {representative("AS", "0"), []cwc.Office{{Code: "HAS00"}}, "HAS00", nil},
		"a district that is not listed":      {representative("CO", "2"), house, "", cwc.ErrNotListed},
		"a district without a number":        {representative("CO", ""), house, "", cwc.ErrNotListed},
		"a senator by name":                  {hick, named, "SCO02", nil},
		"a senator by last name first":       {senator("CO", "Michael", "Bennet", "B001267", termOf(3)), named, "SCO03", nil},
		"a senator with an accent":           {senator("NM", "Ben Ray", "Lujan", "L000570", termOf(2)), named, "SNM02", nil},
		"a senator who was appointed":        {senator("MS", "Roger", "Wicker", "W000437", time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)), named, "SMS01", nil},
		"a senator who takes no part":        {senator("NV", "Catherine", "Cortez Masto", "C001113", termOf(3)), named, "", cwc.ErrNotListed},
		"a part of a name":                   {senator("NV", "X", "Ros", "R000001", termOf(1)), named, "", cwc.ErrNotListed},
		"a name of another state":            {senator("WY", "John", "Hickenlooper", "H000273", termOf(2)), named, "", cwc.ErrNotListed},
		"a name at the wrong seat":           {senator("CO", "John", "Hickenlooper", "H000273", termOf(3)), named, "", cwc.ErrAmbiguous},
		"a name that both have":              {senator("CO", "A", "Hill", "H000001", termOf(2)), []cwc.Office{{Code: "SCO02", Name: "A Hill"}, {Code: "SCO03", Name: "B Hill"}}, "", cwc.ErrAmbiguous},
		"a senator by id":                    {hick, identified, "SCO02", nil},
		"an id that is newer than the list":  {senator("CO", "New", "Person", "N000001", termOf(2)), identified, "", cwc.ErrNotListed},
		"a senator by class":                 {hick, bare, "SCO02", nil},
		"a senator whose class isn't listed": {senator("NV", "Catherine", "Cortez Masto", "C001113", termOf(3)), bare, "", cwc.ErrNotListed},
		"a senator whose class isn't known":  {senator("CO", "John", "Hickenlooper", "H000273", time.Time{}), bare, "", cwc.ErrAmbiguous},
		"a class that another name holds":    {hick, []cwc.Office{{Code: "SCO02", Name: "Somebody Else"}, {Code: "SCO03"}}, "", cwc.ErrNotListed},
		"a vacancy":                          {&civics.Official{ID: "vacant:us-co-cd-1", Level: civics.Federal, Chamber: civics.House, State: "CO", District: "1", Vacant: true}, house, "", cwc.ErrNotCongress},
		"one who has left":                   {&civics.Official{Level: civics.Federal, Chamber: civics.House, State: "CO", District: "1", Serves: civics.Serves{Left: true}}, house, "", cwc.ErrNotCongress},
		"a state senator":                    {&civics.Official{Level: civics.State, Chamber: civics.Upper, State: "CO", District: "1"}, house, "", cwc.ErrNotCongress},
		"nobody":                             {nil, house, "", cwc.ErrNotCongress},
	} {
		t.Run(name, func(t *testing.T) {
			code, err := cwc.OfficeCode(c.official, c.list)
			if code != c.code || !errors.Is(err, c.err) {
				t.Errorf("%q, %v", code, err)
			}
		})
	}
}

func TestListsAreReadHoweverTheyAreWritten(t *testing.T) {
	for name, c := range map[string]struct {
		chamber civics.Chamber
		raw     string
		want    string // codes, names and ids
	}{
		"codes":               {cwc.House, `["HCO01","HNY12","HCO01"]`, "HCO01// HNY12//"},
		"codes without H":     {cwc.House, `["CO01","HI02","AQ00"]`, "HAQ00// HCO01// HHI02//"},
		"codes in an object":  {cwc.Senate, `{"offices":["SCO02","SCO03"],"count":2}`, "SCO02// SCO03//"},
		"objects":             {cwc.Senate, `[{"office_code":"SCO02","first_name":"John","last_name":"Hickenlooper","active":true},{"office_code":"SCO03","active":false}]`, "SCO02/John Hickenlooper/"},
		"objects in objects":  {cwc.Senate, `{"results":[{"code":"sco02 ","member":"Bennet","bioguide_id":"b001267","state":"CO"}]}`, "SCO02/Bennet/B001267"},
		"keyed by code":       {cwc.Senate, `{"SCO02":"Hickenlooper","SCO03":{"name":"Bennet"},"SNV01":false,"SNV03":true}`, "SCO02/Hickenlooper/ SCO03/Bennet/ SNV03//"},
		"with a byte order":   {cwc.House, "\ufeff [\"HCO01\"]", "HCO01//"},
		"XML":                 {cwc.Senate, `<?xml version="1.0"?><offices><office><office_code>SCO02</office_code><name>John Hickenlooper</name></office><office><office_code>SCO03</office_code></office></offices>`, "SCO02/John Hickenlooper/ SCO03//"},
		"XML of one":          {cwc.Senate, `<offices><office>SCO02</office></offices>`, "SCO02//"},
		"XML with attributes": {cwc.House, `<o:offices xmlns:o="urn:x"><o:office code="HCO01" name="D"/><o:office code="HCO02" status="inactive"/></o:offices>`, "HCO01/D/"},
		"the other chamber's": {cwc.Senate, `["HCO01","SCO02","SCO04"]`, "SCO02//"},
	} {
		list, err := cwc.ReadOffices(c.chamber, []byte(c.raw))
		var got []string
		for _, o := range list {
			got = append(got, o.Code+"/"+o.Name+"/"+o.Bioguide)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for name, raw := range map[string]string{
		"nothing": "", "an empty list": "[]", "a page": "<html><body>Closed for maintenance", "words": "closed", "a page that is XML": "<html><body>Closed</body></html>",
		"half a list": `["HCO01"`, "a number": "7", "null": "null", "a document type": `<!DOCTYPE x><offices><office>HCO01</office></offices>`,
		"much too deep": strings.Repeat("[", 9000) + `"HCO01"` + strings.Repeat("]", 9000),
	} {
		if list, err := cwc.ReadOffices(cwc.House, []byte(raw)); err == nil {
			t.Errorf("%s: %v", name, list)
		}
	}
}

func FuzzOffices(f *testing.F) {
	for _, seed := range []string{`["HCO01"]`, `{"SCO02":{"name":"x","active":"no"}}`, `<a><b code="SCO02">HCO01</b></a>`, `[[[{"a":["SCO02",1,null,{}]}]]]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, chamber := range []civics.Chamber{cwc.House, cwc.Senate} {
			list, err := cwc.ReadOffices(chamber, raw)
			if (err == nil) != (len(list) > 0) {
				t.Fatalf("%v %v", list, err)
			}
			for i, o := range list {
				if (cwc.Message{Recipient: cwc.Recipient{MemberOffice: o.Code}}).Chamber() != chamber || len(o.Code) != 5 || i > 0 && list[i-1].Code >= o.Code {
					t.Fatalf("%v", list)
				}
			}
		}
	})
}
