package jobs_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/seal"
)

// places are where people write from, each with a legislature of its own in the
// tests: its two offices' mailboxes share a domain.
var places = []struct {
	domain, address string
	lives           civics.Address
}{
	{"north.test", civicstest.Denver, civics.Address{Street: "1437 Bannock St", City: "Denver", State: "CO", Zip: "80203"}},
	{"south.test", civicstest.Boulder, civics.Address{Street: "1777 Broadway", City: "Boulder", State: "CO", Zip: "80302"}},
	{"west.test", civicstest.Pleasanton, civics.Address{Street: "200 Old Bernal Ave", City: "Pleasanton", State: "CA", Zip: "94566"}},
}

// threeLegislatures is an atlas with the mailboxes of the places.
func threeLegislatures(t *testing.T) *civics.Atlas {
	t.Helper()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	known := civicstest.InMemory(t)
	for _, p := range places {
		answer, err := known.ByAddress(t.Context(), p.address)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range answer.Officials {
			if o.Level == civics.State {
				tables.Corrections = append(tables.Corrections, civics.Correction{
					OfficialID: o.ID, Field: "email", Value: strings.ToLower(string(o.Chamber)) + "@" + p.domain, Source: "test",
				})
			}
		}
	}
	return civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day }), civics.WithGeocoder(civicstest.NewCensus().Geocoder()))
}

// resident writes from a place to both of its legislators.
func (w *letterWorld) resident(n int) letter.NewMessage {
	w.t.Helper()
	p := places[n%len(places)]
	answer, err := w.atlas.ByAddress(w.t.Context(), p.address)
	if err != nil {
		w.t.Fatal(err)
	}
	s := w.maya()
	s.Email, s.Address, s.Officials = fmt.Sprintf("resident.%d@example.org", n), p.lives, nil
	for _, o := range answer.Officials {
		if o.Level == civics.State {
			s.Officials = append(s.Officials, o.ID)
		}
	}
	return s
}

// confirmAtOnce confirms without waiting for the mail that asks to.
func (w *letterWorld) confirmAtOnce(receipt string) {
	w.t.Helper()
	token, err := w.box.Verify(receipt, seal.Receipt, w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	asked, err := w.ConfirmMail(w.t.Context(), token.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Confirm(w.t.Context(), asked.Confirm); err != nil {
		w.t.Fatal(err)
	}
}

// toNextTurn moves the clock to when letters may go again, past turns that come
// within moments, for which a worker would wait. false: none is to come.
func (w *letterWorld) toNextTurn() bool {
	w.t.Helper()
	var turns []time.Time
	err := w.db.Gorm.Raw(`SELECT next_at FROM mail_pace p WHERE next_at > ? AND key LIKE 'domain:%' AND EXISTS (
		SELECT 1 FROM mail WHERE state IN ('queued', 'deferred') AND p.key = ANY (paces)) ORDER BY next_at`, w.now()).Scan(&turns).Error
	if err != nil {
		w.t.Fatal(err)
	}
	if len(turns) == 0 {
		return false
	}
	next := turns[0]
	for _, turn := range turns {
		if turn.Sub(next) < 6*time.Second {
			next = turn
		}
	}
	w.later(next.Sub(w.now()) + time.Millisecond)
	return true
}

// arrival is a letter at its legislature's mail server, by the moved clock.
type arrival struct {
	to, id string
	at     time.Time
}

// TestAnHourWithoutTheMailServer: 120 letters wait for three legislatures when the
// mail server goes away for an hour. Nothing is lost, and none counts as tried.
// Then they go, oldest first, each once, and no faster than they would have.
func TestAnHourWithoutTheMailServer(t *testing.T) {
	t.Parallel()
	w := letterWorldOn(t, true, func(*letterWorld) *civics.Atlas { return threeLegislatures(t) })
	var mu sync.Mutex
	var arrivals []arrival
	w.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.Data && strings.HasSuffix(a.To, ".test") {
			read := mailtest.Received{Raw: a.Raw}.Read(t)
			mu.Lock()
			defer mu.Unlock()
			arrivals = append(arrivals, arrival{a.To, headerOf(read, "Message-Id"), w.now()})
		}
		return mailtest.Reply{}
	})
	const letters = 120
	for n := range letters / 2 {
		w.confirmAtOnce(w.submit(w.resident(n)))
		w.later(time.Second)
	}
	work := func() {
		t.Helper()
		if err := w.post.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	went := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(arrivals)
	}
	work()
	for turns := 0; went() < 10; turns++ { // some go before
		if turns == 30 {
			t.Fatalf("%d letters went in %d turns", went(), turns)
		}
		w.toNextTurn()
		work()
	}
	before := went()

	w.server.Stop()
	wentAway := w.now()
	for w.now().Sub(wentAway) < time.Hour {
		w.later(30 * time.Second)
		work()
		work()
	}
	var waiting struct{ Letters, Tried, Moved int }
	err := w.db.Gorm.Raw(`SELECT count(*) AS letters, count(*) FILTER (WHERE attempts > 0 OR tried_at IS NOT NULL OR m.state <> 'queued') AS tried,
		count(*) FILTER (WHERE d.state <> 'queued') AS moved
		FROM mail m JOIN delivery d ON d.id = m.subject_id WHERE m.kind = ? AND m.state <> 'sent'`, letter.MailDelivery).Scan(&waiting).Error
	if err != nil || waiting.Letters != letters-before || waiting.Tried != 0 || waiting.Moved != 0 {
		t.Fatalf("after an hour: %+v of %d, %v", waiting, letters-before, err)
	}

	w.server.Start()
	back := w.now()
	w.later(6 * time.Minute) // a server that was away is tried again within five
	work()
	for w.toNextTurn() {
		work()
		if w.now().Sub(back) > 3*time.Hour {
			t.Fatal("the letters don't drain")
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(arrivals) != letters {
		t.Fatalf("%d letters arrived, want %d", len(arrivals), letters)
	}
	t.Logf("%d letters went before, %d in %v after", before, letters-before, w.now().Sub(back).Round(time.Second))
	w.wantPace(arrivals, back)
	w.wantEachOnceInOrder(arrivals)
}

// wantPace fails when a legislature got letters faster than 60 an hour with a
// fifth of jitter, or much slower once the server was back.
func (w *letterWorld) wantPace(arrivals []arrival, back time.Time) {
	w.t.Helper()
	by := map[string][]time.Time{}
	for _, a := range arrivals {
		_, domain, _ := strings.Cut(a.to, "@")
		by[domain] = append(by[domain], a.at)
	}
	if len(by) != len(places) {
		w.t.Fatalf("letters to %d domains", len(by))
	}
	for domain, times := range by {
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < 48*time.Second {
				w.t.Errorf("%s got two letters within %v", domain, gap)
			}
		}
		for i := range times {
			n := 0
			for _, at := range times[i:] {
				if at.Sub(times[i]) < time.Hour {
					n++
				}
			}
			if n > 75 {
				w.t.Errorf("%s got %d letters in an hour", domain, n)
			}
		}
		after := slices.DeleteFunc(slices.Clone(times), func(at time.Time) bool { return at.Before(back) })
		if took := after[len(after)-1].Sub(after[0]); took > time.Duration(len(after))*80*time.Second {
			w.t.Errorf("%s got %d letters in %v", domain, len(after), took)
		}
	}
}

// wantEachOnceInOrder fails unless each letter came once, to each legislature in
// the order in which they were confirmed, with a history of being sent once.
func (w *letterWorld) wantEachOnceInOrder(arrivals []arrival) {
	w.t.Helper()
	var rows []struct {
		MessageID, SentTo string
		Attempts          int
		Moves             string
	}
	err := w.db.Gorm.Raw(`SELECT m.message_id, d.sent_to, m.attempts,
			(SELECT string_agg(from_state || '>' || to_state, ' ' ORDER BY h.id) FROM delivery_move h WHERE h.delivery_id = d.id) AS moves
		FROM mail m JOIN delivery d ON d.id = m.subject_id WHERE m.kind = ? ORDER BY m.created_at, m.id`, letter.MailDelivery).Scan(&rows).Error
	if err != nil {
		w.t.Fatal(err)
	}
	queued, came := map[string][]string{}, map[string][]string{}
	for _, row := range rows {
		_, domain, _ := strings.Cut(row.SentTo, "@")
		queued[domain] = append(queued[domain], "<"+row.MessageID+">")
		if row.Attempts != 1 || row.Moves != "queued>sending sending>sent" {
			w.t.Errorf("a letter to %s: %d attempts, %s", domain, row.Attempts, row.Moves)
		}
	}
	for _, a := range arrivals {
		_, domain, _ := strings.Cut(a.to, "@")
		came[domain] = append(came[domain], a.id)
	}
	for domain, want := range queued {
		if !slices.Equal(came[domain], want) {
			w.t.Errorf("%s got %d letters, not each once and the oldest first, of %d", domain, len(came[domain]), len(want))
		}
	}
}

func headerOf(r mail.Reading, name string) string {
	for _, h := range r.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}
