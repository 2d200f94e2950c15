package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/pledge"
	"redress/internal/supporter"
)

const resultsPath = "/issues/qualified-immunity/results"

// newResultsSite is a pledge's site that knows who represents whom, with so many
// signers in each ZIP code.
func newResultsSite(t *testing.T, signers map[string]int) (site *pledgeSite, links map[string]string) {
	t.Helper()
	p := newPledgeSite(t)
	now := func() time.Time { return *p.clock }
	p.Atlas = civicstest.InMemory(t, civics.WithClock(now))
	p.Pledges.Close()
	p.Pledges = pledge.New(p.db, p.seal, p.Post, pledge.Options{
		Supporters: supporter.New(p.db, p.seal, now), Atlas: p.Atlas, Zone: p.Config.Location, Now: now,
		StateOf: func(zip string) (string, bool) {
			answer, err := p.Atlas.ByZIP(zip)
			return answer.State, err == nil
		},
	})
	t.Cleanup(p.Pledges.Close)
	links = map[string]string{}
	for zip, people := range signers {
		for n := range people {
			s := pledge.Signing{Pledge: "qualified-immunity", GivenName: "Ana", FamilyName: "Reyes", Email: fmt.Sprintf("ana%s.%d@mail.example", zip, n), Zip: zip}
			if _, err := p.Pledges.Sign(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			token := p.newestToken(t)
			if _, err := p.Pledges.Confirm(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			links[zip] = token
		}
	}
	return p, links
}

// newestToken is the confirm token of the mail queued last.
func (p *pledgeSite) newestToken(t *testing.T) string {
	t.Helper()
	var row struct{ SubjectID uuid.UUID }
	if err := p.db.Read(t.Context()).Raw(`SELECT subject_id FROM mail ORDER BY id DESC LIMIT 1`).Scan(&row).Error; err != nil {
		t.Fatal(err)
	}
	note, err := p.Pledges.Note(t.Context(), pledge.MailConfirm, row.SubjectID)
	if err != nil {
		t.Fatal(err)
	}
	return note.Token
}

func TestResultsPage(t *testing.T) {
	t.Parallel()
	p, _ := newResultsSite(t, map[string]int{"80203": 6, "80216": 7, "94566": 3, "82001": 2})
	r := p.get(resultsPath)
	text := bodyOf(t, r)
	for _, want := range []string{"<svg", "Colorado", "<desc", `href="` + resultsPath + `.csv?what=days"`, "All others together"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"style=", "California: 3", "Wyoming: 2", "ana80203"} {
		if strings.Contains(text, never) {
			t.Errorf("the page has %q", never)
		}
	}
	if r.Header.Get("Cache-Control") == "" || !strings.Contains(r.Header.Get("Cache-Control"), "s-maxage=2") {
		t.Errorf("Cache-Control: %s", r.Header.Get("Cache-Control"))
	}
	for _, page := range []string{pledgePath} {
		if !strings.Contains(bodyOf(t, p.get(page)), `href="`+resultsPath+`"`) {
			t.Errorf("%s doesn't link to the results", page)
		}
	}
}

func TestResultsFiles(t *testing.T) {
	t.Parallel()
	p, _ := newResultsSite(t, map[string]int{"80203": 6, "80216": 7, "94566": 3, "82001": 2})
	var all struct {
		Confirmed int64
		States    []struct {
			State     string
			Confirmed *int64
		}
		Others    int64 `json:"other_states"`
		Districts []struct {
			ID      string
			AtLeast *int64 `json:"at_least"`
			UpTo    *int64 `json:"up_to_from_shared"`
		}
		Days []struct{ From, Through string }
	}
	if err := json.Unmarshal([]byte(bodyOf(t, p.get(resultsPath+".json"))), &all); err != nil {
		t.Fatal(err)
	}
	if all.Confirmed != 18 || len(all.States) != 56 || all.Others != 5 || len(all.Days) != 1 || len(all.Districts) != 441 {
		t.Errorf("%d confirmed, %d states, %d others, %v, %d districts", all.Confirmed, len(all.States), all.Others, all.Days, len(all.Districts))
	}
	for _, s := range all.States {
		if (s.State == "CO") != (s.Confirmed != nil) || s.State == "CO" && *s.Confirmed != 13 {
			t.Errorf("%+v", s)
		}
	}
	for _, d := range all.Districts {
		if told := d.AtLeast != nil; told != (d.ID == "ocd-division/country:us/state:co/cd:1") {
			t.Errorf("%+v", d)
		}
	}
	for what, want := range map[string]string{"days": "from,through", "states": "state,name", "districts": "id,name"} {
		r := p.get(resultsPath + ".csv?what=" + what)
		rows, err := csv.NewReader(strings.NewReader(bodyOf(t, r))).ReadAll()
		if err != nil || len(rows) < 2 || !strings.HasPrefix(strings.Join(rows[0], ","), want) || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: %v, %v", what, rows, err)
		}
	}
	for _, path := range []string{resultsPath + ".csv?what=names", resultsPath + ".json?what=x", "/issues/nothing/results", "/issues/nothing/results.csv"} {
		if r := p.get(path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func TestHandoverPages(t *testing.T) {
	t.Parallel()
	p, _ := newResultsSite(t, map[string]int{"80203": 6, "80216": 7})
	text := bodyOf(t, p.get(resultsPath+"/bioguide:D000197"))
	for _, want := range []string{"DeGette", "13 of them live in Colorado", "at least 6 signatures", "up to 10 more", "let the courts answer", "noindex", centerName} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, path := range []string{"/bioguide:X", "/vacant:us-ca-cd-14", "/a%2Fb", "/a/b"} {
		if r := p.get(resultsPath + path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func TestASignerCountsForTheirDistrict(t *testing.T) {
	t.Parallel()
	p, links := newResultsSite(t, map[string]int{"80203": 5, "80216": 6})
	here := "/signatures/" + links["80216"]
	if text := bodyOf(t, p.get(here+"/confirm")); !strings.Contains(text, here+"/district") {
		t.Fatal("the page of thanks doesn't ask for the district")
	}
	if text := bodyOf(t, p.get("/signatures/"+links["80203"]+"/confirm")); strings.Contains(text, "/district\"") || !strings.Contains(text, "Colorado, 1st district") {
		t.Error("a signer whose ZIP code decides is asked for more")
	}
	// A point in California isn't in the ZIP code; one in Denver's north is.
	for point, want := range map[string]int{"37.6624,-121.8747": http.StatusUnprocessableEntity, "x,y": http.StatusUnprocessableEntity} {
		lat, lon, _ := strings.Cut(point, ",")
		if r := p.post(here+"/district", url.Values{"lat": {lat}, "lon": {lon}}); r.StatusCode != want {
			t.Errorf("%s: %d", point, r.StatusCode)
		}
	}
	r := p.post(here+"/district", url.Values{"lat": {"39.7774"}, "lon": {"-104.9647"}})
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != here+"/confirm" {
		t.Fatalf("%d %s", r.StatusCode, bodyOf(t, r))
	}
	if text := bodyOf(t, p.get(here+"/confirm")); !strings.Contains(text, "where your address lies") {
		t.Error("the signer isn't told where they count")
	}
	if r := p.post("/signatures/nothing/district", url.Values{"address": {"1 Main St"}}); r.StatusCode != http.StatusNotFound {
		t.Errorf("without a token: %d", r.StatusCode)
	}
	// An address that nobody knows: what was typed stays in the form.
	r = p.post("/signatures/"+links["80216"]+"/district", url.Values{"address": {"4777 National Western Dr, Denver, CO 80216"}})
	if text := bodyOf(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "4777 National Western") {
		t.Errorf("%d", r.StatusCode)
	}
}

// What was collected elsewhere was never confirmed by its mailbox here, and neither
// the page nor the paper for an official says that it was.
func TestResultsDontSayThatImportedSignaturesWereConfirmed(t *testing.T) {
	t.Parallel()
	p, _ := newResultsSite(t, map[string]int{"80203": 6})
	handover := resultsPath + "/bioguide:D000197"
	if text := bodyOf(t, p.get(handover)); !strings.Contains(text, "and confirmed it by e-mail") || !strings.Contains(text, "Each signature was confirmed") || strings.Contains(text, "elsewhere") {
		t.Errorf("all were confirmed here: %s", text)
	}
	file := strings.NewReader("name,email,zip,signed_on\nBen Ito,ben@other.example,80203,2025-03-01\nCleo Ito,cleo@other.example,80203,2025-03-02\n")
	if _, err := p.Pledges.Import(t.Context(), "qualified-immunity", file, pledge.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	var waiting int64
	if err := p.db.Gorm.Raw(`SELECT count(*) FROM signature_event`).Scan(&waiting).Error; err != nil || waiting != 0 {
		t.Errorf("%d wait to be gathered after the import, %v", waiting, err)
	}
	*p.clock = p.clock.Add(time.Minute) // past what is remembered
	p.Changed("content")
	text := bodyOf(t, p.get(handover))
	if !strings.Contains(text, "8 people have signed this statement.") || !strings.Contains(text, "2 of these signatures were collected elsewhere") || strings.Contains(text, "and confirmed it by e-mail") || strings.Contains(text, "Each signature was confirmed") {
		t.Errorf("the paper: %s", text)
	}
	if page := bodyOf(t, p.get(resultsPath)); !strings.Contains(page, "2 signatures were collected elsewhere") {
		t.Errorf("the page: %s", page)
	}
}
