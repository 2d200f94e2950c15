package mail

import (
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstWait = time.Minute    // greylisting servers commonly let a second try through after minutes
	longWait  = 4 * time.Hour  // RFC 5321 §4.5.4.1 asks for retries at least every few hours
	trying    = 48 * time.Hour // after that a failure is told as such
)

// retry says when a mail that was refused for now is tried again: after a minute, then twice as long each time up to four
// hours, each with a fifth of jitter, the last time when 48 hours of trying end. give is true when they have ended.
func retry(attempts int, tried, now time.Time) (at time.Time, give bool) {
	end := tried.Add(trying)
	if !now.Before(end) {
		return time.Time{}, true
	}
	at = now.Add(jitter(wait(firstWait, longWait, attempts)))
	if at.After(end) {
		at = end
	}
	return at, false
}

// wait doubles from first with each attempt (counted from 1) up to longest.
func wait(first, longest time.Duration, attempts int) time.Duration {
	d := first
	for range attempts - 1 {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return d
}

// jitter moves d by up to a fifth either way, so that mails refused together don't come back together.
func jitter(d time.Duration) time.Duration {
	return d - d/5 + time.Duration(rand.Int64N(int64(d/5*2)+1)) //nolint:gosec // spreads load, guards nothing
}

const (
	shortRest = 5 * time.Second
	longRest  = 5 * time.Minute
)

// circuit keeps workers from a server that is away: after a failed connection nothing is tried for a while, longer each
// time it fails again.
type circuit struct {
	mu       sync.Mutex
	failures int
	until    time.Time
}

func (c *circuit) open(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Before(c.until)
}

func (c *circuit) trip(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.until) {
		return // another worker met the same failure
	}
	c.failures++
	c.until = now.Add(jitter(wait(shortRest, longRest, c.failures)))
}

func (c *circuit) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures, c.until = 0, time.Time{}
}
