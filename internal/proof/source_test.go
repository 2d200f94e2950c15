package proof

import (
	"encoding/csv"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// onIssue finds the ways from a page to the pages of the issue; the other ones that
// count nothing are left out.
var onIssue = regexp.MustCompile(`(?:href|action)="(` + theIssue + `(?:/(?:letter|letter/recipients|pledge|call|records|meetings|results|from)\b[^"]*)?)"`)

// TestMarcusFollowsALinkOnALeaflet comes by a code that staff made, looks at what he
// can do, and signs, on a small phone without script. The code is counted, and he
// isn't.
func TestMarcusFollowsALinkOnALeaflet(t *testing.T) {
	t.Parallel()
	s := startSite(t, "REDRESS_RATE_LIMIT=off")
	plainPages := map[string]string{}
	for _, page := range []string{theIssue, theIssue + "/pledge", theIssue + "/letter", theIssue + "/call", "/"} {
		_, plainPages[page] = s.get(t, page)
	}
	out, err := s.command(t, "source", "add", "leaflet-1", "The leaflet", "--issue", "qualified-immunity", "--by", "ana")
	if err != nil {
		t.Fatal(out, err)
	}
	leaflet := theIssue + "/from/leaflet-1"
	if !strings.HasSuffix(strings.TrimSpace(out), leaflet) {
		t.Errorf("the command says %q", out)
	}

	t.Run("every way on carries the code", func(t *testing.T) {
		deadline := time.Now().Add(5 * time.Second)
		for resp, _ := s.get(t, leaflet); resp.StatusCode != http.StatusOK; resp, _ = s.get(t, leaflet) {
			if time.Now().After(deadline) {
				t.Fatalf("the leaflet's page answers %d", resp.StatusCode)
			}
			time.Sleep(50 * time.Millisecond)
		}
		seen, next := map[string]bool{}, []string{leaflet, theIssue + "/letter?from=leaflet-1&zip=80203", theIssue + "/call?from=leaflet-1&zip=80203"}
		for len(next) > 0 {
			page := next[0]
			next = next[1:]
			if seen[page] || len(seen) > 40 {
				continue
			}
			seen[page] = true
			resp, text := s.get(t, page)
			if resp.StatusCode != http.StatusOK || len(resp.Header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s: %d, cookies %v", page, resp.StatusCode, resp.Header.Values("Set-Cookie"))
			}
			for _, found := range onIssue.FindAllStringSubmatch(text, -1) {
				way := strings.ReplaceAll(found[1], "&amp;", "&")
				if strings.HasSuffix(way, ".ics") {
					continue // a calendar's file leads nowhere
				}
				sent := strings.Contains(found[0], "action=") // a GET or POST form may carry it in a field
				carries := strings.Contains(way, "from=leaflet-1") || strings.Contains(way, "/from/leaflet-1")
				switch {
				case !carries && sent && strings.Contains(text, `name="from" value="leaflet-1"`):
				case !carries && strings.HasPrefix(found[0], "action=") && strings.HasSuffix(way, "/records"): // its form has a "from" of its own
				case !carries:
					t.Errorf("%s: the way to %s lost the code", page, way)
				case !sent:
					before, _, _ := strings.Cut(way, "#")
					next = append(next, before)
				}
			}
		}
		for _, step := range []string{"letter", "pledge", "call", "records", "meetings", "results"} {
			if !slices.ContainsFunc(slices.Sorted(maps.Keys(seen)), func(page string) bool { return strings.HasPrefix(page, theIssue+"/"+step+"?") }) {
				t.Errorf("no way leads to %s", step)
			}
		}
	})

	marcus := maya()
	marcus.Given, marcus.Family = "Marcus", "Bell"
	marcus = someone(marcus)
	b := open(t, look{Width: 320, NoScript: true})
	b.visit(s.URL + leaflet)
	b.click(`a[href="` + theIssue + `/call?from=leaflet-1"]`)
	b.click(`nav a[href="` + leaflet + `"]`)
	b.click(`a.button-wide[href="` + theIssue + `/pledge?from=leaflet-1"]`)
	for name, value := range map[string]string{"given_name": marcus.Given, "family_name": marcus.Family, "email": marcus.Email, "zip": marcus.Zip} {
		b.fill("#field-"+name, value)
	}
	b.click("#sign button[type=submit]")
	b.says(say("pledge.sent.heading"))
	b.visit(s.awaitMail(t, marcus.Email, confirmSignature).link(t, "/confirm"))
	b.click("main form button")
	b.says(say("pledge.thanks.heading", "Name", "Marcus"))
	b.click(`a[href="` + theIssue + `/letter?from=leaflet-1"]`)
	b.says(say("letter.find.heading"))
	if saved := eval[int](b, `document.cookie.length`); saved != 0 {
		t.Error("a cookie was set")
	}

	db := connect(t, s)
	var source, origin string
	if err := db.QueryRow(t.Context(), `SELECT source, origin FROM signature`).Scan(&source, &origin); err != nil || source != "leaflet-1" || origin != "form" {
		t.Errorf("the signature came from %q by %q, %v", source, origin, err)
	}
	today := time.Now().UTC().Format(time.DateOnly)
	if out, err := s.command(t, "export", "sources"); err != nil || !strings.Contains(out, "qualified-immunity,"+today+",leaflet-1,The leaflet,1,0\n") {
		t.Errorf("by day: %s %v", out, err)
	}
	file := filepath.Join(t.TempDir(), "signatures.csv")
	if out, err := s.command(t, "export", "signatures", "--issue", "qualified-immunity", "--out", file); err != nil {
		t.Fatal(out, err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	column := func(name string) string { return rows[1][slices.Index(rows[0], name)] }
	if column("given_name") != "Marcus" || column("source") != "leaflet-1" || column("origin") != "form" {
		t.Errorf("%q", rows)
	}

	for _, page := range []string{theIssue + "/letter", theIssue + "/call", "/"} { // the others show who signed
		if _, text := s.get(t, page); page != "/" && text != plainPages[page] || strings.Contains(text, "leaflet-1") {
			t.Errorf("%s isn't the same bytes any more", page)
		}
	}
	if log := s.Log.String(); strings.Contains(log, marcus.Email) || strings.Contains(log, "Marcus") {
		t.Error("the log names him")
	}
	for _, unknown := range []string{"?from=leaflet-2", "?from=%3Cscript%3E", "?from="} {
		if _, text := s.get(t, theIssue+"/call"+unknown); text != plainPages[theIssue+"/call"] {
			t.Errorf("%s is another page", unknown)
		}
	}
}
