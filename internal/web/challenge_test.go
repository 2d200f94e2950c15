package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"redress/internal/letter"
	"strings"
	"testing"

	"redress/internal/abuse"
	"redress/internal/civics/civicstest"
)

func TestAChallengeIsNeverKept(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	seen := map[string]bool{}
	for range 3 {
		r := s.get("/challenge.json")
		var c abuse.Challenge
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || c.Algorithm != "SHA-256" {
			t.Errorf("%d %v %+v", r.StatusCode, r.Header, c)
		}
		seen[c.Challenge] = true
	}
	if len(seen) != 3 {
		t.Error("a challenge was given out twice")
	}
	if r := newTestSite(t, "REDRESS_CHALLENGE", "off").get("/challenge.json"); r.StatusCode != http.StatusNoContent || bodyOf(t, r) != "" {
		t.Errorf("off: %d", r.StatusCode)
	}
}

func TestChallengesAreLimited(t *testing.T) {
	t.Parallel()
	s := newTestSite(t, "REDRESS_RATE_LIMIT", "on")
	for range 500 {
		if s.get("/challenge.json").StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("500 challenges within a moment")
}

func TestChallengesAreHarderUnderAttack(t *testing.T) {
	t.Parallel()
	work := map[string]int64{}
	for _, mode := range []string{"auto", "on"} {
		var c abuse.Challenge
		if err := json.NewDecoder(newTestSite(t, "REDRESS_CHALLENGE", mode).get("/challenge.json").Body).Decode(&c); err != nil {
			t.Fatal(err)
		}
		work[mode] = c.MaxNumber
	}
	if work["on"] < 5*work["auto"] || work["on"] > 200_000 {
		t.Errorf("%v", work)
	}
}

// A flood from many networks makes the mail of those without a solution wait,
// and their answers stay what they were.
func TestAFloodSlowsOnlyItsMail(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	form := fillMaya(formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}}))))
	form.Set("altcha", "nonsense")
	send := func(n int) *http.Response {
		t.Helper()
		form.Set("email", fmt.Sprintf("maya%d@example.org", n))
		r := l.ask(http.MethodPost, letterPath, strings.NewReader(form.Encode()), "RemoteAddr", fmt.Sprintf("198.51.%d.7:1234", n))
		if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/messages/") || bodyOf(t, r) != "" {
			t.Fatalf("form %d: %d to %q", n, r.StatusCode, r.Header.Get("Location"))
		}
		return r
	}
	first := send(0).Header
	waiting := func() (n int) {
		t.Helper()
		if err := l.db.Read(t.Context()).Raw("SELECT count(*) FROM mail WHERE kind = ? AND not_before > created_at", letter.MailConfirm).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	for n := 1; n < 59; n++ {
		send(n)
	}
	if n := waiting(); n != 0 || strings.Contains(l.log.String(), "under attack") {
		t.Fatalf("%d mails wait before there is an attack", n)
	}
	last := send(59).Header
	send(60)
	if n := waiting(); n != 2 {
		t.Errorf("%d mails wait, want those of the 60th form and of the one after it", n)
	}
	for _, h := range []http.Header{first, last} {
		h.Del("Location")
		h.Del("X-Request-Id")
	}
	if fmt.Sprint(first) != fmt.Sprint(last) {
		t.Errorf("the header tells: %v, %v", first, last)
	}
	if n := strings.Count(l.log.String(), "forms are under attack"); n != 1 {
		t.Errorf("the log says so %d times", n)
	}
}

// The page names where a challenge is to be had, and holds none: it is the same
// bytes for everyone.
func TestTheFormsNameTheChallenge(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	page := bodyOf(t, p.get(pledgePath))
	for _, want := range []string{`data-challenge="/challenge.json"`, "/static/challenge."} {
		if !strings.Contains(page, want) {
			t.Errorf("the pledge's page lacks %s", want)
		}
	}
	if strings.Contains(page, abuse.ChallengeField) {
		t.Error("the page holds the field of a solution")
	}
}
