package mail

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// The schedule as a whole: it waits at least 48 seconds and at most five hours between attempts, longer and longer, ends at
// 48 hours exactly, and needs a bounded number of attempts.
func TestRetrySchedule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now, attempts := start, 1
		for {
			at, give := retry(attempts, start, now)
			if give {
				break
			}
			pause := at.Sub(now)
			if last := at.Equal(start.Add(trying)); !last && (pause < firstWait*4/5 || pause > longWait*6/5) {
				t.Fatalf("attempt %d waits %v", attempts, pause)
			}
			if at.After(start.Add(trying)) {
				t.Fatalf("attempt %d after the end", attempts)
			}
			if want := wait(firstWait, longWait, attempts); pause > want*6/5 {
				t.Fatalf("attempt %d waits %v, meant %v", attempts, pause, want)
			}
			now = at.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "late")) * time.Second) // workers come when they can
			if attempts++; attempts > 40 {
				t.Fatal("no end")
			}
		}
		if now.Before(start.Add(trying)) || attempts < 12 {
			t.Fatalf("gave up after %v and %d attempts", now.Sub(start), attempts)
		}
	})
}

func TestCircuitRestsLongerEachTime(t *testing.T) {
	t.Parallel()
	var c circuit
	now, longest := start, time.Duration(0)
	for i := range 20 {
		if c.open(now) {
			t.Fatal("open before a failure")
		}
		c.trip(now)
		c.trip(now) // a second worker meets the same failure: counted once
		rest := c.until.Sub(now)
		if rest < shortRest*4/5 || rest > longRest*6/5 {
			t.Fatalf("rest %d is %v", i, rest)
		}
		if !c.open(now.Add(rest - 1)) {
			t.Fatal("closed too early")
		}
		longest = max(longest, rest)
		now = c.until
	}
	if longest < longRest*4/5 {
		t.Fatalf("rests at most %v", longest)
	}
	c.reset()
	c.trip(now)
	if c.until.Sub(now) > shortRest*6/5 {
		t.Fatal("a success did not shorten the rest")
	}
}
