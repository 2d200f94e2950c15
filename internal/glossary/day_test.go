package glossary_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// calendar is a glossary with the terms a to d in a zone, at a time that can be moved.
type calendar struct {
	*glossary.Glossary
	db  *postgres.DB
	now time.Time
}

func denver(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func newCalendar(t *testing.T) *calendar {
	t.Helper()
	c := &calendar{db: postgrestest.New(t), now: time.Date(2026, 11, 28, 12, 0, 0, 0, denver(t))}
	c.Glossary = glossary.New(c.db, glossary.InZone(denver(t)), glossary.WithClock(func() time.Time { return c.now }))
	for _, slug := range []string{"c", "a", "d", "b"} {
		c.exec(t, `INSERT INTO term (slug, lang, title, definition, pronunciation, theme, body) VALUES (?, 'en', ?, 'd', '', 't', 'More.')`, slug, "Term "+slug)
	}
	return c
}

func (c *calendar) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	err := c.db.InTx(t.Context(), func(tx *postgres.Tx) error { return tx.Exec(sql, args...).Error })
	if err != nil {
		t.Fatal(err)
	}
}

// today is the slug of today's term.
func (c *calendar) today(t *testing.T) string {
	t.Helper()
	term, err := c.OfDay(t.Context(), c.DateAt(c.now))
	if err != nil {
		t.Fatal(err)
	}
	return term.Slug
}

func (c *calendar) recorded(t *testing.T) (n int) {
	t.Helper()
	if err := c.db.Read(t.Context()).Raw("SELECT count(*) FROM term_day").Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRowsFitTheirTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), &glossary.TermDay{}, &glossary.TermQueue{})
}

func TestEachDayHasATermAndTheQueueComesFirst(t *testing.T) {
	t.Parallel()
	c := newCalendar(t)
	var got []string
	for day := range 9 {
		if day == 2 {
			if err := c.Enqueue(t.Context(), "d", "a", "d"); err != nil {
				t.Fatal(err)
			}
		}
		first := c.today(t)
		c.now = c.now.Add(11*time.Hour + 59*time.Minute)
		if again := c.today(t); again != first {
			t.Errorf("the term of a day becomes %s from %s before midnight", again, first)
		}
		got = append(got, first)
		c.now = c.now.Add(12*time.Hour + time.Minute)
	}
	if order := strings.Join(got, ""); order != "abdacbdac" {
		t.Errorf("the terms come as %s", order)
	}
	queue, err := c.Queue(t.Context())
	if err != nil || len(queue) != 0 {
		t.Errorf("the queue still holds %v, %v", queue, err)
	}
	days, err := c.Days(t.Context(), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), 2)
	if err != nil || len(days) != 2 || days[0].Date.Format(time.DateOnly) != "2026-11-30" || days[0].Term.Slug != "d" || days[1].Term.Slug != "b" || days[1].Term.Title != "Term b" {
		t.Errorf("days: %+v, %v", days, err)
	}
	if next, err := c.DayAfter(t.Context(), days[0].Date); err != nil || len(next) != 1 || next[0].Term.Slug != "a" {
		t.Errorf("the day after: %+v, %v", next, err)
	}
}

func TestOnlyTodayIsChosen(t *testing.T) {
	t.Parallel()
	c := newCalendar(t)
	today := c.DateAt(c.now)
	for _, day := range []time.Time{today.AddDate(0, 0, -1), today.AddDate(0, 0, 1), {}} {
		if _, err := c.OfDay(t.Context(), day); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s: %v", day.Format(time.DateOnly), err)
		}
	}
	// The evening of the 28th in Denver is the 29th in UTC; the date that a time shows counts.
	c.now = time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	if !c.DateAt(c.now).Equal(today) {
		t.Errorf("the date is %s", c.DateAt(c.now))
	}
	if _, err := c.OfDay(t.Context(), c.now.In(denver(t))); err != nil {
		t.Error(err)
	}
	if n := c.recorded(t); n != 1 {
		t.Errorf("%d days are recorded", n)
	}
}

func TestAllWhoAskAtOnceGetTheSameTerm(t *testing.T) {
	t.Parallel()
	c := newCalendar(t)
	if err := c.Enqueue(t.Context(), "c", "b"); err != nil {
		t.Fatal(err)
	}
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		got  = map[string]int{}
	)
	for range 16 {
		wait.Go(func() {
			term, err := c.OfDay(context.WithoutCancel(t.Context()), c.DateAt(c.now))
			mu.Lock()
			defer mu.Unlock()
			got[fmt.Sprintf("%s %v", term.Slug, err)]++
		})
	}
	wait.Wait()
	if got["c <nil>"] != 16 {
		t.Errorf("answers: %v", got)
	}
	if queue, err := c.Queue(t.Context()); err != nil || len(queue) != 1 || queue[0].Slug != "b" {
		t.Errorf("the queue: %v, %v", queue, err)
	}
}

func TestTermsThatAreGoneAreSkipped(t *testing.T) {
	t.Parallel()
	c := newCalendar(t)
	if err := c.Enqueue(t.Context(), "d", "c", "b"); err != nil {
		t.Fatal(err)
	}
	c.exec(t, "DELETE FROM term WHERE slug = 'd'")
	if queue, err := c.Queue(t.Context()); err != nil || len(queue) != 2 {
		t.Errorf("the queue: %v, %v", queue, err)
	}
	if got := c.today(t); got != "c" {
		t.Errorf("today is %s", got)
	}
	c.exec(t, "DELETE FROM term WHERE slug = 'c'")
	if got := c.today(t); got != "b" {
		t.Errorf("once its term is gone, today is %s", got)
	}
	yesterday := c.now
	c.now = c.now.AddDate(0, 0, 1)
	c.exec(t, "DELETE FROM term WHERE slug = 'b'")
	if _, err := c.OfDay(t.Context(), yesterday); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a past day isn't chosen anew: %v", err)
	}
	if got := c.today(t); got != "a" {
		t.Errorf("today is %s", got)
	}
	c.exec(t, "DELETE FROM term")
	if _, err := c.OfDay(t.Context(), c.now); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("without any term: %v", err)
	}
}

func TestADatabaseThatOnlyReadsShowsTheSameTerm(t *testing.T) {
	t.Parallel()
	c := newCalendar(t)
	c.today(t) // "a", so that the next is not the first of all
	c.now = c.now.AddDate(0, 0, 1)
	for _, at := range []struct {
		readOnly string
		recorded int
	}{{"on", 1}, {"off", 2}} {
		c.onlyReads(t, at.readOnly)
		if got := c.today(t); got != "b" {
			t.Errorf("read only %s: today is %s", at.readOnly, got)
		}
		if n := c.recorded(t); n != at.recorded {
			t.Errorf("read only %s: %d days are recorded", at.readOnly, n)
		}
	}
}

// onlyReads turns on or off that new connections to the database can't write.
func (c *calendar) onlyReads(t *testing.T, setting string) {
	t.Helper()
	err := c.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		var name string
		if err := tx.Exec("SET TRANSACTION READ WRITE").Error; err != nil {
			return err
		}
		if err := tx.Raw("SELECT quote_ident(current_database())").Scan(&name).Error; err != nil {
			return err
		}
		return tx.Exec("ALTER DATABASE " + name + " SET default_transaction_read_only = " + setting).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	c.db.Pool.Reset()
}

func TestTheQueueTakesTermsOnly(t *testing.T) {
	t.Parallel()
	c := newCalendar(t)
	if err := c.Enqueue(t.Context(), "a", "nothing"); err == nil || !strings.Contains(err.Error(), `"nothing"`) {
		t.Errorf("got %v", err)
	}
	if queue, _ := c.Queue(t.Context()); len(queue) != 0 {
		t.Errorf("half of it waits: %v", queue)
	}
	if err := c.Enqueue(t.Context(), "c", "a", "b"); err != nil {
		t.Fatal(err)
	}
	if err := c.Unqueue(t.Context(), "a", "d"); err == nil {
		t.Error("what doesn't wait was taken out")
	}
	if err := c.Unqueue(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	queue, err := c.Queue(t.Context())
	if err != nil || len(queue) != 2 || queue[0].Slug != "a" || queue[1].Slug != "b" {
		t.Errorf("the queue: %v, %v", queue, err)
	}
}
