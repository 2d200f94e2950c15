package civics

import (
	"testing"

	"redress/internal/fault"
)

// TestZIPCodesOfNoState asks for codes that no table lists and whose first digits
// lead to no state, or to several places far apart.
func TestZIPCodesOfNoState(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	for zip, want := range map[string]string{
		"09001": "civics.zip.military", "09868": "civics.zip.military", "34002": "civics.zip.military", "96201": "civics.zip.military", "96698": "civics.zip.military",
		"09901": "civics.zip.unknown", "00000": "civics.zip.unknown",
		"96901": "civics.zip.unknown", "96939": "civics.zip.unknown", "96940": "civics.zip.unknown", // Palau
		"96941": "civics.zip.unknown", "96960": "civics.zip.unknown", "96970": "civics.zip.unknown", // Micronesia, the Marshall Islands
	} {
		_, err := a.ByZIP(zip)
		if f, known := fault.As(err); !known || f.Kind != fault.KindNotFound || f.Key != want {
			t.Errorf("%s: %v, not %s", zip, err, want)
		}
	}
	for zip, state := range map[string]string{"96912": "GU", "96931": "GU", "96932": "GU", "96952": "MP", "96951": "MP", "34101": "FL", "96701": "HI"} {
		got, err := a.ByZIP(zip)
		if err != nil || got.State != state || len(of(got.Officials, Federal)) == 0 {
			t.Errorf("%s: %q, %v, %v", zip, got.State, names(got.Officials), err)
		}
	}
}
