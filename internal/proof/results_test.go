package proof

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestRenataReadsTheResults on a small phone with scripts off: how many, over
// time, where, and the page to hand to her representative. Nobody is singled out.
func TestRenataReadsTheResults(t *testing.T) {
	t.Parallel()
	s := startSite(t, "REDRESS_RATE_LIMIT=off")
	var signers []person
	for zip, people := range map[string]int{"80203": 7, "80216": 6, "82001": 3, "94566": 2} {
		for range people {
			p := maya()
			p.Zip = zip
			signers = append(signers, p)
			s.redirected(t, theIssue+"/pledge", p.signing())
		}
	}
	for _, p := range signers {
		s.counted(t, path(t, s.awaitMail(t, p.Email, confirmSignature).link(t, "/confirm")))
	}

	b := open(t, look{Width: 320, NoScript: true})
	b.visit(s.URL + theIssue)
	b.click(`a[href="` + theIssue + `/results"]`)
	b.says(say("results.heading"), say("results.days.heading"), "Colorado", "13", say("results.states.others"), say("results.method.heading"))
	b.doesNotSay("Wyoming", "California")
	b.fitsAPhone(t)
	b.picture("results-320")
	b.dark(true)
	b.picture("results-320-dark")
	b.dark(false)
	wide := open(t, look{})
	wide.visit(s.URL + theIssue + "/results")
	wide.picture("results-1280")
	wide.dark(true)
	wide.picture("results-1280-dark")
	wide.dark(false)

	b.click(`a[href="` + theIssue + `/results/bioguide:D000197"]`)
	b.says("Diana DeGette", say("results.handover.statement"), say("results.handover.state", "Count", 13, "State", "Colorado"))
	b.fitsAPhone(t)
	b.picture("results-handover-320")
	wide.visit(s.URL + theIssue + "/results/bioguide:D000197")
	wide.picture("results-handover-1280")
	if pages := wide.paper(); len(pages) != 1 || !strings.Contains(pages[0], "Diana DeGette") || strings.Contains(pages[0], say("results.handover.note")) {
		t.Errorf("the paper has %d pages: %q", len(pages), pages)
	}
	wide.visit(s.URL + theIssue + "/results")
	if pages := wide.paper(); len(pages) > 4 || !strings.Contains(strings.Join(pages, " "), "Colorado") {
		t.Errorf("the results take %d pages", len(pages))
	}

	resp, text := s.get(t, theIssue+"/results.json")
	if resp.StatusCode != http.StatusOK || !json.Valid([]byte(text)) || strings.Contains(text, `"WY","name":"Wyoming","confirmed":3`) {
		t.Errorf("results.json: %d %.200s", resp.StatusCode, text)
	}

	if _, err := axeCore(); err != nil {
		t.Fatal(err)
	}
	looker := open(t, look{})
	for _, page := range []string{theIssue + "/results", theIssue + "/results/bioguide:D000197"} {
		looker.wide()
		looker.visit(s.URL + page)
		looker.check(t)
	}
}
