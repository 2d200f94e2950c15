package proof

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"redress/internal/civics/civicstest"
)

// place is what three pages must say of a ZIP code: who represents it, the
// writing step, and the call page.
type place struct {
	zip     string
	says    []string // on /representatives
	letter  []string // on the writing step
	call    []string // on the call page
	nowhere []string // on none of them
}

// TestPlacesThatAreNotLikeOthers goes through the ZIP codes that trip up such
// sites.
func TestPlacesThatAreNotLikeOthers(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for name, p := range map[string]place{
		"a ZIP code in several legislative districts": {
			zip: "80203", says: []string{say("representatives.ambiguous.heading"), say("representatives.ambiguous.text"), "Diana DeGette", "Julie Gonzales", "Matt Ball", say("representatives.candidates.upper"), upTo("representatives.as_of")},
			letter: []string{say("letter.write.ambiguous"), "Diana DeGette"},
			call:   []string{say("call.ambiguous"), "Diana DeGette"},
		},
		"a ZIP code in several congressional districts": {
			zip: "10001", says: []string{say("representatives.ambiguous.heading"), say("representatives.candidates.house"), "Jerrold Nadler", "Daniel S. Goldman", "Charles E. Schumer"},
			letter: []string{say("letter.write.ambiguous"), "Charles E. Schumer"},
		},
		"the District of Columbia": {
			zip: "20001", says: []string{"Eleanor Holmes Norton", "Delegate", say("representatives.nonvoting"), say("civics.missing.senators"), say("representatives.council"), "Phil Mendelson"},
			letter: []string{"Eleanor Holmes Norton"}, call: []string{"Eleanor Holmes Norton"},
			nowhere: []string{upTo("representatives.legislature"), say("representatives.candidates.senate")},
		},
		"a vacant seat": {
			zip: "94566", says: []string{say("representatives.vacant.name"), "California, 14th district", say("representatives.vacant.text"), "Alex Padilla", "Adam B. Schiff"},
			letter: []string{say("letter.write.vacant_seat", "Seat", "California, 14th district"), "Alex Padilla"}, call: []string{say("call.vacant")},
			nowhere: []string{"Swalwell"},
		},
		"post-office boxes": {
			zip: "80201", says: []string{say("representatives.prefix.heading"), say("civics.missing.zip"), "Michael F. Bennet", "John W. Hickenlooper"},
			letter: []string{say("civics.missing.zip"), "Michael F. Bennet"}, call: []string{say("civics.missing.zip")},
			nowhere: []string{"Diana DeGette", "Julie Gonzales"},
		},
		"a territory": {
			zip: "00901", says: []string{"Pablo José Hernández", "Resident Commissioner", say("representatives.nonvoting"), say("civics.missing.senators")},
			letter: []string{"Pablo José Hernández"}, nowhere: []string{say("representatives.candidates.senate")},
		},
		"a territory without a legislature in the data": {
			zip: "96910", says: []string{"Delegate", say("civics.missing.legislature")}, letter: []string{"Delegate"},
		},
		"nine digits": {zip: "80203-1234", says: []string{"Diana DeGette"}, letter: []string{"Diana DeGette"}, call: []string{"Diana DeGette"}},
		"spaces":      {zip: "  80203 ", says: []string{"Diana DeGette"}, letter: []string{"Diana DeGette"}, call: []string{"Diana DeGette"}},
	} {
		t.Run(name, func(t *testing.T) {
			for page, want := range map[string][]string{"/representatives": p.says, theIssue + "/letter": p.letter, theIssue + "/call": p.call} {
				resp, text := s.get(t, page+"?zip="+url.QueryEscape(p.zip))
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", page, resp.StatusCode)
				}
				has(t, page, text, want...)
				hasNot(t, page, text, p.nowhere...)
			}
		})
	}
	vacant := whoRepresents(t, s, "94566").of("federal", "house")
	if len(vacant) != 1 || !vacant[0].Vacant {
		t.Fatalf("CA-14 isn't vacant in the data: %+v", vacant)
	}
	resp, text := s.get(t, "/officials/"+url.PathEscape(vacant[0].ID))
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the vacant seat's page: %d", resp.StatusCode)
	}
	has(t, "the vacant seat’s page", text, say("representatives.vacant.heading"), "California, 14th district")
}

// words are what a page holds, as text on one line.
func words(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(unseen.ReplaceAllString(page, " "), " "))), " ")
}

func has(t testing.TB, where, page string, wants ...string) {
	t.Helper()
	text := words(page)
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s doesn't say %q: %s", where, want, plain(page))
		}
	}
}

func hasNot(t testing.TB, where, page string, unwanted ...string) {
	t.Helper()
	text := words(page)
	for _, no := range unwanted {
		if strings.Contains(text, no) {
			t.Errorf("%s says %q", where, no)
		}
	}
}

// TestWhatIsNoZIPCodeStaysInTheField: a clear sentence, and what was typed is
// still there.
func TestWhatIsNoZIPCodeStaysInTheField(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, typed := range []string{"8020", "802033", "abcde", "eight", "80203-12", "00000", "<b>80203", `"><script>alert(1)</script>`, "८०२०३", "80 203 x", strings.Repeat("9", 400)} {
		for _, page := range []string{"/representatives", theIssue + "/letter", theIssue + "/call"} {
			resp, text := s.get(t, page+"?zip="+url.QueryEscape(typed))
			if resp.StatusCode != http.StatusUnprocessableEntity && resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s?zip=%.20s: %d", page, typed, resp.StatusCode)
			}
			if !strings.Contains(text, `value="`+html.EscapeString(typed)+`"`) {
				t.Errorf("%s lost what was typed: %.20s", page, typed)
			}
			if !strings.Contains(text, `href="#field-zip"`) || !strings.Contains(text, `id="field-zip-error"`) || !strings.Contains(text, `aria-invalid="true"`) {
				t.Errorf("%s?zip=%.20s: no summary that links to the field, or no word beside it", page, typed)
			}
			if strings.Contains(text, "<script>alert") || strings.Contains(text, "<b>80203") {
				t.Errorf("%s repeats what was typed as markup", page)
			}
		}
	}
}

// TestWhenTheMapIsAwayThereIsAWayOn: the geocoder down, answering nonsense,
// knowing no such address, or knowing two.
func TestWhenTheMapIsAwayThereIsAWayOn(t *testing.T) {
	t.Parallel()
	s := shared(t)
	forms := []string{"/representatives", theIssue + "/letter/recipients"}
	ask := func(t *testing.T, form, address string) (int, string) {
		t.Helper()
		resp, text := s.post(t, form, url.Values{"address": {address}})
		if got := resp.Header.Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("POST %s: Cache-Control %q", form, got)
		}
		if !strings.Contains(text, `value="`+html.EscapeString(address)+`"`) {
			t.Errorf("POST %s with %q: what was typed is gone: %s", form, address, plain(text))
		}
		return resp.StatusCode, text
	}
	for _, address := range []string{civicstest.ServerError, civicstest.Garbage, civicstest.Dropped, civicstest.Redirect} {
		for _, form := range forms {
			status, text := ask(t, form, address)
			if status != http.StatusServiceUnavailable {
				t.Errorf("POST %s with %s: %d", form, address, status)
			}
			has(t, form, text, say("civics.geocoder.down"))
			if !strings.Contains(text, `name="zip"`) {
				t.Errorf("POST %s with the map away offers no ZIP code", form)
			}
		}
	}
	for _, form := range forms {
		status, text := ask(t, form, civicstest.Unknown)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("POST %s with an unknown address: %d", form, status)
		}
		has(t, form, text, say("civics.address.no_match"))
		status, text = ask(t, form, civicstest.TwoPlaces)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("POST %s with two places: %d", form, status)
		}
		has(t, form, text, say("civics.address.several"))
		for _, bad := range []string{"P.O. Box 12, Denver, CO 80201", "   ", "Denver"} {
			if status, text := ask(t, form, bad); status != http.StatusUnprocessableEntity || !strings.Contains(text, `href="#field-address"`) {
				t.Errorf("POST %s with %q: %d", form, bad, status)
			}
		}
	}
}

// TestTwoCandidatesAreButtons: which of two places it is can be chosen without
// typing, and without the address in a link.
func TestTwoCandidatesAreButtons(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true})
	b.visit(s.URL + "/representatives")
	b.fill(`form.address-form input[name="address"]`, civicstest.TwoPlaces)
	b.click("form.address-form button")
	b.says(say("representatives.form.several"))
	offered := eval[[]string](b, `[...document.querySelectorAll('button[name="address"]')].map((e) => e.value)`)
	if len(offered) != 2 || slices.Contains(offered, "") {
		t.Fatalf("offered %q", offered)
	}
	b.click(`button[name="address"]`)
	b.says("Richard J. Durbin", say("representatives.congress"))
	if where := b.address(); strings.Contains(strings.ToUpper(where), "MAIN") {
		t.Errorf("the address stands in %s", where)
	}
}

// TestALetterFromAnAddressThatCanNotBePlaced: nothing goes out from here, and
// everything is laid ready for the writer's own hand.
func TestALetterFromAnAddressThatCanNotBePlaced(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, _ := legislators(t, s)
	for _, street := range []string{"9999 Nowhere Xyzzy Lane", "500 Error St"} {
		m := maya()
		m.Street = street
		receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID))
		status, text := s.follow(t, receipt)
		if status != http.StatusOK {
			t.Errorf("the receipt: %d", status)
		}
		has(t, "the receipt", text, say("messages.unplaced"), say("messages.state.needs_you"), senator.Name)
		hasNot(t, "the receipt", text, say("messages.state.awaiting"), say("messages.heading.waiting", "Count", 2), say("messages.heading.waiting", "Count", 1))
		s.awaitMail(t, m.Email, confirmLetters)
		if sent := s.mailsFrom(t, m); len(sent) > 0 {
			t.Error("a letter went out for an address that nobody could place")
		}
	}
}
