package abuse

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Trends remembers for an hour how many forms each network sent about each issue, so that an operator sees where a flood comes
// from. It is memory alone: nothing of it is stored or logged, it ends with the process, and a network (IPv4 /24, IPv6 /48)
// that sent few is never told. Each node of a fleet knows its own.
type Trends struct {
	now func() time.Time
	mu  sync.Mutex
	// parts are counts of ten minutes each, by the number of ten minutes since 1970.
	parts map[int64]map[trendKey]int
}

type trendKey struct {
	issue   string
	network netip.Prefix
}

const (
	trendPart  = 10 * time.Minute
	trendParts = 6
	trendMost  = 4096 // networks in one part; then those that sent one form are forgotten
	trendLeast = 5    // forms from which on a network is told
)

// Trend is a network that sent many forms within the hour.
type Trend struct {
	Issue   string       `json:"issue"`
	Network netip.Prefix `json:"network"`
	Forms   int          `json:"forms"`
}

// NewTrends returns trends that remember nothing yet. A nil clock is time.Now.
func NewTrends(now func() time.Time) *Trends {
	if now == nil {
		now = time.Now
	}
	return &Trends{now: now, parts: map[int64]map[trendKey]int{}}
}

// Note counts a form that was taken.
func (t *Trends) Note(issue string, from netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.turn()
	part := t.parts[at]
	if part == nil {
		part = map[trendKey]int{}
		t.parts[at] = part
	}
	k := trendKey{issue, Network(from)}
	if _, known := part[k]; !known && len(part) >= trendMost {
		for other, n := range part {
			if n == 1 {
				delete(part, other)
			}
		}
		if len(part) >= trendMost {
			return // all of them send more than this one
		}
	}
	part[k]++
}

// Top are the networks that sent the most about an issue ("": any) within the hour, the busiest first, limit at most.
func (t *Trends) Top(issue string, limit int) []Trend {
	t.mu.Lock()
	t.turn()
	sums := map[trendKey]int{}
	for _, part := range t.parts {
		for k, n := range part {
			if issue == "" || k.issue == issue {
				sums[k] += n
			}
		}
	}
	t.mu.Unlock()
	list := []Trend{}
	for k, n := range sums {
		if n >= trendLeast {
			list = append(list, Trend{k.issue, k.network, n})
		}
	}
	slices.SortFunc(list, func(a, b Trend) int {
		return cmp.Or(cmp.Compare(b.Forms, a.Forms), cmp.Compare(a.Network.String(), b.Network.String()), cmp.Compare(a.Issue, b.Issue))
	})
	return list[:min(limit, len(list))]
}

// turn forgets what is older than an hour, and gives the number of the part that is now.
func (t *Trends) turn() int64 {
	at := t.now().Unix() / int64(trendPart/time.Second)
	for part := range t.parts {
		if part <= at-trendParts || part > at {
			delete(t.parts, part)
		}
	}
	return at
}
