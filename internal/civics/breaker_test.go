package civics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
)

// guarded is a stand-in behind a guard, and the guard's log.
func guarded() (*civicstest.Census, civics.Geocoder, *bytes.Buffer) {
	census, log := civicstest.NewCensus(), &bytes.Buffer{}
	return census, civics.Guard(census.Geocoder(), slog.New(slog.NewTextHandler(log, nil))), log
}

func street(n int) string { return fmt.Sprintf("%d Bannock St, Denver, CO 80203", n) }

// unavailable fails the test unless err is a fault that says when to come back.
func unavailable(t *testing.T, what string, err error, key string, comeBack bool) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Kind != fault.KindUnavailable || f.Key != key || comeBack != (f.RetryAfter > 0) {
		t.Errorf("%s: %v", what, err)
	}
}

// A dead geocoder is left alone after 12 failures, tried again after the pause,
// once, and trusted again when that went well.
func TestGuardLeavesADeadGeocoderAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		census, g, log := guarded()
		census.Behave(civicstest.HangingUp)
		for n := range 12 {
			_, err := g.Address(t.Context(), 119, street(n))
			unavailable(t, "dead", err, "civics.geocoder.down", false)
		}
		asked := census.Asked()
		_, err := g.Address(t.Context(), 119, civicstest.Denver)
		unavailable(t, "open", err, "civics.geocoder.down", true)
		if _, err = g.Point(t.Context(), 119, 39.7389, -104.9902); fault.KindOf(err) != fault.KindUnavailable || census.Asked() != asked {
			t.Errorf("asked %d times more: %v", census.Asked()-asked, err)
		}
		time.Sleep(40 * time.Second)
		if _, err = g.Address(t.Context(), 119, civicstest.Denver); fault.KindOf(err) != fault.KindUnavailable || census.Asked() != asked+2 {
			t.Errorf("the trial asked %d times: %v", census.Asked()-asked, err)
		}
		_, err = g.Address(t.Context(), 119, civicstest.Denver)
		unavailable(t, "open again", err, "civics.geocoder.down", true)
		census.Behave(civicstest.Well)
		time.Sleep(40 * time.Second)
		for range 3 {
			if found, err := g.Address(t.Context(), 119, civicstest.Denver); err != nil || len(found) != 1 {
				t.Errorf("well again: %v", err)
			}
		}
		for _, want := range []string{"not asked for a while", "tried again", "answers again"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log doesn't say %q", want)
			}
		}
		if strings.Contains(strings.ToUpper(log.String()), "BANNOCK") || strings.Contains(log.String(), "39.7") {
			t.Error("the log says what was asked")
		}
	})
}

// Three visitors wait for a slow geocoder, the fourth doesn't. What isn't known
// and who has left are no failures.
func TestGuardOfASlowGeocoder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		census, g, _ := guarded()
		for range 40 {
			if found, err := g.Address(t.Context(), 119, civicstest.Unknown); err != nil || len(found) != 0 {
				t.Fatalf("no match: %v", err)
			}
			if _, err := g.Point(t.Context(), 119, 0, 0); fault.KindOf(err) != fault.KindNotFound {
				t.Fatalf("a point at sea: %v", err)
			}
			gone, leave := context.WithCancel(t.Context())
			leave()
			if _, err := g.Address(gone, 119, civicstest.Denver); fault.KindOf(err) != fault.KindUnavailable || !errors.Is(err, context.Canceled) {
				t.Fatalf("who has left: %v", err)
			}
			short, leave := context.WithTimeout(t.Context(), time.Millisecond)
			census.Behave(civicstest.Silent, civicstest.Well)
			_, err := g.Address(short, 119, civicstest.Denver)
			leave()
			if fault.KindOf(err) != fault.KindUnavailable {
				t.Fatalf("who leaves: %v", err)
			}
			synctest.Wait()
			time.Sleep(time.Minute) // the second try is answered
		}
		census.Behave(civicstest.Silent)
		for n := range 3 {
			_, err := g.Address(t.Context(), 119, street(n))
			unavailable(t, "slow", err, "civics.geocoder.down", false)
		}
		asked, began := census.Asked(), time.Now()
		_, err := g.Address(t.Context(), 119, civicstest.Denver)
		unavailable(t, "open", err, "civics.geocoder.down", true)
		if census.Asked() != asked || !time.Now().Equal(began) {
			t.Error("the fourth visitor waits")
		}
	})
}

// A good answer between failures keeps the geocoder in use.
func TestGuardCountsFailuresInARow(t *testing.T) {
	t.Parallel()
	census, g, _ := guarded()
	for range 5 {
		census.Behave(civicstest.Failing)
		for n := range 11 {
			if _, err := g.Address(t.Context(), 119, street(n)); err == nil {
				t.Fatal("no failure")
			}
		}
		census.Behave(civicstest.Well)
		if _, err := g.Address(t.Context(), 119, civicstest.Denver); err != nil {
			t.Fatal(err)
		}
	}
}

// A crowd before a slow geocoder is not let through all at once, and who leaves
// doesn't make room for more.
func TestGuardBoundsQuestions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		census, g, _ := guarded()
		census.Behave(civicstest.Silent)
		ctx, leave := context.WithCancel(t.Context())
		var visitors sync.WaitGroup
		for n := range 32 {
			visitors.Go(func() { _, _ = g.Address(ctx, 119, street(n)) })
		}
		synctest.Wait()
		_, err := g.Address(t.Context(), 119, civicstest.Denver)
		unavailable(t, "one too many", err, "civics.geocoder.busy", true)
		leave()
		visitors.Wait()
		_, err = g.Address(t.Context(), 119, civicstest.Denver)
		unavailable(t, "after they left", err, "civics.geocoder.busy", true)
		if census.Asked() != 32 {
			t.Errorf("asked %d times", census.Asked())
		}
		census.Behave(civicstest.Well)
		time.Sleep(2 * time.Minute)
		if found, err := g.Address(t.Context(), 119, civicstest.Denver); err != nil || len(found) != 1 {
			t.Errorf("later: %v", err)
		}
	})
}

// Who asks much at once, and doesn't wait for the answers, leaves room for others.
func TestGuardBoundsQuestionsOfOneAsker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		census, g, _ := guarded()
		census.Behave(civicstest.Silent)
		robot, leave := context.WithCancel(civics.WithAsker(t.Context(), "robot"))
		var questions sync.WaitGroup
		for n := range 8 {
			questions.Go(func() { _, _ = g.Address(robot, 119, street(n)) })
		}
		synctest.Wait()
		leave()
		questions.Wait()
		_, err := g.Point(civics.WithAsker(t.Context(), "robot"), 119, 39.7389, -104.9902)
		unavailable(t, "one too many", err, "civics.geocoder.busy", true)
		census.Behave(civicstest.Well)
		if found, err := g.Address(civics.WithAsker(t.Context(), "visitor"), 119, civicstest.Denver); err != nil || len(found) != 1 {
			t.Errorf("another asker: %v", err)
		}
		time.Sleep(2 * time.Minute)
		for range 20 { // each answered question makes room again
			if found, err := g.Address(civics.WithAsker(t.Context(), "robot"), 119, civicstest.Denver); err != nil || len(found) != 1 {
				t.Fatalf("later: %v", err)
			}
		}
	})
}

type panicking struct{ civics.Geocoder }

func (panicking) Address(context.Context, int, string) ([]civics.Place, error) {
	panic(civicstest.Denver)
}

// A client that panics ends no program, and its words stay out of error and log.
func TestGuardOfAClientThatPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	_, err := civics.Guard(panicking{}, slog.New(slog.NewTextHandler(&log, nil))).Address(t.Context(), 119, civicstest.Denver)
	silent(t, "a panic", err)
	if strings.Contains(log.String(), "Bannock") || !strings.Contains(log.String(), "panicked") {
		t.Errorf("the log: %s", log.String())
	}
}
