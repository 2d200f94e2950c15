package civics

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"redress/internal/fault"
)

func TestParseOneLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Address{
		"1437 Bannock St, Denver, CO 80203":                           {"1437 Bannock St", "Denver", "CO", "80203"},
		" 1437  Bannock St , Denver , co 80203-1234":                  {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St, Denver, CO 80203–1234":                      {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St, Denver, CO 802031234":                       {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St, Denver, CO":                                 {"1437 Bannock St", "Denver", "CO", ""},
		"1437 Bannock St, 80203":                                      {"1437 Bannock St", "", "", "80203"},
		"1437 Bannock St 80203":                                       {"1437 Bannock St", "", "", "80203"},
		"1437 Bannock St, Denver 80203":                               {"1437 Bannock St", "Denver", "", "80203"},
		"12 Main St, Apt 4, Salem, OR 97301":                          {"12 Main St, Apt 4", "Salem", "OR", "97301"},
		"1437 Bannock Street, Denver, Colorado 80202":                 {"1437 Bannock Street", "Denver", "CO", "80202"},
		"1437 bannock street denver colorado":                         {"1437 bannock street denver", "", "CO", ""},
		"55 Elm Street, Providence, Rhode Island 02903":               {"55 Elm Street", "Providence", "RI", "02903"},
		"55 Elm Street, Charleston, West  Virginia":                   {"55 Elm Street", "Charleston", "WV", ""},
		"421 8th Ave, New York, New York 10001":                       {"421 8th Ave", "New York", "NY", "10001"},
		"421 8th Ave, New York, N.Y. 10001":                           {"421 8th Ave", "New York", "NY", "10001"},
		"1600 Pennsylvania Ave NW Washington DC 20500":                {"1600 Pennsylvania Ave NW", "Washington", "DC", "20500"},
		"1600 Pennsylvania Ave NW, Washington, D.C.":                  {"1600 Pennsylvania Ave NW", "Washington", "DC", ""},
		"1600 Pennsylvania Ave NW, Washington 20500":                  {"1600 Pennsylvania Ave NW", "Washington", "DC", "20500"},
		"1600 Pennsylvania Ave NW, Washington":                        {"1600 Pennsylvania Ave NW", "Washington", "DC", ""},
		"1600 Pennsylvania Ave NW, Washington, District of Columbia":  {"1600 Pennsylvania Ave NW", "Washington", "DC", ""},
		"400 Broad St, Seattle, Washington":                           {"400 Broad St", "Seattle", "WA", ""},
		"400 Broad St, Seattle, Washington 98109":                     {"400 Broad St", "Seattle", "WA", "98109"},
		"1437 Bannock St\nDenver, CO 80203":                           {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St\r\nDenver\r\nColorado 80203\r\n":             {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St, Denver, CO 80203, USA":                      {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St, Denver, CO 80203, United States of America": {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St., Denver, CO.":                               {"1437 Bannock St.", "Denver", "CO", ""},
		"RR 2 Box 15, Concordia, KS 66901":                            {"RR 2 Box 15", "Concordia", "KS", "66901"},
		"HC 68 Box 23A, Kemmerer, WY 83101":                           {"HC 68 Box 23A", "Kemmerer", "WY", "83101"},
		"Box 15, Rural Route 2, Concordia, KS 66901":                  {"Box 15, Rural Route 2", "Concordia", "KS", "66901"},
		"12 Po St, Denver, CO 80203":                                  {"12 Po St", "Denver", "CO", "80203"},
		"100 Box Elder Dr, Rapid City, SD 57701":                      {"100 Box Elder Dr", "Rapid City", "SD", "57701"},
		"100 Apo Ln, Denver, CO 80203":                                {"100 Apo Ln", "Denver", "CO", "80203"},
		"1437 Bannock St, PO Box 12, Denver, CO 80203":                {"1437 Bannock St", "Denver", "CO", "80203"},
		"One Main St, Salem, OR":                                      {"One Main St", "Salem", "OR", ""},
		"12 Elm Ct 80203":                                             {"12 Elm", "", "CT", "80203"}, // who knows no ZIP codes can't tell
		"12 Elm St, Hartford, CT":                                     {"12 Elm St", "Hartford", "CT", ""},
		"12 Elm St Hartford CT 06103":                                 {"12 Elm St Hartford", "", "CT", "06103"},
		"\u200f1437 Bannock St, Denver, CO 80203\u200e 🏠":             {"1437 Bannock St", "Denver", "CO", "80203"},
		"１４３７ Bannock St, Denver, CO ８０２０３":                           {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St,\x00 Denver,\x1b CO\x07 80203":               {"1437 Bannock St", "Denver", "CO", "80203"},
		"100 Calle San Francisco, San Juan, Puerto Rico 00901":        {"100 Calle San Francisco", "San Juan", "PR", "00901"},
		"100 Mexico Rd, Albuquerque, New Mexico":                      {"100 Mexico Rd", "Albuquerque", "NM", ""},
		"100 Peach St, Atlanta, Georgia":                              {"100 Peach St", "Atlanta", "GA", ""},
		"90-15 Sutphin Blvd, Jamaica 11435":                           {"90-15 Sutphin Blvd", "Jamaica", "", "11435"},
	} {
		got, err := ParseOneLine(line)
		if err != nil || got != want {
			t.Errorf("%q: %q %q %q %q %v", line, got.Street, got.City, got.State, got.Zip, err)
		}
	}
	if s := fmt.Sprint(Address{Street: "1437 Bannock St"}); strings.Contains(s, "Bannock") {
		t.Error("an address prints itself")
	}
}

// Each thing that is no street address has a sentence of its own.
func TestWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	for key, lines := range map[string][]string{
		"empty":      {"", "  ", "\n\n", ",,", "🏠", "\u200f\u200e", "\x00"},
		"long":       {strings.Repeat("1 ", 200) + "Main St, Denver, CO", strings.Repeat("a", 10<<10), strings.Repeat("PO ", 4<<10), strings.Repeat("1 Long St ", 11) + ", Denver, CO"},
		"digits":     {"80203", "1437", "80203-1234", "1437, 80203", "() 12"},
		"no_number":  {"Bannock St, Denver, CO 80203", "Denver, CO", "Denver, Colorado", "Denver 80203", "CO 80203"},
		"no_city":    {"1437 Bannock St", "1437 Bannock St, Denver", "100 Fort St NE", "12 Elm Ct"},
		"incomplete": {"Denver", "Bannock Street", "b4 ", "hello world"},
		"po_box": {
			"P.O. Box 12, Denver, CO 80201", "PO BOX 12 Denver CO", "Post Office Box 9, Denver, CO", "p o box 12, Denver, CO", "POB 12, Denver, CO 80201", "P.O.B. 12, Denver, CO",
			"PO 12, Denver, CO 80201", "Box 12, Denver, CO", "pobox 12 denver co", "PO Drawer 7, Denver, CO", "12, PO Box 9, Denver, CO", "Apartado 123, San Juan, PR 00902", "P.O. Box, Denver, CO",
		},
		"military": {
			"PSC 3 Box 4120, APO AE 09021", "Unit 2050 Box 4190, APO, AP 96278-2050", "USS Example, FPO AA 34091", "CMR 415 Box 3, APO AE", "Unit 8400 Box 1, DPO AE 09498",
			"CMR 1, APO New York 09012", "PO Box 1, APO AP 96278",
		},
		"abroad": {
			"111 Wellington St, Ottawa, ON K1A 0A9", "111 Wellington St, Ottawa, ON K1A 0A9, Canada", "111 wellington st ottawa k1a0a9", "100 Queen St W, Toronto, Ontario", "12 Rue X, Québec, QC",
			"10 Downing St, London SW1A 2AA", "10 Downing St, London, England", "10 Downing St, London, SW1A 2AA, United Kingdom", "1 High St, Leeds, U.K.", "Unter den Linden 77, 10117 Berlin, Germany",
			"Unter den Linden 77, 10117 Berlin, Deutschland", "Av. Reforma 1, 06600 Ciudad de México, México", "1 Rue de Rivoli, 75001 Paris, France", "1 George St, Sydney NSW 2000, Australia",
		},
	} {
		for _, line := range lines {
			_, err := ParseOneLine(line)
			if f, ok := fault.As(err); !ok || f.Kind != fault.KindInvalid || f.Key != "civics.address."+key || len(f.Fields) != 1 || f.Fields[0].Name != "address" || f.Fields[0].Key != f.Key {
				t.Errorf("%.60q: %v, want %s", line, err, key)
			}
		}
	}
}

// How the geocoder is asked.
func TestQuestion(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"1437 Bannock St, Denver, CO 80203":              "1437 Bannock St, Denver, CO 80203",
		"1437 Bannock St Apt 4B, Denver, Colorado 80203": "1437 Bannock St, Denver, CO 80203",
		"1437 Bannock St, Apartment 12, Denver, CO":      "1437 Bannock St, Denver, CO",
		"1437 Bannock St #4, Denver, CO":                 "1437 Bannock St, Denver, CO",
		"1437 Bannock St, Suite #200, Denver, CO":        "1437 Bannock St, Denver, CO",
		"1437 Bannock St Unit B Denver CO 80203":         "1437 Bannock St Denver, CO 80203",
		"100 Space Center Blvd, Houston, TX":             "100 Space Center Blvd, Houston, TX",
		"100 Suite Dr, Houston, TX":                      "100 Suite Dr, Houston, TX",
		"One Main St, Salem, OR":                         "1 Main St, Salem, OR",
		"1437 Bannock St\nDenver CO 80203":               "1437 Bannock St, Denver, CO 80203",
	} {
		a, err := ParseOneLine(typed)
		if err != nil || a.question() != want {
			t.Errorf("%q asks %q (%v), want %q", typed, a.question(), err, want)
		}
	}
}

// A city that bears a state's name is known by its ZIP code.
func TestTheZipCodeTellsACityFromAState(t *testing.T) {
	t.Parallel()
	x := shippedAtlas(t).current()
	for line, want := range map[string]string{
		"100 Cherry St, Nevada 64772":           "100 Cherry St, Nevada, MO 64772",
		"100 Cherry St, Las Vegas Nevada 89101": "100 Cherry St, Las Vegas, NV 89101",
		"12 Elm Ct 80203":                       "12 Elm Ct, CO 80203",
		"100 Fort St NE 87102":                  "100 Fort St NE, NM 87102",
		"100 Main St, Denver, CO 10001":         "100 Main St, Denver, CO 10001", // a contradiction stays one
	} {
		if a, err := parseAddress(line, x.statesOf); err != nil || a.question() != want {
			t.Errorf("%q asks %q (%v), want %q", line, a.question(), err, want)
		}
	}
}

// A match elsewhere than was typed is no match.
func TestAMatchInAnotherState(t *testing.T) {
	t.Parallel()
	tennessee := Place{City: "Bristol", State: "TN", Zip: "37620", Congress: 119, District: "1", Matched: "30 STATE ST, BRISTOL, TN, 37620"}
	a := shippedAtlas(t, WithGeocoder(stub{places: []Place{tennessee}}))
	for line, found := range map[string]bool{
		"30 State St, Bristol, TN":             true,
		"30 State St, Bristol, Tennessee":      true,
		"30 State St, Bristol 37620":           true,
		"30 State St, Bristol, VA":             false,
		"30 State St, Bristol, Virginia 24201": false,
		"30 State St, Bristol 80203":           false, // a ZIP code of Denver
		"30 State St, Bristol, TN 80203":       false,
	} {
		_, err := a.ByAddress(context.Background(), line)
		if f, _ := fault.As(err); found && err != nil || !found && (f == nil || f.Key != "civics.address.no_match" || f.Kind != fault.KindNotFound) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// Places that are written alike are never chosen among.
func TestPlacesWrittenAlike(t *testing.T) {
	t.Parallel()
	one := Place{City: "Texarkana", State: "TX", Zip: "75501", Congress: 119, District: "4", Matched: "7 STATELINE AVE, TEXARKANA, TX, 75501"}
	two := one
	two.District = "1"
	_, err := shippedAtlas(t, WithGeocoder(stub{places: []Place{one, two}})).ByAddress(context.Background(), "7 Stateline Ave, Texarkana, TX 75501")
	if f, _ := fault.As(err); f == nil || f.Key != "civics.address.alike" || f.Cause != nil {
		t.Errorf("%v", err)
	}
}

func TestOneLineTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"1437 Bannock St\nDenver": "1437 Bannock St, Denver",
		" 12  Main;St ":           " 12  Main;St ",
		"   ":                     "   ",
		"O'Neil <b> & \u202eco":   "O'Neil <b> & co",
		"\xff\xfe1 Main":          "1 Main",
	} {
		if got := OneLineTyped(typed); got != want {
			t.Errorf("%q shows %q", typed, got)
		}
	}
	if n := utf8.RuneCountInString(OneLineTyped(strings.Repeat("ö", 10<<10))); n != maxAddress {
		t.Errorf("%d characters", n)
	}
}

// Whatever is typed: no panic, a fault that holds nothing of it, and a question
// that is one line and not too long.
func FuzzParseOneLine(f *testing.F) {
	for _, seed := range []string{
		"1437 Bannock St, Denver, CO 80203", "1437 Bannock St\nDenver Colorado", "PO Box 12, Denver, CO", "PSC 3 Box 4, APO AE 09021", "10 Downing St, London SW1A 2AA",
		"1600 Pennsylvania Ave NW, Washington D.C. 20500", "RR 2 Box 15, Concordia, KS 66901", "12 Elm Ct", "One Main St #4, Salem, OR", "\u202e1 Main\x00, CO", "½ 12 Main St, Guam", ",,,", "CO", " CO",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := ParseOneLine(typed)
		if shown := OneLineTyped(typed); utf8.RuneCountInString(shown) > maxAddress || strings.ContainsAny(shown, "\n\r\x00") || !utf8.ValidString(shown) {
			t.Errorf("shows %q", shown)
		}
		if err != nil {
			if f, ok := fault.As(err); !ok || f.Kind != fault.KindInvalid || f.Cause != nil || f.Args != nil || a != (Address{}) {
				t.Errorf("%v", err)
			}
			return
		}
		q := a.question()
		if utf8.RuneCountInString(q) > maxAsked || strings.ContainsAny(q, "\n\r\x00") || a.Street == "" || a.State == "" && a.Zip == "" {
			t.Errorf("%q is taken as %q", typed, q)
		}
	})
}
