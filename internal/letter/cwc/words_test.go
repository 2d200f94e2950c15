package cwc_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/issue"
	"redress/internal/letter/cwc"
)

func TestPhone(t *testing.T) {
	for text, want := range map[string]string{
		"303-555-0123": "303-555-0123", "(303) 555-0123": "303-555-0123", "303.555.0123": "303-555-0123", "3035550123": "303-555-0123",
		"+1 303 555 0123": "303-555-0123", "1-303-555-0123": "303-555-0123", " 1 (303)555.0123 ": "303-555-0123", "303/555-0123": "303-555-0123",
		"": "", "555-0123": "", "303-555-0123 x5": "", "303-CALL-NOW": "", "003-555-0123": "", "303-155-0123": "", "+44 20 7946 0123": "", "303-555-01234": "",
		"23035550123": "", "٣٠٣٥٥٥٠١٢٣": "", "303-555-0123\nBcc: x": "",
	} {
		got, ok := cwc.Phone(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
}

func TestBillOf(t *testing.T) {
	for text, want := range map[string]cwc.Bill{
		"S. 1913": {Type: cwc.SenateBill, Number: 1913}, "S.1913": {Type: cwc.SenateBill, Number: 1913}, "s1913": {Type: cwc.SenateBill, Number: 1913},
		"H.R. 3602": {Type: cwc.HouseBill, Number: 3602}, "HR 3602": {Type: cwc.HouseBill, Number: 3602}, "H. R. 1": {Type: cwc.HouseBill, Number: 1},
		"H.J.Res. 5": {Type: cwc.HouseJoint, Number: 5}, "H. J. Res. 5": {Type: cwc.HouseJoint, Number: 5}, "S.J. Res. 5": {Type: cwc.SenateJoint, Number: 5},
		"H.Con.Res. 45": {Type: cwc.HouseConcurrent, Number: 45}, "H.Con.Res 45": {Type: cwc.HouseConcurrent, Number: 45}, "S.Con.Res.7": {Type: cwc.SenateConcurrent, Number: 7},
		"H.Res. 12": {Type: cwc.HouseResolution, Number: 12}, "S. Res. 12": {Type: cwc.SenateResolution, Number: 12},
	} {
		if got, ok := cwc.BillOf(text); !ok || got != want {
			t.Errorf("%q: %+v %v", text, got, ok)
		}
	}
	for _, none := range []string{"", "1913", "S.", "SB 20-217", "SB 217", "HB 1234", "A. 710", "H.F. 10", "S. 0", "S. 123456", "S. 1913 and more", "L.D. 214"} {
		if got, ok := cwc.BillOf(none); ok {
			t.Errorf("%q: %+v", none, got)
		}
	}
}

func TestNoBillOfAStateGoesToCongress(t *testing.T) {
	b := issue.Bill{Legislature: "us", Session: "119", Number: "S. 1913"}
	if got, ok := cwc.CongressBill(b); !ok || got != (cwc.Bill{Congress: 119, Type: cwc.SenateBill, Number: 1913}) {
		t.Errorf("%+v %v", got, ok)
	}
	for _, other := range []issue.Bill{
		{Legislature: "ny", Session: "2025", Number: "S. 1913"}, {Legislature: "co", Session: "2026A", Number: "SB 217"},
		{Legislature: "us", Session: "", Number: "S. 1913"}, {Legislature: "us", Session: "-1", Number: "S. 1913"}, {Legislature: "us", Session: "119", Number: "PN 12"}, {},
	} {
		if got, ok := cwc.CongressBill(other); ok {
			t.Errorf("%+v: %+v", other, got)
		}
	}
}

func TestADeliverysIDIsTheSameOnARetry(t *testing.T) {
	form := regexp.MustCompile(`^[a-zA-Z0-9]{32}$`)
	rapid.Check(t, func(t *rapid.T) {
		id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		if a, b := cwc.DeliveryID(id), cwc.DeliveryID(id); a != b || !form.MatchString(a) || uuid.MustParse(a) != id {
			t.Fatal(a, b)
		}
	})
	if a, b := cwc.CampaignID("x", cwc.Pro), cwc.CampaignID("x", cwc.Con); a == b || cwc.CampaignID("x", cwc.NoPosition) != "x" {
		t.Error(a, b)
	}
}

func TestPrefixesAndTopicsAreTheSchemas(t *testing.T) {
	if got := cwc.Prefixes(); !slices.Equal(got, []string{"Mr.", "Mrs.", "Miss", "Ms.", "Dr."}) {
		t.Error(got)
	}
	for _, topic := range []string{cwc.TopicCivilRights, cwc.TopicCrime, cwc.TopicLaw} {
		if !slices.Contains(cwc.Topics(), topic) {
			t.Error(topic)
		}
	}
}
