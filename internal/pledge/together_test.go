package pledge_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"redress/internal/mail"
	"redress/internal/pledge"
	"redress/internal/supporter"
)

// node is another program on the world's database, with its clock and secret.
func (w *world) node(t testing.TB) *pledge.Pledges {
	t.Helper()
	post := mail.New(w.db, mail.Options{Domain: "center.example", Now: w.clock.now})
	for _, kind := range []string{pledge.MailConfirm, pledge.MailAlready, pledge.MailFull} {
		post.Register(mail.Kind{Name: kind, Unasked: true, Render: func(context.Context, mail.Mail) (mail.Message, error) { return mail.Message{}, nil }})
	}
	p := pledge.New(w.db, w.box, post, pledge.Options{Supporters: supporter.New(w.db, w.box, w.clock.now), Now: w.clock.now})
	t.Cleanup(p.Close)
	return p
}

// A row that PostgreSQL refuses must not keep those who came with it from being
// written, whole and with their mails.
func TestNeighboursOfARefusedRowAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	if err := w.db.Gorm.Exec(`
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON signature FOR EACH ROW WHEN (NEW.state_code = 'GA') EXECUTE FUNCTION refuse();`).Error; err != nil {
		t.Fatal(err)
	}
	all(t, 60, func(i int) error {
		s := person(slug, i)
		if i%10 == 3 {
			s.Zip = "30301"
		}
		_, err := w.Sign(context.Background(), s)
		if (err != nil) != (i%10 == 3) {
			return fmt.Errorf("%d: %w", i, err)
		}
		return nil
	})
	for table, want := range map[string]int64{"signature": 54, "signature_person": 54, "mail": 54} {
		if n := w.one(t, `SELECT count(*) FROM `+table); n != want {
			t.Errorf("%d rows of %s, want %d", n, table, want)
		}
	}
}

// Whoever leaves while their signature is written is kept whole or not at all.
func TestWhoLeavesIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	all(t, 200, func(i int) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%20)*time.Millisecond)
		defer cancel()
		_, err := w.Sign(ctx, person(slug, i))
		if err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	})
	w.Close() // writes who still waits
	if n := w.one(t, `
		SELECT count(*) FROM signature s FULL JOIN signature_person p ON signature_id = s.id FULL JOIN mail m ON m.subject_id = s.id
		WHERE s.id IS NULL OR p.signature_id IS NULL OR m.id IS NULL`); n != 0 {
		t.Errorf("%d are kept by half", n)
	}
}

// Two nodes count in rows of their own, and each sees what both have counted.
func TestNodesCountInRowsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	other := w.node(t)
	const people = 40
	all(t, people, func(i int) error {
		_, err := w.Sign(context.Background(), person(slug, i))
		return err
	})
	var tokens []string
	for _, m := range w.mails(t) {
		note, err := w.Note(t.Context(), m.Kind, m.SubjectID)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, note.Token)
	}
	all(t, 2*people, func(i int) error {
		node := []*pledge.Pledges{w.Pledges, other}[i%2] // each link is pressed at both
		_, err := node.Confirm(context.Background(), tokens[i/2])
		return err
	})
	if n := w.one(t, `SELECT count(*) FROM pledge_counter`); n != 2 {
		t.Errorf("two nodes count in %d rows", n)
	}
	w.mustCount(t, slug, people)
	if c, err := other.Count(t.Context(), slug); err != nil || c.Confirmed != people {
		t.Errorf("the other node says %d, %v", c.Confirmed, err)
	}
	if err := other.Audit(t.Context()); err != nil {
		t.Error(err)
	}
	for _, drifted := range []func() (uint64, bool){other.Drifted, other.ResultsDrifted} {
		if off, audited := drifted(); off != 0 || !audited {
			t.Errorf("off by %d, audited %v", off, audited)
		}
	}
	other.Close()
	if n := w.one(t, `SELECT count(*) FROM pledge_counter_node`); n != 1 {
		t.Errorf("%d nodes hold a slot after one has stopped", n)
	}
	if err := w.db.Gorm.Exec(`UPDATE pledge_counter SET confirmed = confirmed + 3 WHERE slot = (SELECT min(slot) FROM pledge_counter)`).Error; err != nil {
		t.Fatal(err)
	}
	if err := w.Audit(t.Context()); err != nil {
		t.Error(err)
	}
	for _, drifted := range []func() (uint64, bool){w.Drifted, w.ResultsDrifted} {
		if off, _ := drifted(); off != 3 {
			t.Errorf("a drift of 3 is told as %d", off)
		}
	}
}

// A table of results that lost something is found, though all counters are right.
func TestTheAuditFindsResultsThatDrifted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for n := range 3 {
		w.signed(t, person(slug, n))
	}
	audit := func() uint64 {
		if err := w.Audit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if off, _ := w.Drifted(); off != 0 {
			t.Errorf("counters are off by %d", off)
		}
		off, _ := w.ResultsDrifted()
		return off
	}
	if off := audit(); off != 0 {
		t.Errorf("before they are gathered: off by %d", off)
	}
	if err := w.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, spoil := range []struct {
		table, to string
		off       uint64
	}{{"pledge_day_tally", "n - 1", 1}, {"pledge_state_tally", "n + 2", 2}, {"pledge_zip_tally", "n - 3", 3}} {
		if off := audit(); off != spoil.off-1 {
			t.Errorf("before %s is spoiled: off by %d", spoil.table, off)
		}
		if err := w.db.Gorm.Exec(`UPDATE ` + spoil.table + ` SET n = ` + spoil.to).Error; err != nil {
			t.Fatal(err)
		}
		if off := audit(); off != spoil.off {
			t.Errorf("%s is off by %d, told as %d", spoil.table, spoil.off, off)
		}
	}
}

// A node hears of counts also when nobody tells: the one that counted was killed.
func TestCountsAreSeenThoughNobodyTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	w.clock.turn(time.Minute)
	if c, err := w.Count(t.Context(), slug); err != nil || c.Confirmed != 1 {
		t.Fatal(c, err)
	}
	moved := make(chan string, 10)
	go w.Watch(t.Context(), func(tag string) { moved <- tag })
	select {
	case tag := <-moved:
		t.Errorf("%s has moved, and nothing happened", tag)
	case <-time.After(1500 * time.Millisecond):
	}
	begun := time.Now()
	if err := w.db.Gorm.Exec(`UPDATE pledge_counter SET confirmed = confirmed + 1`).Error; err != nil {
		t.Fatal(err)
	}
	if tag := <-moved; tag != pledge.Tag(slug) || time.Since(begun) > 2*time.Second {
		t.Errorf("%s after %v", tag, time.Since(begun))
	}
	if c, err := w.Count(t.Context(), slug); err != nil || c.Confirmed != 2 { // the clock stands: what was remembered is dropped
		t.Errorf("count is %d, %v", c.Confirmed, err)
	}
}

// A ZIP code that can't be opened is no reason to lose a signer, and no secret.
func TestAZipCodeThatCannotBeOpenedIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	var log bytes.Buffer
	node := pledge.New(w.db, w.box, nil, pledge.Options{
		Supporters: supporter.New(w.db, w.box, w.clock.now), Now: w.clock.now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	defer node.Close()
	w.signed(t, ana(slug))
	if err := w.db.Gorm.Exec(`UPDATE signature_event SET zip = zip || '\x00'::bytea`).Error; err != nil {
		t.Fatal(err)
	}
	if err := node.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.one(t, `SELECT sum(n) FROM pledge_zip_tally WHERE zip = ''`); n != 1 || !strings.Contains(log.String(), "could not be opened") || !strings.Contains(log.String(), "signatures=1") {
		t.Errorf("%d without a ZIP code; the log says %s", n, &log)
	}
}
