// Package abuse keeps one visitor from taking what is there for all: limits per network and per address, a honeypot for simple
// robots, a challenge that browsers solve unnoticed, and a siege that tells when forms are under attack.
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
	// Allowed are networks whose visitors aren't counted: a campus, an event, an office of the center.
	Allowed []netip.Prefix
	// Ruled is told when a rule has an effect: "network" or "visitor" told somebody to wait, "allowed" let them pass
	// uncounted. Nil: nobody is told.
	Ruled func(rule, action string)
	Max   int // counters remembered at once over all actions; 0: 200,000 (about 25 MB)
}

// Limits counts actions per network, an IPv4 /24 or an IPv6 /48: a household or a small office has one, and a robot that can
// change its address within its network gains nothing. Forms are counted per visitor as well, an IPv4 address or an IPv6 /64,
// so that one of them can't take all that is there for the network. It is safe for concurrent use, and its memory is bounded: under a
// flood from more networks than it remembers, the networks that have been quiet longest are forgotten first.
type Limits struct {
	on      bool
	allowed []netip.Prefix
	ruled   func(rule, action string)
	now     func() time.Time
	rules   map[string]Rule
	seed    maphash.Seed
	shards  [shards]shard
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
	if o.Ruled == nil {
		o.Ruled = func(string, string) {}
	}
	l := &Limits{on: o.On, allowed: o.Allowed, ruled: o.Ruled, now: o.Clock, rules: rules, seed: maphash.MakeSeed()}
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
	if l.lets(ip) {
		l.ruled("allowed", action)
		return nil
	}
	now := l.now()
	network := key{action, Network(ip)}
	after := l.shard(network).take(network, rule.Limit, now)
	if after > 0 {
		l.ruled("network", action)
	}
	if rule.One == (Limit{}) {
		return slowDown(after)
	}
	visitor := key{action, Visitor(ip)}
	if after > 0 { // the visitor's counter is only looked at, or a full network could fill the memory with its addresses
		return slowDown(max(after, l.shard(visitor).wait(visitor, rule.One, now)))
	}
	if after = l.shard(visitor).take(visitor, rule.One, now); after > 0 {
		l.shard(network).giveBack(network)
		l.ruled("visitor", action)
	}
	return slowDown(after)
}

// lets tells whether an address is on the list of those who aren't counted.
func (l *Limits) lets(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, network := range l.allowed {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

func slowDown(after time.Duration) error {
	if after <= 0 {
		return nil
	}
	return fault.Busy("abuse.slow_down", after)
}

func (l *Limits) shard(k key) *shard { return &l.shards[maphash.Comparable(l.seed, k)%shards] }

// Network is the network that an address counts for.
func Network(ip netip.Addr) netip.Prefix { return around(ip, 24, 48) }

// Visitor is what stands for one visitor: an IPv4 address, or the IPv6 /64 in which a device changes its address at will.
func Visitor(ip netip.Addr) netip.Prefix { return around(ip, 32, 64) }

func around(ip netip.Addr, four, six int) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	bits := six
	if ip.Is4() {
		bits = four
	}
	network, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // not an address
	}
	return network
}

type key struct {
	action  string
	network netip.Prefix // or visitor: their lengths tell them apart
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
func (s *shard) take(k key, r Limit, now time.Time) (after time.Duration) {
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
	after = c.left(r, now)
	if after == 0 {
		c.burst++
		c.day++
	}
	return after
}

// wait says how long an action would have to wait, and counts nothing.
func (s *shard) wait(k key, r Limit, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.counters[k]; c != nil {
		return c.left(r, now)
	}
	return 0
}

// giveBack takes back what take has counted.
func (s *shard) giveBack(k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.counters[k]; c != nil && c.burst > 0 && c.day > 0 { // else forgotten, or begun anew meanwhile
		c.burst--
		c.day--
	}
}

// left is how long the next action has to wait, after old windows were turned.
func (c *counter) left(r Limit, now time.Time) (after time.Duration) {
	c.turn(r, now)
	if c.burst >= r.Burst {
		after = c.burstBegan.Add(r.Per).Sub(now)
	}
	if c.day >= r.Day {
		after = max(after, c.dayBegan.Add(day).Sub(now))
	}
	return after
}

// turn begins new windows where the old ones are over, or where the clock was set back before them.
func (c *counter) turn(r Limit, now time.Time) {
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
