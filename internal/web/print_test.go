package web

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// printForm is what a browser would send for the receipt's form as the page shows
// it.
func printForm(t *testing.T, page string) url.Values {
	t.Helper()
	_, form, found := strings.Cut(page, `class="print-form"`)
	form, _, closed := strings.Cut(form, "</form>")
	if !found || !closed {
		t.Fatal("the receipt has no form for letters on paper")
	}
	values := url.Values{}
	for _, tag := range inputs.FindAllString(form, -1) {
		name, value := attribute("name").FindStringSubmatch(tag), attribute("value").FindStringSubmatch(tag)
		if strings.Contains(tag, `type="checkbox"`) && !strings.Contains(tag, " checked") {
			continue
		}
		values.Add(html.UnescapeString(name[1]), html.UnescapeString(value[1]))
	}
	for _, choice := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)".*?</select>`).FindAllStringSubmatch(form, -1) {
		value := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(choice[0])
		if value == nil {
			value = regexp.MustCompile(`<option value="([^"]*)"`).FindStringSubmatch(choice[0])
		}
		values.Set(choice[1], value[1])
	}
	return values
}

// written submits the letter for Denver and returns its receipt's path.
func (l *letterSite) written(t *testing.T) string {
	t.Helper()
	form := formOnPage(t, l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203")))
	for name, value := range map[string]string{
		"given_name": "Maya", "family_name": "Ortiz", "email": "maya@example.org", "street": "1437 Bannock St", "city": "Denver", "state": "CO", "zip": "80203",
		"story": "My brother was hurt in a traffic stop.",
	} {
		form.Set(name, value)
	}
	r := l.post(letterPath, form)
	l.page(t, http.StatusSeeOther, r)
	return r.Header.Get("Location")
}

func textOf(t *testing.T, pdf string) string {
	t.Helper()
	command := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	command.Stdin = strings.NewReader(pdf)
	var text, complaint bytes.Buffer
	command.Stdout, command.Stderr = &text, &complaint
	if err := command.Run(); err != nil || complaint.Len() > 0 {
		t.Fatalf("pdftotext (scripts/needs installs it): %v %s", err, complaint.String())
	}
	return text.String()
}

func TestPrintedLetters(t *testing.T) {
	t.Parallel()
	s := newLetterSite(t)
	receipt := s.written(t)
	page := s.page(t, http.StatusOK, s.get(receipt))
	for _, secret := range []string{"Ortiz", "1437 Bannock", "maya@example.org"} {
		if strings.Contains(page, secret) {
			t.Errorf("the receipt shows %q", secret)
		}
	}
	form := printForm(t, page)
	if len(form["letters[]"]) == 0 {
		t.Fatal("no letter is checked, and all need the visitor")
	}
	form.Set("name", "Róża Żółć-Nguyễn")
	form.Set("street", "12 Elm St")
	form.Set("city", "Denver")
	form.Set("state", "CO")
	form.Set("zip", "80203")
	r := s.post(receipt+"/letters.pdf", form)
	pdf := bodyOf(t, r)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%d: %.300s", r.StatusCode, pdf)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": `inline; filename="letters.pdf"`,
		"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	// Under the site's own policy Chromium's viewer shows an empty page.
	if policy := r.Header.Get("Content-Security-Policy"); policy != pdfPolicy || strings.Contains(policy, "script-src") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the PDF's policy is %q", policy)
	}
	text := textOf(t, pdf)
	if pages := strings.Count(text, "\f"); pages != len(form["letters[]"]) {
		t.Errorf("%d pages for %d letters", pages, len(form["letters[]"]))
	}
	for _, want := range []string{"Róża Żółć-Nguyễn\n12 Elm St\nDenver, CO 80203\n", "Senator Michael F. Bennet\nUnited States Senate\n261 Russell", "My brother was hurt in a traffic stop.", "Sincerely,"} {
		if !strings.Contains(text, want) {
			t.Errorf("the letters lack %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Ortiz") || strings.Contains(text, "Bannock") {
		t.Error("the stored name or address is on paper, for whoever holds the receipt")
	}
	if log := s.log.String(); strings.Contains(log, "Elm St") || strings.Contains(log, receipt) || !strings.Contains(log, "/messages/:token/letters.pdf") {
		t.Errorf("the log:\n%s", log)
	}
}

func TestPrintedLettersComeBack(t *testing.T) {
	t.Parallel()
	s := newLetterSite(t)
	receipt := s.written(t)
	shown := printForm(t, s.page(t, http.StatusOK, s.get(receipt)))
	id := shown["letters[]"][0]
	for name, c := range map[string]struct {
		change func(url.Values)
		wants  []string
	}{
		"none":   {func(f url.Values) { f.Del("letters[]") }, []string{`href="#field-letters"`, "Check at least one letter"}},
		"office": {func(f url.Values) { f.Set("office["+id+"]", "0123456789ab") }, []string{`href="#field-office-` + id + `"`, "Choose an office of"}},
		"zip":    {func(f url.Values) { f.Set("zip", "8020") }, []string{`href="#field-zip"`, `value="8020"`}},
		"emoji":  {func(f url.Values) { f.Set("city", "Denver 💙 李") }, []string{`href="#field-without"`, "can’t be printed here: 💙 李.", `name="without"`}},
	} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{}
			for k, v := range shown {
				form[k] = v
			}
			form.Set("name", "Rosa <Núñez>")
			c.change(form)
			r := s.post(receipt+"/letters.pdf", form)
			page := s.page(t, http.StatusUnprocessableEntity, r)
			for _, want := range append(c.wants, `value="Rosa &lt;Núñez&gt;"`) {
				if !strings.Contains(page, want) {
					t.Errorf("the receipt lacks %q", want)
				}
			}
			if r.Header.Get("Cache-Control") != "private, no-store" {
				t.Error("what was typed may be stored")
			}
			if again := printForm(t, page); name == "emoji" {
				again.Set("without", "yes")
				r := s.post(receipt+"/letters.pdf", again)
				if text := textOf(t, bodyOf(t, r)); !strings.Contains(text, "\nDenver ______\n") {
					t.Errorf("printed without them:\n%s", text)
				}
			} else if len(again["letters[]"]) != len(form["letters[]"]) {
				t.Errorf("%d letters are checked, %d were", len(again["letters[]"]), len(form["letters[]"]))
			}
		})
	}
	for _, path := range []string{"/messages/nonsense/letters.pdf", receipt + "x/letters.pdf"} {
		s.page(t, http.StatusNotFound, s.post(path, shown))
	}
	foreign := url.Values{"letters[]": {"0191b2c3-0000-7000-8000-000000000000"}}
	s.page(t, http.StatusNotFound, s.post(receipt+"/letters.pdf", foreign))
	s.page(t, http.StatusNotFound, s.post(receipt+"/letters.pdf", url.Values{"letters[]": {"nonsense"}}))
	s.page(t, http.StatusMethodNotAllowed, s.get(receipt+"/letters.pdf"))
}

// With PostgreSQL away, what was typed stays in the form.
func TestPrintedLettersWait(t *testing.T) {
	t.Parallel()
	s := newLetterSite(t)
	receipt := s.written(t)
	form := printForm(t, s.page(t, http.StatusOK, s.get(receipt)))
	form.Set("name", "Rosa Núñez")
	pool, err := s.db.Gorm.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.Close()
	page := s.page(t, http.StatusServiceUnavailable, s.post(receipt+"/letters.pdf", form))
	again := printForm(t, page)
	if again.Get("name") != "Rosa Núñez" || len(again["letters[]"]) != len(form["letters[]"]) {
		t.Errorf("what was typed became %v", again)
	}
	for _, id := range form["letters[]"] {
		field := "office[" + id + "]"
		if again.Get(field) != form.Get(field) {
			t.Errorf("%s became %q", field, again.Get(field))
		}
	}
}
