package web

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/internal/mail"
)

// An address that could be two places is chosen from where it was typed, on the
// way to a letter, to a call, and under the letter itself. Nothing typed is lost.
func TestOneOfSeveralAddressesIsChosen(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	const first, second = "100 MAIN ST, SPRINGFIELD, IL, 62701", "100 S MAIN ST, SPRINGFIELD, IL, 62704"
	for next, reached := range map[string]string{"": "Your letter", "call": "Call the people who represent you"} {
		page := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.TwoPlaces}, "next": {next}}))
		for _, want := range []string{`value="` + first + `"`, `value="` + second + `"`, `value="` + civicstest.TwoPlaces + `"`, "Which of these is your address?"} {
			if !strings.Contains(html.UnescapeString(page), want) {
				t.Errorf("next %q: the page lacks %s", next, want)
			}
		}
		_, buttons, _ := strings.Cut(page, `class="several"`)
		buttons, _, _ = strings.Cut(buttons, "</form>")
		if strings.Contains(buttons, `name="next" value="call"`) != (next == "call") {
			t.Errorf("next %q is lost: %s", next, buttons)
		}
		if page := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {second}, "next": {next}})); !strings.Contains(page, reached) {
			t.Errorf("next %q: the choice doesn't lead on", next)
		}
	}

	form := formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {first}})))
	fillMaya(form)
	form.Set("street", "100 Main St")
	form.Set("city", "Springfield")
	form.Set("state", "IL")
	form.Set("zip", "62703") // neither's
	page := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath, form))
	again := formOnPage(t, page)
	if got := again["address"]; !slices.Equal(got, []string{first, second}) {
		t.Fatalf("the choice is %v", got)
	}
	for name := range form {
		if again.Get(name) != form.Get(name) {
			t.Errorf("%s is now %q, was %q", name, again.Get(name), form.Get(name))
		}
	}
	form.Set("address", first)
	r := l.post(letterPath, form)
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", r.StatusCode, bodyOf(t, r))
	}
	receipt, err := l.Letters.Receipt(t.Context(), strings.TrimPrefix(r.Header.Get("Location"), "/messages/"))
	if err != nil || !receipt.Placed {
		t.Errorf("the chosen address isn't placed: %v", err)
	}
	if strings.Contains(strings.ToUpper(l.log.String()), "MAIN ST") {
		t.Error("the log holds the address")
	}
}

// atlasOf answers from tables that a test has changed, on Day.
func atlasOf(tables civics.Tables) *civics.Atlas {
	return civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day }), civics.WithGeocoder(civicstest.NewCensus().Geocoder()))
}

// markedSite is a site on which Representative DeGette is marked "do not offer".
func markedSite(t *testing.T) *letterSite {
	t.Helper()
	tables := facts(t)
	tables.Corrections = append(tables.Corrections, civics.Correction{OfficialID: "bioguide:D000197", Field: "offer", Value: "no", Source: "her office asked us on June 1"})
	return letterSiteOn(t, atlasOf(tables))
}

// Who is marked is named with the reason on every step, and with no number, no
// form and no box to check.
func TestPagesSayWhyAnOfficialIsNotOffered(t *testing.T) {
	t.Parallel()
	l := markedSite(t)
	address := url.Values{"address": {civicstest.Denver}}
	for name, page := range map[string]string{
		"writing by ZIP":     l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203")),
		"writing by address": l.page(t, http.StatusOK, l.post(letterPath+"/recipients", address)),
		"calling by ZIP":     l.page(t, http.StatusOK, l.get("/issues/qualified-immunity/call?zip=80203")),
		"calling by address": l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}, "next": {"call"}})),
		"chosen by id":       l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"officials[]": {"bioguide:D000197", "bioguide:B001267"}})),
	} {
		if !strings.Contains(page, "Diana DeGette represents you, but") || !strings.Contains(page, "her office asked us on June 1") {
			t.Errorf("%s: nothing says why", name)
		}
		if strings.Contains(page, "202-225-4431") || strings.Contains(page, `id="to-bioguide:D000197"`) || strings.Contains(page, "degette.house.gov") {
			t.Errorf("%s: she is offered", name)
		}
	}
	form := fillMaya(formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", address))))
	form["officials[]"] = append(form["officials[]"], "bioguide:D000197")
	page := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath, form))
	if !strings.Contains(page, "My brother was hurt") || !strings.Contains(page, "her office asked us on June 1") || strings.Contains(page, "202-225-4431") ||
		strings.Contains(page, "Not your representatives") {
		t.Errorf("a form that names her: %.2000s", page)
	}
	if got := l.mails(t); len(got) != 0 {
		t.Errorf("%d mails", len(got))
	}
}

// The confirm page and the receipt of a live site say that letters wait for a
// person, and why, and don't claim that they went.
func TestPagesSayThatALetterWaits(t *testing.T) {
	t.Parallel()
	tables := facts(t)
	for i := range tables.People {
		tables.People[i].AsOf = civicstest.Day.AddDate(0, 0, -121)
	}
	l := letterSiteOn(t, atlasOf(tables))
	l.Letters = letter.New(letter.Options{
		DB: l.db, Box: l.Box, Post: l.Post, Atlas: l.Atlas, Issues: l.Issues, Live: true, Now: func() time.Time { return civicstest.Day },
	})
	form := fillMaya(formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}}))))
	receipt := l.post(letterPath, form).Header.Get("Location")
	confirm := confirmPath.FindString(l.mails(t)[0].Text)
	page := l.page(t, http.StatusOK, l.get(confirm))
	if n := strings.Count(page, i18n.T(t.Context(), "messages.confirm.waits_old_data")); n != 2 {
		t.Errorf("%d of 2 letters say that they will wait", n)
	}
	l.post(confirm, url.Values{})
	var rows []mail.Mail
	if err := l.db.Gorm.Where("kind = ?", letter.MailDelivery).Find(&rows).Error; err != nil || len(rows) != 2 {
		t.Fatalf("%d mails, %v", len(rows), err)
	}
	for _, row := range rows {
		if _, err := l.Letters.Dispatch(t.Context(), row); err == nil {
			t.Fatal("a letter goes out on old data")
		}
	}
	page = l.page(t, http.StatusOK, l.get(receipt))
	if n := strings.Count(page, i18n.T(t.Context(), "messages.state.held_old_data")); n != 2 {
		t.Errorf("the receipt says of %d of 2 letters that they wait", n)
	}
	for _, no := range []string{"Accepted by the legislature", "It goes out in the next few minutes", "messages.state"} {
		if strings.Contains(page, no) {
			t.Errorf("the receipt says %q", no)
		}
	}
}
