package civics

import (
	"context"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
)

// shown is the page for officials, as a visitor gets it.
func shown(t *testing.T, officials ...*civics.Official) string {
	t.Helper()
	var page strings.Builder
	answer := civics.Answer{Zip: "80203", State: "CO", Confidence: civics.ConfidenceZip, Officials: officials}
	if err := FindPage(Find{Answer: &answer}).Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func member() *civics.Official {
	return &civics.Official{
		ID: "bioguide:X000001", Name: "Ann Example", Title: "Representative", Level: civics.Federal, Chamber: civics.House,
		SeatName: "Colorado, 1st district", Party: "Independent",
		Channels: []civics.Channel{{Kind: civics.ChannelPhone, Value: "202-555-0100"}, {Kind: civics.ChannelEmail, Value: "ann@example.org"}, {Kind: civics.ChannelWebform, Value: "https://example.org/form"}},
	}
}

// Who isn't offered is listed as a representative, with the reason and without a
// way to write or call.
func TestWhoIsNotOfferedIsListedWithoutWays(t *testing.T) {
	t.Parallel()
	o := member()
	o.NotOffered = "The office asked for mail by post only."
	page := shown(t, o)
	if strings.Contains(page, "2027") {
		t.Error("the card tells of the next Congress")
	}
	for _, want := range []string{"Ann Example", "Colorado, 1st district", "doesn’t offer to write or call", o.NotOffered} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, no := range []string{"202-555-0100", "mailto:", "https://example.org/form", "switchboard"} {
		if strings.Contains(page, no) {
			t.Errorf("the page offers %q", no)
		}
	}
}

// A seat on the committee for the courts is marked. That a member leaves with the
// Congress stands on their own page: answers don't change ahead of the day.
func TestACardSaysOnWhichCommittee(t *testing.T) {
	t.Parallel()
	o := member()
	if page := shown(t, o); strings.Contains(page, "Serves until") || strings.Contains(page, "Judiciary") {
		t.Error("a card says what isn't known")
	}
	o.Serves.Until = time.Date(2027, time.January, 3, 0, 0, 0, 0, time.UTC)
	o.Committees = []civics.Committee{{ID: "HSJU", Name: "House Committee on the Judiciary"}}
	page := shown(t, o)
	for _, want := range []string{"Sits on the Judiciary Committee", "tel:+1-202-555-0100"} {
		if !strings.Contains(page, want) {
			t.Errorf("the card lacks %q", want)
		}
	}
}

// A district's name is short where its group says the rest, and whole where
// several states are listed.
func TestShortNamesOfDistricts(t *testing.T) {
	t.Parallel()
	co := &civics.Division{Name: "Colorado Senate, district 31", State: "CO", Chamber: civics.Upper}
	wy := &civics.Division{Name: "Wyoming Senate, district 1", State: "WY", Chamber: civics.Upper}
	alone := civics.Candidate{Level: civics.State, Chamber: civics.Upper, Divisions: []*civics.Division{co}}
	both := civics.Candidate{Level: civics.State, Chamber: civics.Upper, Divisions: []*civics.Division{co, wy, co}}
	if got := short(alone, co); got != "District 31" {
		t.Errorf("%q", got)
	}
	if got := short(both, wy); got != wy.Name {
		t.Errorf("%q", got)
	}
	if got := border(both); len(got) != 2 {
		t.Errorf("%q", got)
	}
}
