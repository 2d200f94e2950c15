package proof

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const printForm = "form.print-form"

// TestRosaPrintsHerLetters prints on a small phone with scripts off: she leaves a
// letter out, picks an office near her, mistypes her ZIP code and has a heart in
// her name, and gets one PDF with a page for each office.
func TestRosaPrintsHerLetters(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	m.Given = "Rosa"
	senator, _ := legislators(t, s)
	members := whoRepresents(t, s, m.Zip).of("federal", "senate")
	receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID, members[0].ID, members[1].ID))
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + receipt)
	b.press("#print > summary")
	b.says(say("messages.print.heading"), say("messages.print.sender_why"), say("messages.print.fold"))
	b.doesNotSay(m.Family, m.Street)
	if checked := eval[int](b, `document.querySelectorAll("form.print-form input[type=checkbox]:checked").length`); checked != 2 {
		t.Errorf("%d letters are checked, want the two that need her hand", checked)
	}
	if held := eval[string](b, `[...document.querySelectorAll("form.print-form input:not([type=hidden], [type=checkbox])")].map((e) => e.value).join("")`); held != "" {
		t.Errorf("the receipt gives away %q", held)
	}
	b.pressLetter(members[1].Name)
	office := eval[string](b, `[...document.querySelectorAll("form.print-form select[name^=office] option")].find((o) => o.textContent.startsWith("Denver, CO")).value`)
	b.choose(printForm+` select[name^="office"]`, office)
	b.fill(printForm+` [name="name"]`, "Rosa 💙 Żółć-Nguyễn")
	b.fill(printForm+` [name="street"]`, "12 Elm St")
	b.fill(printForm+` [name="city"]`, "Denver")
	b.choose(printForm+` [name="state"]`, "CO")
	b.fill(printForm+` [name="zip"]`, "8020")
	b.click(printForm + ` button[type="submit"]`)
	b.says(say("parts.error_summary"), say("letter.form.zip.shape"))
	if name := eval[string](b, `document.querySelector("#field-name").value`); name != "Rosa 💙 Żółć-Nguyễn" {
		t.Errorf("her name became %q", name)
	}
	b.checkPhone(t, "a wrong ZIP code")
	b.picture("print-errors-320")
	b.fill(printForm+` [name="zip"]`, "80203")
	b.click(printForm + ` button[type="submit"]`)
	b.says(say("parts.error_summary"), say("messages.print.missing", "Letters", "💙"), say("messages.print.without"))
	b.checkPhone(t, "a heart")
	b.press(printForm + ` [name="without"]`)

	typed := eval[string](b, `new URLSearchParams(new FormData(document.querySelector("form.print-form"))).toString()`)
	shown := b.opensFile(printForm + ` button[type="submit"]`)
	if shown.MimeType != "application/pdf" || shown.Status != http.StatusOK || strings.Contains(shown.URL, "Elm") {
		t.Errorf("the browser got %d %s from %s", shown.Status, shown.MimeType, shown.URL)
	}
	form, err := url.ParseQuery(typed)
	if err != nil {
		t.Fatal(err)
	}
	pages := s.printed(t, receipt, form)
	if len(pages) != 1 {
		t.Fatalf("%d pages, want one", len(pages))
	}
	for _, want := range []string{
		"Rosa Żółć-Nguyễn\n12 Elm St\nDenver, CO 80203\n", "Senator " + members[0].Name + "\n", "Denver, CO 802", "Sincerely,", "Please let the courts answer",
	} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the letter lacks %q:\n%s", want, pages[0])
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(pages[0]), " "), m.Story) {
		t.Errorf("the letter lacks her own words:\n%s", pages[0])
	}
	if strings.Contains(pages[0], m.Family) || strings.Contains(pages[0], "Bannock") {
		t.Error("the letter holds the name or address that was stored")
	}
}

// TestMayasNameIsStillInTheForm: the letter's draft is still in her browser when
// the receipt opens, and gone thereafter.
func TestMayasNameIsStillInTheForm(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	b := open(t, look{})
	b.visit(s.URL + theIssue + "/letter?zip=" + m.Zip)
	b.describe(m)
	b.waitUntil("the draft is kept", `(localStorage.getItem("draft:letter-qualified-immunity") ?? "").includes(`+quoted(m.Email)+`)`)
	b.click(`form[data-letter] button[type="submit"]`)
	const values = `["name", "street", "city", "state", "zip"].map((n) => document.querySelector("form.print-form").elements[n].value).join("|")`
	if got, want := eval[string](b, values), m.Given+" "+m.Family+"|"+m.Street+"|"+m.City+"|"+m.State+"|"+m.Zip; got != want {
		t.Errorf("the form holds %q, want %q", got, want)
	}
	if kept := eval[int](b, `localStorage.length + sessionStorage.length`); kept != 0 {
		t.Error("the name is still kept")
	}
	b.press("#print > summary")
	for _, look := range []string{"wide-light", "wide-dark", "narrow-dark", "narrow-light"} {
		b.wide()
		if strings.HasPrefix(look, "narrow") {
			b.narrow()
		}
		b.dark(strings.HasSuffix(look, "dark"))
		b.picture("print-" + look)
	}
	receipt := b.address()
	if shown := b.opensFile(printForm + ` button[type="submit"]`); shown.MimeType != "application/pdf" {
		t.Errorf("the browser got %s", shown.MimeType)
	}
	b.visit(receipt)
	if got := eval[string](b, values); got != "||||" {
		t.Errorf("opened again, the receipt gives away %q", got)
	}
}

// pressLetter checks or unchecks the letter to somebody.
func (b *tab) pressLetter(name string) {
	b.t.Helper()
	id := eval[string](b, `[...document.querySelectorAll("form.print-form label.recipient")].find((l) => l.textContent.includes(`+quoted(name)+`)).htmlFor`)
	b.press("#" + id)
}

// checkPhone holds the page against accessibility rules and a phone's width. The
// checker needs scripts, the page's own having been kept from running.
func (b *tab) checkPhone(t *testing.T, how string) {
	t.Helper()
	script, err := axeCore()
	if err != nil {
		t.Fatal(err)
	}
	b.scripts(true)
	defer b.scripts(false)
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script+";true"))
		return err
	}))
	b.axe(t, how, `{ rules: { "target-size": { enabled: true } } }`)
	b.dark(true)
	b.axe(t, how+", dark", colorRules)
	b.dark(false)
	b.fitsAPhone(t)
}

// scripts turns scripts on or off.
func (b *tab) scripts(on bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// opensFile clicks on what answers with a file and returns the answer.
func (b *tab) opensFile(selector string) *network.Response {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepPatience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, b.pressing(selector))
	if err != nil {
		b.t.Fatalf("click %s: %v", selector, err)
	}
	return response
}

// printed sends a receipt's form and reads the PDF that comes, page by page.
func (s *site) printed(t *testing.T, receipt string, form url.Values) []string {
	t.Helper()
	resp, err := client.PostForm(s.URL+receipt+"/letters.pdf", form)
	if err != nil {
		t.Fatal(err)
	}
	pdf := body(t, resp)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%d: %.300s", resp.StatusCode, pdf)
	}
	return pagesOf(t, pdf)
}

// paper is what the page gives when it is printed, page by page.
func (b *tab) paper() []string {
	b.t.Helper()
	var pdf []byte
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		asStyled := true
		printed, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &asStyled})
		pdf = printed.Data
		return err
	}))
	return pagesOf(b.t, string(pdf))
}

func pagesOf(t testing.TB, pdf string) []string {
	t.Helper()
	command := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	command.Stdin = strings.NewReader(pdf)
	var text bytes.Buffer
	command.Stdout = &text
	if err := command.Run(); err != nil {
		t.Fatalf("pdftotext (scripts/needs installs it): %v", err)
	}
	pages := strings.Split(text.String(), "\f")
	return pages[:len(pages)-1]
}
