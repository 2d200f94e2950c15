package proof

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// TestOmarAsksForRecords goes from the issue to a letter with scripts off, on a
// phone, first with mistakes, back once to change something, and to the PDF.
func TestOmarAsksForRecords(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + theIssue)
	b.click(`main a[href="` + theIssue + `/records"]`)
	b.says(say("records.state.label"), say("records.no_reason"))
	b.choose("#field-state", "KY")
	b.click("form.records-state button")
	b.says("What the law says in Kentucky", "Residents of Kentucky", say("records.law.verified"), say("records.law.unknown"), say("records.form.keep"))
	b.press(`input[value="settlements"]`)
	b.press(`input[value="policies"]`)
	for name, text := range map[string]string{
		"agency": "Records Unit, Springfield Police", "agency_email": "records@example.org", "given_name": "Omar", "family_name": "Haddad",
		"street": "12 Elm St", "city": "Springfield", "zip": "40069", "email": "omar at example",
	} {
		b.fill("#field-"+name, text)
	}
	eval[bool](b, `(() => { document.querySelector("form.records-form").noValidate = true; return true })()`)
	b.click(`form.records-form button[type="submit"]`)
	b.says(say("parts.error_summary"), say("records.form.email.shape"))
	if typed := eval[string](b, `document.querySelector("#field-street").value + [...document.querySelectorAll("input[name='choices[]']:checked")].map((e) => e.value)`); typed != "12 Elm Stsettlements,policies" {
		t.Errorf("what was typed became %q", typed)
	}
	b.fill("#field-email", "omar.haddad@example.org")
	b.click(`form.records-form button[type="submit"]`)
	b.says(say("records.ready.heading"), "Kentucky Open Records Act (KRS 61.870 to 61.884)", "I am a resident of Kentucky.", "within five working days", "Omar Haddad")
	if hidden := eval[bool](b, `[...document.querySelectorAll("[data-copy]")].every((e) => !e.checkVisibility())`); !hidden {
		t.Error("a button that needs JavaScript is shown without it")
	}
	b.click(`button[name="edit"]`)
	b.fill("#field-fee_limit", "0")
	b.click(`form.records-form button[type="submit"]`)
	b.says("I ask you to waive all fees")
	form := url.Values{}
	for name, values := range eval[map[string][]string](b, `(() => { const all = {}; for (const [name, value] of new FormData(document.querySelector("form[action$='.pdf']"))) (all[name] ??= []).push(value); return all })()`) {
		form[name] = values
	}
	resp, err := client.PostForm(s.URL+theIssue+"/records.pdf", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	file, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Fatalf("the PDF answers %d, %v", resp.StatusCode, err)
	}
	if text, ok := printed(t, file); ok && (!strings.Contains(text, "Omar Haddad") || !strings.Contains(text, "waive all fees")) {
		t.Errorf("the PDF says %q", text)
	}
}

// printed is what stands on a PDF, where poppler's program is installed.
func printed(t *testing.T, file []byte) (string, bool) {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", false
	}
	read := exec.CommandContext(t.Context(), program, "-", "-")
	read.Stdin = bytes.NewReader(file)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " "), true
}

// TestLenaPlansToSpeak finds a meeting, reads how to speak, and takes it into her
// calendar.
func TestLenaPlansToSpeak(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{})
	b.visit(s.URL + theIssue)
	b.click(`main a[href="` + theIssue + `/meetings"]`)
	b.says(say("meeting.coming"), "Sample civilian oversight board", "June 8, 2027")
	const meeting = theIssue + "/meetings/sample-oversight-board-2027"
	b.click(`a[href="` + meeting + `"]`)
	b.says(say("meeting.minutes", "Count", 3), "6:00 p.m. to 8:00 p.m. MDT", say("meeting.card"), "It does not take place.")
	if link := eval[string](b, `document.querySelector("main a.button").getAttribute("href")`); link != meeting+".ics" {
		t.Fatalf("the calendar is at %s", link)
	}
	resp, err := client.Get(s.URL + meeting + ".ics")
	if err != nil {
		t.Fatal(err)
	}
	file := body(t, resp)
	if resp.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(file, "BEGIN:VCALENDAR\r\n") || !strings.Contains(file, "DTSTART:20270609T000000Z\r\n") {
		t.Errorf("the calendar file is %q of %s", file, resp.Header.Get("Content-Type"))
	}
	b.visit(s.URL + theIssue + "/meetings/none")
	b.says(say("meeting.unknown"))
}
