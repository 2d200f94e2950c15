package letter

import (
	"errors"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/issue"
)

var (
	today  = time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	theAct = "Ending Qualified Immunity Act"
)

func anIssue() issue.Issue {
	return issue.Issue{
		Slug: "qualified-immunity",
		Bills: []issue.Bill{
			{Key: "s", Legislature: "us", Session: "119", Chamber: "senate", Number: "S. 1913", Title: theAct, SponsorID: "bioguide:M1", CosponsorIDs: []string{"bioguide:S2"}, OpposedIDs: []string{"bioguide:O1"}, Expires: time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC), Stance: issue.StanceSupport},
			{Key: "hr", Legislature: "us", Session: "119", Chamber: "house", Number: "H.R. 3602", Title: theAct, SponsorID: "bioguide:P1", Expires: time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC), Stance: issue.StanceSupport},
			{Key: "against", Legislature: "us", Session: "119", Chamber: "senate", Number: "S. 122", Title: "Qualified Immunity Act", SponsorID: "bioguide:B1", Expires: time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC), Stance: issue.StanceOppose},
			{Key: "co", Legislature: "co", Session: "2026", Chamber: "upper", Number: "SB26-001", Title: "A State Act", SponsorID: "openstates:1", Stance: issue.StanceSupport},
		},
		States: []issue.StateLaw{{Code: "NM", Status: issue.StateLawFull}, {Code: "CT", Status: issue.StateLawPartial}},
	}
}

func senator(id string) *civics.Official {
	return &civics.Official{ID: id, Name: "Ann Example", FamilyName: "Example", Title: "Senator", Level: civics.Federal, Chamber: civics.Senate, State: "CO", SeatName: "Colorado"}
}

func house(id string) *civics.Official {
	o := senator(id)
	o.Chamber, o.Title = civics.House, "Representative"
	return o
}

func legislator(id, state string, chamber civics.Chamber) *civics.Official {
	return &civics.Official{ID: id, Name: "Bo Local", FamilyName: "Local", Title: "State Senator", Level: civics.State, Chamber: chamber, State: state}
}

func TestStanceOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    *civics.Official
		want Stance
	}{
		"sponsor":                     {senator("bioguide:M1"), StanceSponsor},
		"cosponsor":                   {senator("bioguide:S2"), StanceSponsor},
		"listed as opposed":           {senator("bioguide:O1"), StanceOpposed},
		"sponsor of an opposing bill": {senator("bioguide:B1"), StanceOpposed},
		"nobody knows":                {senator("bioguide:X1"), StanceUnknown},
		"state with the law":          {legislator("openstates:2", "NM", civics.Lower), StanceAlreadyLaw},
		"state with half the law":     {legislator("openstates:3", "CT", civics.Lower), StanceUnknown},
		"sponsor in a state":          {legislator("openstates:1", "CO", civics.Upper), StanceSponsor},
	} {
		if got := StanceOf(c.o, anIssue()); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	federal := senator("bioguide:X1")
	federal.State = "NM"
	if got := StanceOf(federal, anIssue()); got != StanceUnknown {
		t.Errorf("a state's law speaks for a senator in Congress: %s", got)
	}
}

func TestAskFor(t *testing.T) {
	t.Parallel()
	ask := func(level civics.Level, chamber, state string, stance Stance, bill, body string) Ask {
		return Ask{Key: body, Level: level, Chamber: chamber, State: state, Stance: stance, BillKey: bill, Body: body}
	}
	l := Letter{Asks: []Ask{
		ask(civics.Federal, Any, Any, StanceAny, "", "federal fallback"),
		ask(civics.Federal, Any, Any, StanceUnknown, "s", "please cosponsor"),
		ask(civics.Federal, Any, Any, StanceSponsor, "s", "thank you"),
		ask(civics.Federal, Any, "CO", StanceAny, "", "to Colorado's members"),
		ask(civics.Federal, "senate", "CO", StanceUnknown, "s", "to Colorado's senators"),
		ask(civics.State, "upper", "CO", StanceUnknown, "co", "state senate"),
		ask(civics.State, Any, "NM", StanceAlreadyLaw, "", "keep it"),
	}}
	texan := house("bioguide:X2")
	texan.State = "TX"
	delegate := house("bioguide:D1")
	delegate.State, delegate.Nonvoting, delegate.Title = "DC", true, "Delegate"
	vacant := house("vacant:us-ca-cd-14")
	vacant.Vacant = true
	opposed := senator("bioguide:B1")
	opposed.State = "IN"
	for name, c := range map[string]struct {
		o    *civics.Official
		want string // the ask's body; empty: none
		bill string
	}{
		"sponsor is thanked even where the state has an ask": {senator("bioguide:M1"), "thank you", "S. 1913"},
		"most specific":                                    {senator("bioguide:X1"), "to Colorado's senators", "S. 1913"},
		"stance before state":                              {house("bioguide:X1"), "please cosponsor", "H.R. 3602"},
		"the companion's number":                           {texan, "please cosponsor", "H.R. 3602"},
		"a sponsor in the other chamber has her own bill":  {house("bioguide:P1"), "thank you", "H.R. 3602"},
		"fallback":                                         {opposed, "federal fallback", ""},
		"a delegate is a recipient":                        {delegate, "please cosponsor", "H.R. 3602"},
		"a vacant seat is not":                             {vacant, "", ""},
		"a state bill":                                     {legislator("openstates:9", "CO", civics.Upper), "state senate", "SB26-001"},
		"a bill of the other state chamber is not offered": {legislator("openstates:9", "CO", civics.Lower), "", ""},
		"no ask":      {legislator("openstates:9", "WY", civics.Upper), "", ""},
		"already law": {legislator("openstates:9", "NM", civics.Upper), "keep it", ""},
	} {
		got, bill, ok := l.AskFor(c.o, anIssue(), today)
		if ok != (c.want != "") || got.Body != c.want {
			t.Errorf("%s: %q, want %q", name, got.Body, c.want)
		}
		if number := ""; true {
			if bill != nil {
				number = bill.Number
			}
			if number != c.bill {
				t.Errorf("%s: bill %q, want %q", name, number, c.bill)
			}
		}
	}
	afterwards := time.Date(2027, 1, 3, 12, 0, 0, 0, time.UTC)
	if got, _, _ := l.AskFor(texan, anIssue(), afterwards); got.Body != "federal fallback" {
		t.Errorf("an ask whose bill expired is still offered: %q", got.Body)
	}
}

func TestStateMattersNeverGoToCongress(t *testing.T) {
	t.Parallel()
	i := anIssue()
	federalAskStateBill := Letter{Asks: []Ask{{Level: civics.Federal, Chamber: Any, State: Any, Stance: StanceAny, BillKey: "co", Body: "x"}}}
	if _, _, ok := federalAskStateBill.AskFor(senator("bioguide:X1"), i, today); ok {
		t.Error("a state bill was put before a senator in Congress")
	}
	stateAskFederalBill := Letter{Asks: []Ask{{Level: civics.State, Chamber: Any, State: Any, Stance: StanceAny, BillKey: "s", Body: "x"}}}
	if _, _, ok := stateAskFederalBill.AskFor(legislator("openstates:9", "CO", civics.Upper), i, today); ok {
		t.Error("a federal bill was put before a state senator")
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	with := func(o *civics.Official, channels ...civics.Channel) *civics.Official {
		reached := *o
		reached.Channels = channels
		return &reached
	}
	email := func(v string) civics.Channel { return civics.Channel{Kind: civics.ChannelEmail, Value: v} }
	state := legislator("openstates:9", "CO", civics.Upper)
	var r router = channels(nil)
	sends := func(o *civics.Official) (string, bool) {
		way, ok := r.route(o)
		return way.to.Value, ok && way.channel.Sends()
	}
	if to, ok := sends(with(state, email("bo.local@coleg.gov"))); !ok || to != "bo.local@coleg.gov" {
		t.Error("a state legislator with a mailbox is written to")
	}
	for _, bad := range []string{"bo local@coleg.gov", "bo@coleg", "Bo <bo@coleg.gov>", "bo@a.gov, eve@b.example", "bo@coleg.gov\r\nBcc: eve@b.example", ""} {
		if _, ok := sends(with(state, email(bad))); ok {
			t.Errorf("%q counts as a mailbox", bad)
		}
	}
	if _, ok := sends(with(senator("bioguide:X1"), email("x@senate.gov"))); ok {
		t.Error("a member of Congress is written to by e-mail")
	}
	broken := with(state, email("bo local@coleg.gov"), civics.Channel{Kind: civics.ChannelPhone, Value: "303-866-0000"})
	if way, ok := r.route(broken); !ok || way.to.Kind != civics.ChannelPhone {
		t.Errorf("an address with a space leaves %v", way.to)
	}
	broken.Website = "https://leg.colorado.gov"
	if way, ok := r.route(broken); !ok || way.to.Kind != civics.ChannelWebsite {
		t.Errorf("the site comes before the phone: %v", way.to)
	}
	if _, ok := r.route(state); ok {
		t.Error("an official whom nothing reaches has a channel")
	}
}

// officesOf is Congress's intake as far as a router sees it.
type officesOf map[string]string

func (o officesOf) Office(who *civics.Official) (string, error) {
	if code, ok := o[who.ID]; ok {
		return code, nil
	}
	return "", errors.New("takes no part")
}

func (officesOf) Configured(civics.Chamber) bool { return true }

func TestTheRouterPicksWhatIsAliveAndObeysTheOffice(t *testing.T) {
	t.Parallel()
	form := civics.Channel{Kind: civics.ChannelWebform, Value: "https://www.x.senate.gov/contact"}
	call := civics.Channel{Kind: civics.ChannelPhone, Value: "202-224-0000"}
	box := civics.Channel{Kind: civics.ChannelEmail, Value: "bo.local@coleg.gov"}
	inCongress, inState := *senator("bioguide:X1"), *legislator("openstates:9", "CO", civics.Upper)
	inCongress.Channels, inState.Channels = []civics.Channel{form, call}, []civics.Channel{box, call}
	for _, c := range []struct {
		name   string
		of     civics.Official
		takes  officesOf
		chosen string
		want   string
		sends  bool
	}{
		{"without a key, the form", inCongress, nil, "", civics.ChannelWebform, false},
		{"an office that takes part", inCongress, officesOf{"bioguide:X1": "SCO01"}, "", KindCWC, true},
		{"another office takes part", inCongress, officesOf{"bioguide:X2": "SCO02"}, "", civics.ChannelWebform, false},
		{"takes part, but asked for calls", inCongress, officesOf{"bioguide:X1": "SCO01"}, civics.ChannelPhone, civics.ChannelPhone, false},
		{"asked for what it isn't part of", inCongress, nil, KindCWC, civics.ChannelWebform, false},
		{"a mailbox", inState, nil, "", civics.ChannelEmail, true},
		{"a mailbox, but asked for calls", inState, nil, civics.ChannelPhone, civics.ChannelPhone, false},
		{"a mailbox, but asked for its form, which nobody knows", inState, nil, civics.ChannelWebform, civics.ChannelEmail, false},
	} {
		c.of.Chosen = c.chosen
		var congress Congress
		if c.takes != nil {
			congress = c.takes
		}
		way, ok := router(channels(congress)).route(&c.of)
		if !ok || way.to.Kind != c.want || way.channel.Sends() != c.sends {
			t.Errorf("%s: %v by %q, sends %v", c.name, ok, way.to.Kind, ok && way.channel.Sends())
		}
	}
}
