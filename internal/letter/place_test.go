package letter_test

import (
	"testing"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
)

// Geocoders are lenient: they find a street by its ZIP code alone. Letters go
// only to those who represent the address that stands under them.
func TestTheAddressFoundIsTheOneTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := maya(w.byAddress(civicstest.Denver))
	for name, c := range map[string]struct {
		address civics.Address
		field   string
		key     string
	}{
		"city and state of another": {civics.Address{Street: "1437 Bannock St", City: "Fresno", State: "CA", Zip: "80203"}, "state", "letter.form.state.elsewhere"},
		"state of another":          {civics.Address{Street: "1437 Bannock St", City: "Denver", State: "WY", Zip: "80203"}, "state", "letter.form.state.elsewhere"},
		"not found, other state":    {civics.Address{Street: "9999 Nowhere Xyzzy Lane", City: "Fresno", State: "CA", Zip: "80203"}, "state", "letter.form.state.elsewhere"},
		"ZIP code of another area":  {civics.Address{Street: "1437 Bannock St", City: "Denver", State: "CO", Zip: "81601"}, "zip", "letter.form.zip.elsewhere"},
		"one district, other seats": {civics.Address{Street: "2101 O'Neil Ave", City: "Cheyenne", State: "WY", Zip: "83001"}, "zip", "letter.form.zip.elsewhere"},
		"all of it in the street":   {civics.Address{Street: "1437 Bannock St, Denver, CO 80203", City: "Fresno", State: "CA", Zip: "93721"}, "street", "letter.form.street.whole"},
		"without commas":            {civics.Address{Street: "1437 Bannock St Denver CO 80203", City: "Fresno", State: "CA", Zip: "93721"}, "street", "letter.form.street.whole"},
		"state in the street":       {civics.Address{Street: "1437 Bannock St, Denver, co", City: "Fresno", State: "CA", Zip: "93721"}, "street", "letter.form.street.whole"},
		"ZIP code in the street":    {civics.Address{Street: "1437 Bannock St, 80203-1234", City: "Fresno", State: "CA", Zip: "93721"}, "street", "letter.form.street.whole"},
		"a court's letters":         {civics.Address{Street: "18 Elm St, Hartford, CT", City: "Fresno", State: "CA", Zip: "93721"}, "street", "letter.form.street.whole"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := good
			s.Address = c.address
			_, err := w.Submit(t.Context(), s)
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
		})
	}
}

func TestAddressesThatOnlyLookOddAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	farley := maya(w.byAddress(civicstest.NewYork))
	farley.Address = civics.Address{Street: "421 8th Ave", City: "New York", State: "NY", Zip: "10199"} // a building's own ZIP code
	if r := w.receipt(w.submit(farley)); !r.Placed {
		t.Error("a ZIP code that reaches into the same districts is refused")
	}
	good := maya(w.byAddress(civicstest.Denver))
	for _, street := range []string{
		"12 Oak Ct", "100 Main St NE", "123 W 45th St, 3 Fl", "7 Maple La.", "9450 E Becker Ln Unit 10203", "W1234 County Road CO",
		"80203 Bannock St", "5 Mt Vernon Pl", "County Rd 10500",
	} {
		s := good
		s.Address.Street = street
		if r := w.receipt(w.submit(s)); r.Placed {
			t.Errorf("%s was placed: nothing was proved", street)
		}
	}
}
