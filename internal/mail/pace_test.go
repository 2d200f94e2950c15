package mail_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/postgres"
)

// pleas queues letters of officials who share a domain, one a second, and returns their ids.
func (w *world) pleas(domain string, officials ...string) []uuid.UUID {
	w.t.Helper()
	var ids []uuid.UUID
	for _, official := range officials {
		m := mail.Mail{ID: uuid.Must(uuid.NewV7()), Kind: "plea", SubjectID: uuid.New(), Paces: mail.Keys{mail.PaceOfOfficial(official), mail.PaceOfDomain(domain)}}
		w.mu.Lock()
		w.people[m.SubjectID] = official + "@" + domain
		w.mu.Unlock()
		if err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(w.t.Context(), tx, m) }); err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, m.ID)
		w.clock.add(time.Second)
	}
	return ids
}

func (w *world) agree(key string, perHour int) {
	w.t.Helper()
	if err := w.post.SetPace(w.t.Context(), key, perHour, "R. Ortiz, clerk", w.clock.now()); err != nil {
		w.t.Fatal(err)
	}
}

func TestPaceOfADomain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	ids := w.pleas("senate.example.gov", "a", "b", "c", "d")
	other := w.pleas("house.example.gov", "e")
	free := w.queue("note", "maya@example.org")
	for sent := 1; sent <= len(ids); sent++ {
		w.work()
		w.work() // no turn is left
		for i, id := range ids {
			m := w.row(id)
			if i < sent && m.State != mail.Sent {
				t.Fatalf("after %d turns letter %d is %s", sent, i, m.State)
			}
			if i >= sent && (m.State != mail.Queued || m.Attempts != 0 || m.ClaimedBy != nil || m.TriedAt != nil) {
				t.Fatalf("letter %d waits as %+v", i, m)
			}
		}
		w.clock.add(72*time.Second + time.Millisecond) // the longest wait between two
	}
	w.wantState(other[0], mail.Sent)
	w.wantState(free, mail.Sent)
	w.wantAccepted(6)
}

// The wait is a minute give or take a fifth.
func TestPaceHasJitter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.pleas("senate.example.gov", strings.Split("abcdefghijkl", "")...)
	waits := map[time.Duration]bool{}
	for range 12 {
		before := w.clock.now()
		w.work()
		var next time.Time
		w.db.Read(t.Context()).Raw(`SELECT next_at FROM mail_pace WHERE key = 'domain:senate.example.gov'`).Scan(&next)
		wait := next.Sub(before)
		if wait < 48*time.Second || wait > 72*time.Second {
			t.Fatalf("waits %v", wait)
		}
		waits[wait] = true
		w.clock.add(wait)
	}
	if len(waits) < 6 {
		t.Errorf("%d different waits of 12", len(waits))
	}
	w.wantAccepted(12)
}

// One official at a slow pace doesn't hold up the others of a domain that agreed to a fast one; nor does a refusal take more than
// its turn.
func TestPaceOfAnOfficial(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.agree(mail.PaceOfDomain("senate.example.gov"), mail.FastestPace)
	ids := w.pleas("senate.example.gov", "a", "a", "a", "b", "c")
	for range 4 {
		w.work()
		w.clock.add(1300 * time.Millisecond)
	}
	for i, want := range []string{mail.Sent, mail.Queued, mail.Queued, mail.Sent, mail.Sent} {
		w.wantState(ids[i], want)
	}
	w.clock.add(72 * time.Second)
	w.work()
	w.wantState(ids[1], mail.Sent)
	w.wantState(ids[2], mail.Queued)
}

// After an outage the backlog leaves at the pace, oldest first.
func TestBacklogDrainsAtThePace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.server.Stop()
	ids := w.pleas("senate.example.gov", "a", "b", "a", "c", "b", "a")
	for range 12 {
		w.work()
		w.clock.add(5 * time.Minute)
	}
	w.server.Start()
	for range 70 {
		w.work()
		w.clock.add(6 * time.Second)
	}
	if n := len(w.server.Accepted()); n < 5 || n > 6 {
		t.Fatalf("%d letters in seven minutes, at one a minute", n)
	}
	w.clock.add(time.Hour)
	w.work()
	for i, r := range w.wantAccepted(6) {
		if id := w.row(ids[i]); !strings.Contains(string(r.Raw), id.MessageID) {
			t.Errorf("letter %d overtook an older one", i)
		}
	}
}

func TestManyProcessesKeepThePace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	for range 10 {
		w.pleas("senate.example.gov", "a", "b", "c", "d")
		w.pleas("house.example.gov", "e", "f")
	}
	var posts []*mail.Post
	for range 4 {
		posts = append(posts, w.newPost(live))
	}
	for round := 1; round <= 5; round++ {
		var wg sync.WaitGroup
		for _, post := range posts {
			wg.Go(func() {
				for range 3 {
					if err := post.Work(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		w.wantAccepted(2 * round)
		w.clock.add(73 * time.Second)
	}
	var odd int
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM mail WHERE state <> 'sent' AND (attempts > 0 OR claimed_by IS NOT NULL)`).Scan(&odd)
	if odd != 0 {
		t.Errorf("%d waiting letters were touched", odd)
	}
}

// What is captured reaches no office, so it keeps no pace.
func TestCapturedMailKeepsNoPace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.pleas("senate.example.gov", "a", "a", "a")
	w.work()
	for _, id := range ids {
		w.wantState(id, mail.Captured)
	}
	if list, err := w.post.Paces(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("paces %+v, %v", list, err)
	}
}

func TestExpected(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	ids := w.pleas("senate.example.gov", "a", "b", "a", "c")
	free := w.queue("note", "maya@example.org")
	gone := w.queue("note", "ben@example.org")
	if err := w.db.Read(t.Context()).Exec(`UPDATE mail SET state = 'sent' WHERE id = ?`, gone).Error; err != nil {
		t.Fatal(err)
	}
	w.agree(mail.PaceOfOfficial("a"), 10) // every six minutes
	now := w.clock.now()
	expect := func(id uuid.UUID, before int, in time.Duration) {
		t.Helper()
		all, err := w.post.Expected(t.Context(), append(ids, free, gone, uuid.New())...)
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := all[id]; !ok || e.Before != before || !e.At.Equal(now.Add(in)) {
			t.Errorf("expected %d before, at %v: %+v", before, now.Add(in), all[id])
		}
		if _, ok := all[gone]; ok || len(all) != len(ids)+1 {
			t.Errorf("%d expectations", len(all))
		}
	}
	expect(ids[0], 0, 0)
	expect(ids[1], 1, time.Minute)
	expect(ids[2], 1, 6*time.Minute) // its official is slower than its domain
	expect(ids[3], 3, 3*time.Minute)
	expect(free, 0, 0)
	if all, err := w.post.Expected(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("of nothing: %v, %v", all, err)
	}
	w.work()
	var next time.Time
	w.db.Read(t.Context()).Raw(`SELECT next_at FROM mail_pace WHERE key = 'domain:senate.example.gov'`).Scan(&next)
	all, err := w.post.Expected(t.Context(), ids...)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	if e := all[ids[3]]; e.Before != 2 || !e.At.Equal(next.Add(2*time.Minute)) {
		t.Errorf("after the first: %+v, next %v", e, next)
	}
}

func TestExpectedOfAClosedIntake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	opens := w.clock.now().Add(6 * time.Hour)
	w.post.Register(mail.Kind{Name: "filing", Official: true, Sender: &intake{shut: opens}, Build: w.build})
	id := w.queue("filing", "")
	all, err := w.post.Expected(t.Context(), id)
	if err != nil || !all[id].At.Equal(opens) {
		t.Errorf("%v, %v", all, err)
	}
}

func TestSetPace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	day := w.clock.now()
	for _, c := range []struct {
		key     string
		perHour int
		by      string
		on      time.Time
		want    error
	}{
		{"", 60, "x", day, mail.ErrPaceKey},
		{"domain:", 60, "x", day, mail.ErrPaceKey},
		{"senate.example.gov", 60, "x", day, mail.ErrPaceKey},
		{"domain:maya@example.org", 60, "x", day, mail.ErrPaceKey},
		{"domain:a\nb", 60, "x", day, mail.ErrPaceKey},
		{"domain:senate.example.gov", 0, "x", day, mail.ErrPaceRange},
		{"domain:senate.example.gov", mail.FastestPace + 1, "x", day, mail.ErrPaceRange},
		{"domain:senate.example.gov", 60, " ", day, mail.ErrPaceAgreed},
		{"domain:senate.example.gov", 60, "x", time.Time{}, mail.ErrPaceAgreed},
	} {
		if err := w.post.SetPace(t.Context(), c.key, c.perHour, c.by, c.on); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	key := mail.PaceOfDomain("senate.example.gov")
	w.agree(key, 1)
	w.pleas("senate.example.gov", "a", "b")
	w.work()
	w.agree(key, 120) // the hour that the first set is cut
	w.clock.add(31 * time.Second)
	w.work()
	w.wantAccepted(2)
	list, err := w.post.Paces(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if p := list[0]; p.Key != key || p.PerHour != 120 || p.AgreedBy != "R. Ortiz, clerk" || p.AgreedOn.Format(time.DateOnly) != "2026-11-22" || p.Waiting != 0 {
		t.Errorf("%+v", p)
	}
	w.pleas("senate.example.gov", "a", "b")
	list, err = w.post.Paces(t.Context())
	if err != nil || len(list) != 3 || list[0].Waiting != 2 || list[1].PerHour != mail.PerHour || list[1].Waiting != 1 || list[1].AgreedOn != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestQueueRefusesAddressesAsPaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, keys := range []mail.Keys{{"official:maya@example.org"}, {"x"}, {""}, {"a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9"}} {
		m := mail.Mail{Kind: "plea", SubjectID: uuid.New(), Paces: keys}
		err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) })
		if err == nil || strings.Contains(err.Error(), "maya") {
			t.Errorf("%q: %v", keys, err)
		}
	}
}

// A refused letter used its turn, and its next try takes one again.
func TestRetriesKeepThePace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.server.Answer(mailtest.Times(1, mailtest.To, mailtest.Refuse(451, 4, 7, 1)))
	ids := w.pleas("senate.example.gov", "a", "b")
	w.work()
	w.wantState(ids[0], mail.Deferred)
	w.wantState(ids[1], mail.Queued)
	w.clock.add(75 * time.Second)
	w.work()
	w.wantState(ids[1], mail.Sent)
	w.clock.add(75 * time.Second)
	w.work()
	w.wantState(ids[0], mail.Sent)
}

// A pace faster than the sweeps is kept by a worker that waits for the turn.
func TestFastPaceNeedsNoSweep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live, func(o *mail.Options) { o.Now = time.Now })
	mail.Wait(w.post, 5*time.Second)
	w.agree(mail.PaceOfDomain("senate.example.gov"), mail.FastestPace)
	for i := range 3 {
		m := mail.Mail{ID: uuid.Must(uuid.NewV7()), Kind: "plea", SubjectID: uuid.New(), Paces: mail.Keys{mail.PaceOfDomain("senate.example.gov")}}
		w.people[m.SubjectID] = fmt.Sprintf("p%d@senate.example.gov", i)
		if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) }); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	w.work()
	w.wantAccepted(3)
	if took := time.Since(began); took < 1600*time.Millisecond {
		t.Errorf("three letters in %v, at one a second", took)
	}
}

// backlog writes letters straight into the table: many of one domain, a few of others, and notes.
func (w *world) backlog(mails int) {
	w.t.Helper()
	subject := uuid.New()
	w.people[subject] = "clerk@senate.example.gov"
	err := w.db.Read(w.t.Context()).Exec(`
		INSERT INTO mail (id, kind, subject_id, state, message_id, unasked, not_before, attempts, last_code, last_enhanced, created_at, paces)
		SELECT gen_random_uuid(), 'plea', @subject, 'queued', gen_random_uuid()::text, false, CAST(@now AS timestamptz) - n * interval '1 second', 0, 0, '', CAST(@now AS timestamptz),
			ARRAY['domain:senate.example.gov', 'official:' || n % 200]
		FROM generate_series(1, @mails) AS n`, map[string]any{"now": w.clock.now(), "mails": mails, "subject": subject}).Error
	if err == nil {
		err = w.db.Read(w.t.Context()).Exec(`ANALYZE mail`).Error
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// 20,000 letters that wait behind one domain cost the others nothing.
func TestBacklogOfOneDomainHoldsUpNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.backlog(20_000)
	w.work() // takes the domain's turn
	var ids []uuid.UUID
	for i := range 40 {
		ids = append(ids, w.pleas(fmt.Sprintf("house%d.example.gov", i), fmt.Sprintf("z%d", i))...)
	}
	free := w.queue("note", "maya@example.org")
	began := time.Now()
	w.work()
	took := time.Since(began)
	for _, id := range append(ids, free) {
		w.wantState(id, mail.Sent)
	}
	began = time.Now()
	for range 20 {
		w.work()
	}
	t.Logf("41 mails beside 20,000 in %v; a look that finds nothing takes %v", took, time.Since(began)/20)
	if each := time.Since(began) / 20; each > 250*time.Millisecond {
		t.Errorf("looking for work takes %v", each)
	}
}

func TestExplainClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.backlog(20_000)
	explain := func(what, query string, args map[string]any) {
		var lines []string
		if err := w.db.Read(t.Context()).Raw(`EXPLAIN (ANALYZE, BUFFERS) `+query, args).Scan(&lines).Error; err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(lines, "\n")
		t.Logf("%s:\n%s", what, plan)
		if strings.Contains(plan, "Seq Scan on mail ") || strings.Contains(plan, "Seq Scan on mail\n") {
			t.Errorf("%s reads the whole table", what)
		}
	}
	args := map[string]any{"now": w.clock.now(), "kinds": mail.Keys{"plea", "note"}, "limit": 50, "worker": uuid.New(), "lease": w.clock.now().Add(time.Minute)}
	explain("claim of a domain that is free", mail.ClaimPacedSQL, args)
	if err := w.db.Read(t.Context()).Exec(`INSERT INTO mail_pace (key, next_at) VALUES ('domain:senate.example.gov', ?)`, w.clock.now().Add(time.Minute)).Error; err != nil {
		t.Fatal(err)
	}
	explain("claim of a domain that is not", mail.ClaimPacedSQL, args)
	var last string
	w.db.Read(t.Context()).Raw(`SELECT id::text FROM mail ORDER BY not_before DESC LIMIT 1`).Scan(&last)
	explain("when the last goes", mail.QueuesSQL, map[string]any{"ids": "{" + last + "}"})
	explain("next turn", mail.NextTurnSQL, map[string]any{"now": w.clock.now(), "before": w.clock.now().Add(5 * time.Second), "kinds": mail.Keys{"plea"}})
	explain("claim of the others", mail.ClaimFreeSQL, args)
}

// Keys come back from the database as they went there.
func TestKeysSurviveTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		keys := mail.Keys(rapid.SliceOfN(rapid.StringMatching(`[^\x00]{0,12}`), 0, 5).Draw(t, "keys"))
		var back struct{ Keys mail.Keys }
		if err := w.db.Read(context.Background()).Raw(`SELECT CAST(? AS text[]) AS keys`, keys).Scan(&back).Error; err != nil {
			t.Fatalf("%q: %v", keys, err)
		}
		if fmt.Sprintf("%q", []string(back.Keys)) != fmt.Sprintf("%q", []string(keys)) {
			t.Fatalf("%q came back as %q", keys, back.Keys)
		}
	})
}

func FuzzKeys(f *testing.F) {
	for _, s := range []string{"{}", "{a,b}", `{"a\"b","c\\"}`, "{", "{a,}", `{"a`, "{{a}}", "NULL"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var k mail.Keys
		if k.Scan(text) != nil {
			return
		}
		value, err := k.Value()
		if err != nil {
			t.Fatal(err)
		}
		var again mail.Keys
		if err := again.Scan(value); err != nil || fmt.Sprintf("%q", again) != fmt.Sprintf("%q", k) {
			t.Fatalf("%q: %q then %q, %v", text, k, again, err)
		}
	})
}
