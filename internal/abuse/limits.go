// Package abuse keeps one visitor from taking what is there for all: limits per network, and a honeypot for simple robots.
package abuse

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"redress/internal/fault"
)

// Options configure [New].
type Options struct {
	On    bool             // false: every action is allowed (load tests on loopback)
	Clock func() time.Time // nil: time.Now
	Max   int              // counters remembered at once over all actions; 0: 200,000 (about 25 MB)
}

// Limits counts actions per network, an IPv4 /24 or an IPv6 /48: a household or a small office has one, and a robot that can
// change its address within its network gains nothing. It is safe for concurrent use, and its memory is bounded: under a
// flood from more networks than it remembers, the networks that have been quiet longest are forgotten first.
type Limits struct {
	on     bool
	now    func() time.Time
	rules  map[string]Rule
	seed   maphash.Seed
	shards [shards]shard
}

const shards = 64

// New returns limits that remember nothing yet.
func New(o Options) *Limits {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Max <= 0 {
		o.Max = 200_000
	}
	l := &Limits{on: o.On, now: o.Clock, rules: rules, seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].max = max(1, o.Max/shards)
		l.shards[i].counters = map[key]*counter{}
	}
	return l
}

// Allow counts one action by an address and says whether it may go on. If not, nothing is counted, and it returns a fault of
// kind Busy with the key "abuse.slow_down" and the time after which the action would be allowed.
//
// An action without a rule of its own gets [Default]. An address that is not known counts with all other unknown ones.
func (l *Limits) Allow(action string, ip netip.Addr) error {
	if !l.on {
		return nil
	}
	rule, ok := l.rules[action]
	if !ok {
		action, rule = "", Default
	}
	k := key{action, Network(ip)}
	if after := l.shards[maphash.Comparable(l.seed, k)%shards].take(k, rule, l.now()); after > 0 {
		return fault.Busy("abuse.slow_down", after)
	}
	return nil
}

// Network is the network that an address counts for.
func Network(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	network, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // not an address
	}
	return network
}

type key struct {
	action  string
	network netip.Prefix
}

// counter holds two fixed windows, each beginning with the first action in it.
type counter struct {
	key
	burst, day           int
	burstBegan, dayBegan time.Time
	older, newer         *counter // neighbors in the order of last use
}

// shard is a part of the counters with a lock of its own, and a list of them by last use.
type shard struct {
	mu             sync.Mutex
	max            int
	counters       map[key]*counter
	oldest, newest *counter
}

// take counts an action, or says how long to wait if one of the two windows is full.
func (s *shard) take(k key, r Rule, now time.Time) (after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counters[k]
	if c == nil {
		c = &counter{key: k, burstBegan: now, dayBegan: now}
		s.counters[k] = c
	} else {
		s.unlink(c)
	}
	s.link(c)
	if len(s.counters) > s.max {
		delete(s.counters, s.oldest.key)
		s.unlink(s.oldest)
	}
	c.turn(r, now)
	if c.burst >= r.Burst {
		after = c.burstBegan.Add(r.Per).Sub(now)
	}
	if c.day >= r.Day {
		after = max(after, c.dayBegan.Add(day).Sub(now))
	}
	if after == 0 {
		c.burst++
		c.day++
	}
	return after
}

// turn begins new windows where the old ones are over, or where the clock was set back before them.
func (c *counter) turn(r Rule, now time.Time) {
	if age := now.Sub(c.burstBegan); age >= r.Per || age < 0 {
		c.burst, c.burstBegan = 0, now
	}
	if age := now.Sub(c.dayBegan); age >= day || age < 0 {
		c.day, c.dayBegan = 0, now
	}
}

func (s *shard) link(c *counter) {
	c.older, c.newer = s.newest, nil
	if s.newest != nil {
		s.newest.newer = c
	} else {
		s.oldest = c
	}
	s.newest = c
}

func (s *shard) unlink(c *counter) {
	if c.older != nil {
		c.older.newer = c.newer
	} else {
		s.oldest = c.newer
	}
	if c.newer != nil {
		c.newer.older = c.older
	} else {
		s.newest = c.older
	}
}
