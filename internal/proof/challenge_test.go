package proof

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/civics/civicstest"
)

// solved waits until the form in the tab holds a solution, and takes it apart.
func (b *tab) solved() (solution struct {
	Algorithm, Challenge, Salt, Signature string
	Number                                int
}) {
	b.t.Helper()
	b.waitUntil("the challenge is solved", `document.querySelector("form[data-challenge] input[name=altcha]").value !== ""`)
	raw, err := base64.StdEncoding.DecodeString(b.altcha())
	if err != nil || json.Unmarshal(raw, &solution) != nil {
		b.t.Fatalf("the field holds %q", b.altcha())
	}
	return solution
}

// altcha is what the hidden field holds.
func (b *tab) altcha() string {
	b.t.Helper()
	return eval[string](b, `document.querySelector("form[data-challenge] input[name=altcha]")?.value ?? ""`)
}

// challenged is how many forms of an action came with a verdict.
func (s *site) challenged(t testing.TB, action, verdict string) string {
	t.Helper()
	resp, err := http.Get(s.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`redress_challenge_total\{action="` + action + `",verdict="` + verdict + `"\} (\d+)`).FindStringSubmatch(body(t, resp))
	if found == nil {
		return "0"
	}
	return found[1]
}

// TestTheoSolvesAChallengeWithoutNoticing writes and signs while the site is
// under attack. His browser does the work while he types, and his mail comes at
// once.
func TestTheoSolvesAChallengeWithoutNoticing(t *testing.T) {
	t.Parallel()
	s := startSite(t, "REDRESS_CHALLENGE=on")
	theo := maya()
	theo.Given = "Theo"
	theo = someone(theo)
	b := open(t, look{})

	b.visit(s.URL + theIssue + "/letter?zip=80203")
	b.fill(`form.address-form input[name="address"]`, civicstest.Denver)
	b.asked()
	b.click("form.address-form button")
	for _, address := range b.asked() {
		if strings.HasSuffix(address, "/challenge.json") {
			t.Error("a challenge is fetched before anybody writes")
		}
	}
	b.describe(theo)
	began := time.Now()
	solution := b.solved()
	t.Logf("solved after %v: number %d", time.Since(began), solution.Number)
	if solution.Algorithm != "SHA-256" || !strings.Contains(solution.Salt, "?expires=") || len(solution.Signature) != 64 {
		t.Errorf("the solution: %+v", solution)
	}
	fetched := 0
	for _, address := range b.asked() {
		if strings.HasSuffix(address, "/challenge.json") {
			fetched++
		}
	}
	if fetched != 1 {
		t.Errorf("%d challenges were fetched", fetched)
	}
	b.click(`form[data-letter] button[type="submit"]`)
	b.says(say("messages.heading.waiting", "Count", 2))
	s.awaitMail(t, theo.Email, confirmLetters)
	if n := s.challenged(t, "letter", "solved"); n != "1" {
		t.Errorf("%s letters came with a solution", n)
	}

	// Who is quicker than the browser waits for it a moment.
	b.visit(s.URL + theIssue + "/pledge")
	b.sign(theo)
	b.says(say("pledge.sent.title"))
	s.awaitMail(t, theo.Email, confirmSignature)
	if n := s.challenged(t, "sign", "solved"); n != "1" {
		t.Errorf("%s signatures came with a solution", n)
	}
	if wrote := b.complained(); len(wrote) > 0 {
		t.Errorf("the browser complains: %q", wrote)
	}
}

// TestTheoTakesHisTime: an answer grows too old while he writes, and another
// takes its place when he is done.
func TestTheoTakesHisTime(t *testing.T) {
	t.Parallel()
	s := shared(t)
	theo := maya()
	b := open(t, look{})
	b.visit(s.URL + secondIssue + "/pledge")
	b.fill("#field-given_name", theo.Given)
	old := b.solved()
	eval[bool](b, `(() => { const now = Date.now; Date.now = () => now() + 9.5 * 60_000; return true })()`)
	eval[bool](b, `(() => { addEventListener("pagehide", () => { sessionStorage.setItem("proof", document.querySelector("input[name=altcha]").value) }); return true })()`)
	b.sign(theo)
	b.says(say("pledge.sent.title"))
	sent := eval[string](b, `sessionStorage.getItem("proof") ?? ""`)
	if sent == "" {
		t.Errorf("sent %q", sent)
	}
	raw, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || strings.Contains(string(raw), old.Challenge) {
		t.Errorf("the old answer was sent: %s", raw)
	}
}

// TestTheFormGoesWithoutAnAnswer when there is no worker, or none is given.
func TestTheFormGoesWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	off := startSite(t, "REDRESS_CHALLENGE=off")
	b := open(t, look{})
	b.visit(off.URL + theIssue + "/pledge")
	b.sign(maya())
	b.says(say("pledge.sent.title"))
	if wrote := b.complained(); len(wrote) > 0 {
		t.Errorf("the browser complains: %q", wrote)
	}

	on := shared(t)
	b.visit(on.URL + theIssue + "/pledge")
	eval[bool](b, `(() => { globalThis.Worker = class { constructor() { throw new Error("none") } }; return true })()`)
	b.fill("#field-given_name", "Theo")
	b.solved() // in slices
	b.visit(on.URL + theIssue + "/pledge")
	eval[bool](b, `(() => { globalThis.fetch = () => new Promise(() => {}); return true })()`) // the network hangs
	began := time.Now()
	b.sign(maya())
	b.says(say("pledge.sent.title"))
	if waited := time.Since(began); waited < 4*time.Second || waited > 15*time.Second {
		t.Errorf("the form waited %v", waited)
	}
}

// TestRosaIsNotAskedToSolveAnything writes and signs with scripts off while the
// site is under attack: she gets the answers that everyone gets, and her mail a
// little later.
func TestRosaIsNotAskedToSolveAnything(t *testing.T) {
	t.Parallel()
	s := startSite(t, "REDRESS_CHALLENGE=on")
	rosa := maya()
	rosa.Given = "Rosa"
	b := open(t, look{NoScript: true})
	b.visit(s.URL + theIssue + "/letter?zip=80203")
	b.fill(`form.address-form input[name="address"]`, civicstest.Denver)
	b.click("form.address-form button")
	b.describe(rosa)
	b.click(`form[data-letter] button[type="submit"]`)
	b.says(say("messages.heading.waiting", "Count", 2))
	b.visit(s.URL + theIssue + "/pledge")
	b.sign(rosa)
	b.says(say("pledge.sent.title"))
	for action, want := range map[string]string{"letter": "1", "sign": "1"} {
		if n := s.challenged(t, action, "missing"); n != want {
			t.Errorf("%s: %s without a solution", action, n)
		}
	}

	// The same form with and without a solution: the same answer, byte for byte, but for the token in it.
	senator, _ := legislators(t, s)
	var pages []string
	for _, solution := range []string{s.solution(t), ""} {
		form := someone(rosa).writing(senator.ID)
		form.Set("altcha", solution)
		receipt := s.redirected(t, theIssue+"/letter", form)
		_, page := s.get(t, receipt)
		token := strings.TrimPrefix(receipt, "/messages/")
		page = regexp.MustCompile(`deliveries/[0-9a-f-]{36}`).ReplaceAllString(strings.ReplaceAll(page, token, "TOKEN"), "deliveries/ID")
		pages = append(pages, regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(page, "ID"))
	}
	if pages[0] != pages[1] {
		t.Error("the receipt tells whether there was a solution")
	}

	waits := s.waits(t)
	if n := len(waits["letter.confirm"]); n != 3 {
		t.Fatalf("%d mails about letters, want those of the browser and of both forms", n)
	}
	now, later := 0, 0
	for _, wait := range append(waits["letter.confirm"], waits["pledge.confirm"]...) {
		switch {
		case wait < time.Second:
			now++
		case wait > 9*time.Minute && wait < 21*time.Minute:
			later++
		default:
			t.Errorf("a mail waits %v", wait)
		}
	}
	if now != 1 || later != 3 {
		t.Errorf("%d mails go at once and %d wait, want the one that came with a solution, and the others", now, later)
	}
}

// solution solves a challenge as a program would.
func (s *site) solution(t testing.TB) string {
	t.Helper()
	resp, text := s.get(t, "/challenge.json")
	if got := resp.Header.Get("Cache-Control"); resp.StatusCode != http.StatusOK || got != "no-store" {
		t.Fatalf("a challenge: %d, Cache-Control %q", resp.StatusCode, got)
	}
	answer := decoded[map[string]any](t, text)
	for n := 0; ; n++ {
		sum := sha256.Sum256(fmt.Append(nil, answer["salt"], n))
		if hex.EncodeToString(sum[:]) == answer["challenge"] {
			answer["number"] = n
			return base64.StdEncoding.EncodeToString([]byte(quoted(answer)))
		}
		if n > 1_000_000 {
			t.Fatalf("no number solves %s", text)
		}
	}
}

// waits is how long each mail was to wait when it was queued, by kind.
func (s *site) waits(t *testing.T) map[string][]time.Duration {
	t.Helper()
	rows, err := connect(t, s).Query(t.Context(), `SELECT kind, not_before - created_at FROM mail`)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]time.Duration{}
	var kind string
	var wait time.Duration
	if _, err := pgx.ForEachRow(rows, []any{&kind, &wait}, func() error {
		found[kind] = append(found[kind], wait)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
