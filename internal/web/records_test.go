package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"redress/internal/content"
	"redress/internal/records"
)

func aRequest() url.Values {
	return url.Values{
		"state": {"KY"}, "agency": {"Records Unit, Springfield Police"}, "agency_city": {"Springfield"}, "agency_state": {"KY"}, "agency_email": {"records@example.org"},
		"choices[]": {"policies", "settlements"}, "description": {"Of the traffic unit."}, "from": {"2025-01-01"}, "until": {"2025-12-31"},
		"format": {"electronic"}, "fee_limit": {"25"}, "given_name": {"Omar"}, "family_name": {"Qnúñez"}, "street": {"1 Qelm St"},
		"city": {"Springfield"}, "home_state": {"KY"}, "zip": {"40069"}, "email": {"omar.q@example.org"},
	}
}

func (s readingSite) sends(path string, form url.Values) *http.Response {
	return s.ask(http.MethodPost, path, strings.NewReader(form.Encode()), "Sec-Fetch-Site", "same-origin")
}

const recordsPath = "/issues/qualified-immunity/records"

func TestTheRecordsPage(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	body := s.page(t, recordsPath)
	holds(t, "the page without a state", body, `name="state"`, "Wyoming", `value="US"`, `rel="canonical" href="https://act.example.org`+recordsPath+`"`)
	if strings.Contains(body, `name="agency"`) {
		t.Error("the form stands there before a law is chosen")
	}
	for _, law := range records.Laws() {
		body := s.page(t, recordsPath+"?state="+law.Code)
		holds(t, law.Code, body, `name="agency"`, `name="choices[]" value="policies"`, `action="`+recordsPath+`"`)
		if law.Time.Verified && !strings.Contains(body, "Seen in the law") || (law.Fee == records.Fact{}) && !strings.Contains(body, "Not checked; ask the agency.") {
			t.Errorf("%s doesn't say what was verified", law.Code)
		}
	}
	holds(t, "South Carolina", s.page(t, recordsPath+"?state=SC"), "Not seen in the law")
	holds(t, "Colorado", s.page(t, recordsPath+"?state=co"), "Colorado Open Records Act", "HB19-1119", "From Center for Open Courts", "Criminal Justice Records Act")
	answer := s.get(recordsPath + "?state=ZZ")
	if body := bodyOf(t, answer); answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Choose a state from the list") {
		t.Errorf("an unknown state answers %d", answer.StatusCode)
	}
	for _, path := range []string{"/issues/none/records", "/issues/none/meetings", "/issues/qualified-immunity/meetings/none", "/issues/qualified-immunity/meetings/none.ics"} {
		if answer := s.get(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}

func TestARequestIsLaidReadyAndNotKept(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	answer := s.sends(recordsPath, aRequest())
	body := bodyOf(t, answer)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(body, "noindex") {
		t.Errorf("it answers %d, %v", answer.StatusCode, answer.Header)
	}
	holds(t, "the letter", body, "Omar Qnúñez", "1 Qelm St", "Kentucky Open Records Act", "I am a resident of Kentucky.", "The policies in force on the use of force",
		"Of the traffic unit.", `data-copy="request-letter"`, "mailto:records@example.org?subject=", `action="`+recordsPath+`.pdf"`, `name="edit"`)
	var rows int64
	for _, table := range []string{"message", "mail", "supporter_person", "signature"} {
		var n int64
		if err := s.db.Read(t.Context()).Table(table).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		rows += n
	}
	if rows != 0 {
		t.Errorf("%d rows were written", rows)
	}
	for _, piece := range []string{"Qelm", "Qn", "omar.q", "traffic"} {
		if strings.Contains(s.log.String(), piece) {
			t.Errorf("the log holds %q", piece)
		}
	}
	file := s.sends(recordsPath+".pdf", aRequest())
	pdf := bodyOf(t, file)
	if file.StatusCode != http.StatusOK || file.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix([]byte(pdf), []byte("%PDF-")) || file.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the PDF answers %d, %v", file.StatusCode, file.Header)
	}
	edit := aRequest()
	edit.Set("edit", "1")
	back := s.sends(recordsPath, edit)
	holds(t, "the way back", bodyOf(t, back), `value="1 Qelm St"`, `value="policies" checked`, "Of the traffic unit.</textarea>", `value="KY" selected`)
	if back.StatusCode != http.StatusOK {
		t.Errorf("the way back answers %d", back.StatusCode)
	}
	cross := s.ask(http.MethodPost, recordsPath, strings.NewReader(aRequest().Encode()), "Sec-Fetch-Site", "cross-site")
	if cross.StatusCode != http.StatusForbidden {
		t.Errorf("from another site it answers %d", cross.StatusCode)
	}
}

func TestARequestSaysWhatItsPDFLacks(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	const says = "The PDF can’t hold all of your letter"
	if body := bodyOf(t, s.sends(recordsPath, aRequest())); strings.Contains(body, says) {
		t.Error("it says so of a letter that prints whole")
	}
	form := aRequest()
	form.Set("description", "Of the 交通 unit.")
	holds(t, "the letter", bodyOf(t, s.sends(recordsPath, form)), says, "can’t be printed there: 交通", "Of the 交通 unit.")
}

func TestARequestThatCannotBeTakenComesBack(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	for name, c := range map[string]struct{ field, value, message string }{
		"a line break":      {"agency", "Police\r\nBcc: x@example.org", "Write this on one line"},
		"10,000 characters": {"given_name", strings.Repeat("y", 10_000), "too long"},
		"a control":         {"description", "a\x07b", "characters that are no text"},
		"markup":            {"email", `"><script>alert(1)</script>`, "Enter an e-mail address"},
		"no day":            {"from", "soon", "Enter a day"},
		"an old choice":     {"choices[]", "gone", "The choices have changed"},
	} {
		for _, path := range []string{recordsPath, recordsPath + ".pdf"} {
			form := aRequest()
			form.Set(c.field, c.value)
			answer := s.sends(path, form)
			body := bodyOf(t, answer)
			if answer.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s to %s answers %d", name, path, answer.StatusCode)
			}
			holds(t, name, body, "error-summary", c.message, `value="1 Qelm St"`, "Kentucky Open Records Act", `href="#field-`+strings.TrimSuffix(c.field, "[]")+`"`)
			if strings.Contains(body, "<script>alert") {
				t.Errorf("%s is on the page as markup", name)
			}
		}
	}
	form := aRequest()
	form.Del("state")
	if answer := s.sends(recordsPath, form); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a state it answers %d", answer.StatusCode)
	}
	if answer := s.sends("/issues/none/records", aRequest()); answer.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown issue answers %d", answer.StatusCode)
	}
	if log := s.log.String(); strings.Contains(log, "Qelm") || strings.Contains(log, "Bcc") {
		t.Error("the log holds what was typed")
	}
}

func TestRecordsFollowTheirContent(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	const path = recordsPath + "?state=OH"
	s.page(t, path)
	_, err := s.content.ImportFS(t.Context(), fstest.MapFS{
		"en/records/qualified-immunity.md": {Data: []byte("---\ntitle: Ask anew\nchoices: [{key: new, title: Something new, ask: The new thing.}]\n---\n")},
	}, content.Options{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Changed("content")
	holds(t, "the page", s.page(t, path), "Ask anew", "Something new")
}

// at is a clock that stands still.
func at(moment string) func() time.Time {
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return t }
}

func TestMeetingsComeAndGo(t *testing.T) {
	t.Parallel()
	const list, one = "/issues/qualified-immunity/meetings", "/issues/qualified-immunity/meetings/sample-oversight-board-2027"
	s := newReadingSite(t, at("2027-01-01T00:00:00Z"))
	holds(t, "the list", s.page(t, list), `href="`+one+`"`, "June 8, 2027, 6:00 p.m. to 8:00 p.m. MDT", "This is a sample meeting", "Find the body.")
	holds(t, "a meeting", s.page(t, one), "June 8, 2027", "Sample City Hall, room 201", "3 minutes for each speaker", "4:00 p.m. MDT", `href="`+one+`.ics"`,
		"speaking-card", "Please publish, once a year", `datetime="2027-06-09T00:00:00Z"`, "It does not take place")
	answer := s.get(one + ".ics")
	file := bodyOf(t, answer)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("the calendar file answers %d, %v", answer.StatusCode, answer.Header)
	}
	holds(t, "the calendar file", file, "UID:sample-oversight-board-2027.qualified-immunity@act.example.org\r\n", "DTSTART:20270609T000000Z\r\n", "SEQUENCE:0\r\n")
	paths := strings.Join(s.paths(t), "\n")
	holds(t, "the sitemap", paths, recordsPath, list, one)

	after := newReadingSiteOn(t, s.db, s.Atlas, at("2027-06-09T02:00:00Z"))
	if body := after.page(t, list); strings.Contains(body, one) || !strings.Contains(body, "sample-city-council-2028") {
		t.Error("a meeting that is over is listed, or one that comes isn't")
	}
	holds(t, "a meeting that is over", after.page(t, one), "This meeting is over", "noindex")
	closed := newReadingSiteOn(t, s.db, s.Atlas, at("2027-06-08T22:30:00Z"))
	holds(t, "a meeting whose sign-up closed", closed.page(t, one), "Sign-up has closed")
	never := newReadingSiteOn(t, s.db, s.Atlas, at("2099-01-01T00:00:00Z"))
	holds(t, "a list without meetings", never.page(t, list), "We list no meeting now", "Find the body.")
}

// TestAListOfMeetingsExpires holds the page to the end of its first meeting.
func TestAListOfMeetingsExpires(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, at("2027-06-08T12:00:00Z"))
	c := s.echo.NewContext(httptest.NewRequest(http.MethodGet, "/issues/qualified-immunity/meetings", nil), nil)
	c.SetParamNames("slug")
	c.SetParamValues("qualified-immunity")
	page, err := s.listMeetings(c)
	if err != nil || !page.Expires.Equal(time.Date(2027, 6, 9, 2, 0, 0, 0, time.UTC)) {
		t.Errorf("the list expires %s, %v", page.Expires, err)
	}
	c.SetParamNames("slug", "key")
	c.SetParamValues("qualified-immunity", "sample-oversight-board-2027")
	if page, err = s.showMeeting(c); err != nil || !page.Expires.Equal(time.Date(2027, 6, 8, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("the meeting expires %s, %v", page.Expires, err)
	}
}
