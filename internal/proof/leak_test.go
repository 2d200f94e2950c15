package proof

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/newsletter"
)

// The canaries: if one is found outside its sealed place, something leaks.
const (
	canaryName   = "Qzanarygiven"
	canaryFamily = "Qzanaryfamily"
	canaryEmail  = "qzanary.mailbox@example.org"
	canaryStreet = "1437 Qzanarystreet"
	canaryStory  = "Qzanarystory of mine"
	canaryToken  = "qzanarytokenqzanarytokenqzanarytokenqzanarytoken"
)

var canary = regexp.MustCompile(`(?i)qzanary`)

// TestNothingPersonalLeaks sends canaries through every kind of route and
// failure, and looks for them where they must not be: the log, the metrics, job
// records, the mail rows and error pages.
func TestNothingPersonalLeaks(t *testing.T) {
	t.Parallel()
	s := startSite(t, "REDRESS_RATE_LIMIT=on")
	var pages []string
	keep := func(resp *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		text := body(t, resp)
		if resp.StatusCode >= 400 && resp.StatusCode != http.StatusUnprocessableEntity {
			pages = append(pages, text) // a 422 shows the form as typed, to the one who typed
		}
		if location := resp.Header.Get("Location"); canary.MatchString(location) {
			t.Errorf("a redirect carries what was typed")
		}
		return text
	}
	get := func(path string) { t.Helper(); keep(client.Get(s.URL + path)) }
	post := func(path string, form url.Values) { t.Helper(); keep(client.PostForm(s.URL+path, form)) }

	person := url.Values{
		"given_name": {canaryName}, "family_name": {canaryFamily}, "email": {canaryEmail}, "street": {canaryStreet}, "city": {"Qzanarycity"},
		"state": {"CO"}, "zip": {"80203"}, "subject": {"Qzanarysubject"}, "story": {canaryStory}, "body": {"Qzanarybody"}, "updates": {"1"}, "show_name": {"1"},
	}
	bad := clone(person, "email", "qzanary not an address", "zip", "qzanaryzip")
	for _, form := range []url.Values{person, bad, person} {
		post("/issues/qualified-immunity/pledge", form)
		post("/issues/qualified-immunity/letter", form)
		post("/issues/qzanaryslug/pledge", form)
		request := clone(form, "state", "CO", "home_state", "CO", "agency", "Qzanaryagency", "agency_email", "qzanary.records@example.org", "description", canaryStory)
		post("/issues/qualified-immunity/records", request)
		post("/issues/qualified-immunity/records.pdf", request)
		post("/issues/qzanaryslug/records", request)
		post("/issues/qzanaryslug/letter", form)
	}
	post("/newsletter", bad)
	const reader = "qzanary.reader@example.org" // another mailbox: each gets three mails a day that it didn't ask for
	post("/newsletter", url.Values{"email": {reader}})
	confirm := path(t, s.awaitMail(t, reader, confirmNews).link(t, "/confirm"))
	mine := ""
	for end := time.Now().Add(time.Minute); mine == "" && time.Now().Before(end); time.Sleep(time.Second) { // forms share limits
		post(confirm, nil)
		_, thanks := s.get(t, confirm)
		mine = preferencesLink.FindString(thanks)
	}
	post(mine, url.Values{"do": {"address"}, "email": {"qzanary.other@example.org"}})
	post(mine, url.Values{"do": {"address"}, "email": {"qzanary not an address"}})
	post(mine, url.Values{"do": {canaryEmail}})
	s.awaitMail(t, "qzanary.other@example.org", newsletter.MailChange)
	for _, page := range []string{"", "?done=qzanary", "/unsubscribe", "/one-click"} {
		if text := keep(client.Get(s.URL + mine + page)); canary.MatchString(text) {
			t.Errorf("the page %q behind a link of an edition shows the address", page)
		}
	}
	post(mine+"/unsubscribe", url.Values{"undo": {canaryToken}, "sealed": {canaryEmail}})
	confirm = path(t, s.awaitMail(t, canaryEmail, confirmSignature).link(t, "/confirm"))
	post(confirm, nil)
	manageOwn(t, s, keep, person)
	for _, address := range []string{canaryStreet + ", Denver, CO 80203", "500 Qzanary Server Error St", "timeout Qzanary St", strings.Repeat("Qzanary ", 2000)} {
		post("/representatives", url.Values{"address": {address}})
		post("/issues/qualified-immunity/letter/recipients", url.Values{"address": {address}})
		resp, err := client.Post(s.URL+"/api/v1/representatives", "application/json", strings.NewReader(`{"address":"`+address+`"}`))
		keep(resp, err)
	}
	post("/issues/qualified-immunity/calls", clone(person, "official", "bioguide:B001267", "outcome", "spoke", "zip", canaryStreet, "officials[]", canaryName, "called[]", canaryEmail))
	for _, path := range []string{
		"/messages/" + canaryToken, "/messages/" + canaryToken + "/confirm", "/messages/" + canaryToken + "/letters.pdf", "/signatures/" + canaryToken, "/signatures/" + canaryToken + "/confirm",
		"/manage", "/manage/" + canaryToken, "/manage/" + canaryToken + "/erase", "/manage/" + canaryToken + "/data", "/manage/" + canaryToken + "/updates",
		"/manage/" + canaryToken + "/signatures/qzanary/name", "/manage/" + canaryToken + "/signatures/qzanary/show", "/manage/" + canaryToken + "/signatures/qzanary/withdraw",
		"/subscriptions/" + canaryToken, "/subscriptions/" + canaryToken + "/confirm", "/subscriptions/" + canaryToken + "/unsubscribe", "/subscriptions/" + canaryToken + "/one-click",
		"/updates/" + canaryToken, "/updates/" + canaryToken + "/one-click",
		"/qzanary", "/issues/qzanary", "/terms/qzanary", "/officials/qzanary:1", "/officials/bioguide:B001267?zip=qzanary", "/dev/mail/qzanary", "/representatives?zip=qzanary", "/issues/qualified-immunity/letter?zip=qzanary",
		"/issues/qualified-immunity/called?official=bioguide:B001267&outcome=spoke&zip=qzanary&called=qzanary", "/issues/qualified-immunity/calls",
		"/issues/qualified-immunity/records?state=qzanary", "/issues/qualified-immunity/meetings/qzanary", "/issues/qualified-immunity/meetings/qzanary.ics",
		"/issues/qualified-immunity/updates/qzanary", "/issues/qzanary/updates", "/issues/qzanary.png", "/terms/qzanary.png",
		"/api/v1/representatives?zip=qzanary", "/static/qzanary.css", "/issues/qualified-immunity/count.json?x=qzanary",
	} {
		get(path)
		post(path, person)
	}
	request, err := http.NewRequest("QZANARY", s.URL+"/?q=qzanary", strings.NewReader("qzanary"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Referer", "https://qzanary.example.org/"+canaryToken)
	request.Header.Set("User-Agent", "qzanary")
	request.Header.Set("X-Request-Id", "qzanary")
	request.Header.Set("X-Forwarded-For", "qzanary")
	keep(client.Do(request))
	post("/issues/qualified-immunity/pledge", clone(person, "given_name", strings.Repeat("Qzanary", 20000)))
	time.Sleep(time.Second) // the log's last lines

	for _, page := range pages {
		if found := canary.FindStringIndex(page); found != nil {
			t.Errorf("an error page repeats what was sent: …%s…", around(page, found))
		}
	}
	log := s.Log.String()
	if !strings.Contains(log, "/issues/:slug/pledge") {
		t.Error("the log names no route: nothing was proven")
	}
	if found := canary.FindStringIndex(log); found != nil {
		t.Errorf("the log leaks: …%s…", around(log, found))
	}
	resp, err := http.Get(s.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(metrics), "redress_http_requests_total") {
		t.Error("there are no metrics: nothing was proven")
	}
	if found := canary.FindStringIndex(string(metrics)); found != nil {
		t.Errorf("the metrics leak: …%s…", around(string(metrics), found))
	}
	searchEveryTable(t, s)
}

// manageOwn goes through self-service as the one whose data it is.
func manageOwn(t *testing.T, s *site, keep func(*http.Response, error) string, person url.Values) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Second) { // a new address for a subscription counts to the same limit
		resp, err := client.PostForm(s.URL+"/manage", url.Values{"email": {canaryEmail}})
		keep(resp, err)
		if resp.StatusCode != http.StatusTooManyRequests || time.Now().After(end) {
			break
		}
	}
	link := path(t, s.awaitMail(t, canaryEmail, manageLink).link(t, "/manage/"))
	page := keep(client.Get(s.URL + link))
	signature := regexp.MustCompile(`/signatures/[0-9a-f-]{36}`).FindString(page)
	if !strings.Contains(page, canaryFamily) || signature == "" {
		t.Fatal("the mailbox doesn't see its own: nothing was proven")
	}
	wrong := clone(person, "given_name", "Qzanary 7")
	for _, form := range []url.Values{wrong, person, clone(person, "given_name", canaryName+"a")} {
		keep(client.PostForm(s.URL+link+signature+"/name", form))
	}
	keep(client.PostForm(s.URL+link+signature+"/show", person))
	if data := keep(client.PostForm(s.URL+link+"/data", person)); !strings.Contains(data, canaryEmail) {
		t.Error("the mailbox doesn't get its data")
	}
	keep(client.PostForm(s.URL+link+"/updates", person))
}

// searchEveryTable looks for canaries in every row of every table, as text:
// sealed columns print as bytes that hold none.
func searchEveryTable(t *testing.T, s *site) {
	t.Helper()
	conn := connect(t, s)
	rows, err := conn.Query(t.Context(), `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, table := range tables {
		// bytea is decoded so that a name stored as plain bytes is found as well.
		var leaks, all int
		err := conn.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE line ~* 'qzanary' OR line ~* '[57]17a616e617279'), count(*) FROM (SELECT x::text AS line FROM `+table+` x) lines`).Scan(&leaks, &all)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		if leaks > 0 {
			t.Errorf("%d rows of %s hold what was typed in clear", leaks, table)
		}
		if strings.Contains(table, "_person") {
			kept += all
		}
	}
	if kept == 0 {
		t.Error("nobody was stored: nothing was proven")
	}
}

func clone(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for name, values := range form {
		out[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func around(text string, found []int) string {
	return text[max(0, found[0]-80):min(len(text), found[1]+80)]
}
