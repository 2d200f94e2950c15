package letter

import (
	"strings"
	"testing"

	"redress/internal/civics"
)

// onCommittees seats an official.
func onCommittees(o *civics.Official, ids ...string) *civics.Official {
	for _, id := range ids {
		o.Committees = append(o.Committees, civics.Committee{ID: id, Name: "Committee " + id})
	}
	return o
}

func TestAsksOfCommitteeMembers(t *testing.T) {
	t.Parallel()
	i := anIssue()
	i.Bills[0].CommitteeIDs = []string{"SSJU"}
	i.Bills[1].CommitteeIDs = []string{"HSJU"}
	ask := func(chamber, state string, stance Stance, bill, body string, committees ...string) Ask {
		return Ask{Key: body, Level: civics.Federal, Chamber: chamber, State: state, Stance: stance, BillKey: bill, Body: body, Committees: committees}
	}
	l := Letter{Asks: []Ask{
		ask(Any, Any, StanceAny, "", "everyone"),
		ask("senate", "CO", StanceAny, "", "Colorado's senators"),
		ask(Any, Any, StanceAny, "s", "who has the bill", CommitteeOfBill),
		ask(Any, "CO", StanceAny, "s", "who has the bill, in Colorado", CommitteeOfBill),
		ask(Any, Any, StanceSponsor, "s", "sponsors"),
		ask(Any, Any, StanceSponsor, "s", "sponsors who have the bill", CommitteeOfBill),
		ask(Any, Any, StanceAny, "", "money", "HSAP", "SSAP"),
	}}
	texan := func(o *civics.Official) *civics.Official { o.State = "TX"; return o }
	for name, c := range map[string]struct {
		o    *civics.Official
		want string
	}{
		"on none":                                {texan(house("bioguide:X1")), "everyone"},
		"committee before state and chamber":     {onCommittees(senator("bioguide:X1"), "SSAP"), "money"},
		"state and chamber without a committee":  {senator("bioguide:X1"), "Colorado's senators"},
		"the bill's committee":                   {texan(onCommittees(senator("bioguide:X1"), "SSFI", "SSJU")), "who has the bill"},
		"the companion's committee":              {texan(onCommittees(house("bioguide:X1"), "HSJU")), "who has the bill"},
		"the committee of the other chamber":     {texan(onCommittees(house("bioguide:X1"), "SSJU")), "everyone"},
		"committee and state":                    {onCommittees(senator("bioguide:X1"), "SSJU"), "who has the bill, in Colorado"},
		"between equal committees the first":     {texan(onCommittees(house("bioguide:X1"), "HSAP", "HSJU")), "who has the bill"},
		"stance before committee":                {onCommittees(senator("bioguide:S2"), "SSAP"), "sponsors"},
		"stance and committee":                   {onCommittees(senator("bioguide:S2"), "SSJU"), "sponsors who have the bill"},
		"a legislator has no committee here":     {legislator("openstates:9", "CO", civics.Upper), ""},
		"an official on a committee by any name": {texan(onCommittees(house("bioguide:X1"), "HSJU08")), "everyone"},
	} {
		if got, _, _ := l.AskFor(c.o, i, today); got.Body != c.want {
			t.Errorf("%s: %q, want %q", name, got.Body, c.want)
		}
	}
	i.Bills[0].Status, i.Bills[1].Status = "Became Public Law 119-1", "Became Public Law 119-1"
	if got, _, _ := l.AskFor(texan(onCommittees(senator("bioguide:X1"), "SSJU")), i, today); got.Body != "everyone" {
		t.Errorf("a committee still has a bill that became law: %q", got.Body)
	}
}

// Who calls says which committee they mean, as the letter does: there such a field
// needs no fallback.
func TestTheScriptNamesTheCommittee(t *testing.T) {
	t.Parallel()
	i := anIssue()
	i.Bills[0].CommitteeIDs = []string{"SSJU"}
	o := onCommittees(senator("bioguide:X1"), "SSJU")
	o.Website = "https://senate.example"
	l := Letter{Subject: "Hello", Asks: []Ask{{
		Key: "a", Level: civics.Federal, Chamber: Any, State: Any, Stance: StanceAny, BillKey: "s", Committees: []string{CommitteeOfBill},
		Body: "You sit on the {{committee}}.", Call: "They sit on the {{committee}}.",
	}}}
	r, g, ok := recipientFor(t.Context(), channels(nil), l, i, o, today)
	if !ok || g.Body != "You sit on the Committee SSJU." {
		t.Fatalf("the letter: %q", g.Body)
	}
	var said strings.Builder
	for _, piece := range r.Script(t.Context(), "") {
		said.WriteString(piece.Text)
	}
	if said.String() != "They sit on the Committee SSJU." {
		t.Errorf("the script: %q", said.String())
	}
}

// Keys name form fields and what visitors typed: no two places share one, and
// none changes because of what asks may name besides.
func TestKeysAreUniqueAndStay(t *testing.T) {
	t.Parallel()
	seen := map[string]Ask{}
	for _, level := range []civics.Level{civics.Federal, civics.State} {
		for _, chamber := range []string{"senate", "any"} {
			for _, state := range []string{"any", "CO"} {
				for _, stance := range []Stance{StanceAny, StanceAlreadyLaw, StanceSponsor} {
					for _, committees := range [][]string{nil, {"bill"}, {"HSJU"}, {"HSJU", "SSJU"}} {
						for _, bill := range []string{"", "bill", "hsju", "a", "hsju-ssju"} {
							for _, variant := range []string{"", "a", "b"} {
								a := Ask{Level: level, Chamber: chamber, State: state, Stance: stance, Committees: committees, BillKey: bill, Variant: variant}
								if other, twice := seen[a.key()]; twice {
									t.Fatalf("%s is the key of %+v and of %+v", a.key(), a, other)
								}
								seen[a.key()] = a
							}
						}
					}
				}
			}
		}
	}
	for key, a := range map[string]Ask{
		"federal-senate-any-sponsor-us-119-s-1913":     {Level: civics.Federal, Chamber: "senate", State: Any, Stance: StanceSponsor, BillKey: "us-119-s-1913"},
		"state-any-co-already_law":                     {Level: civics.State, Chamber: Any, State: "CO", Stance: StanceAlreadyLaw},
		"federal-any-any-unknown_hsju_ssju":            {Level: civics.Federal, Chamber: Any, State: Any, Stance: StanceUnknown, Committees: []string{"HSJU", "SSJU"}},
		"federal-any-any-unknown_bill-us-119-s-1913_b": {Level: civics.Federal, Chamber: Any, State: Any, Stance: StanceUnknown, Committees: []string{"bill"}, BillKey: "us-119-s-1913", Variant: "b"},
		"federal-house-any-any-us-119-hr-3602_a":       {Level: civics.Federal, Chamber: "house", State: Any, Stance: StanceAny, BillKey: "us-119-hr-3602", Variant: "a"},
	} {
		if got := a.key(); got != key {
			t.Errorf("%s, want %s", got, key)
		}
	}
}

func TestBegun(t *testing.T) {
	t.Parallel()
	l := Letter{Prompts: []string{"Why?", "What?", "Where?"}, Openings: []string{"This matters to me because", ""}}
	for name, c := range map[string]struct{ story, chosen, want string }{
		"chosen":                       {"I lost.", "0", "This matters to me because I lost."},
		"none chosen":                  {"I lost.", "", "I lost."},
		"it begins so already":         {"this matters to me, because I lost.", "0", "this matters to me, because I lost."},
		"no words":                     {"", "0", ""},
		"nothing but an opening":       {"This matters to me because", "", ""},
		"a prompt without an opening":  {"I lost.", "1", "I lost."},
		"a prompt of the last release": {"I lost.", "2", "I lost."},
		"no such prompt":               {"I lost.", "9", "I lost."},
		"no number":                    {"I lost.", "00", "I lost."},
	} {
		if got := l.begun(c.story, c.chosen); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
