package abuse

import (
	"fmt"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/i18n"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

type clock struct{ nanos atomic.Int64 }

func (c *clock) now() time.Time      { return start.Add(time.Duration(c.nanos.Load())) }
func (c *clock) add(d time.Duration) { c.nanos.Add(int64(d)) }

func newLimits(o Options) (*Limits, *clock) {
	c := new(clock)
	o.On, o.Clock = true, c.now
	l := New(o)
	l.rules = map[string]Rule{"knock": {Limit: Limit{Burst: 3, Per: time.Minute, Day: 10}}}
	return l, c
}

var home = netip.MustParseAddr("203.0.113.7")

func want(t *testing.T, l *Limits, ip netip.Addr, allowed bool) error {
	t.Helper()
	err := l.Allow("knock", ip)
	if (err == nil) != allowed {
		t.Fatalf("allowed %v, want %v", err == nil, allowed)
	}
	return err
}

func TestBurstThenDay(t *testing.T) {
	t.Parallel()
	l, c := newLimits(Options{})
	for range 3 { // three bursts of three, and one more, make a day
		for range 3 {
			want(t, l, home, true)
		}
		c.add(10 * time.Second)
		f, ok := fault.As(want(t, l, home, false))
		if !ok || f.Kind != fault.KindBusy || f.Key != "abuse.slow_down" || f.RetryAfter != 50*time.Second {
			t.Fatalf("fault %+v", f)
		}
		c.add(50 * time.Second)
	}
	want(t, l, home, true)
	f, _ := fault.As(want(t, l, home, false))
	if f.RetryAfter != 24*time.Hour-3*time.Minute {
		t.Errorf("after the day's last: wait %v", f.RetryAfter)
	}
	c.add(f.RetryAfter - 1)
	want(t, l, home, false)
	c.add(1)
	want(t, l, home, true)
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, network := range map[string]string{
		"203.0.113.7":             "203.0.113.0/24",
		"203.0.113.255":           "203.0.113.0/24",
		"203.0.114.7":             "203.0.114.0/24",
		"::ffff:203.0.113.9":      "203.0.113.0/24",
		"2001:db8:1:2::3":         "2001:db8:1::/48",
		"2001:db8:1:ffff:1:2:3:4": "2001:db8:1::/48",
		"2001:db8:2::1":           "2001:db8:2::/48",
		"fe80::1%eth0":            "fe80::/48",
		"::1":                     "::/48",
	} {
		if got := Network(netip.MustParseAddr(address)).String(); got != network {
			t.Errorf("%s counts for %s, want %s", address, got, network)
		}
	}
	if Network(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
	l, _ := newLimits(Options{})
	for range 3 {
		want(t, l, netip.Addr{}, true)
	}
	want(t, l, netip.Addr{}, false)
	want(t, l, home, true)
}

func TestOneVisitorLeavesRoomForTheOthersOfTheNetwork(t *testing.T) {
	t.Parallel()
	for name, who := range map[string]struct{ greedy, alike, other, away string }{
		"IPv4": {"203.0.113.7", "203.0.113.7", "203.0.113.8", "203.0.114.7"},
		"IPv6": {"2001:db8:1:2::3", "2001:db8:1:2:ffff::9", "2001:db8:1:3::3", "2001:db8:2:2::3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, c := newLimits(Options{})
			l.rules["knock"] = Rule{Limit: Limit{Burst: 5, Per: time.Minute, Day: 12}, One: Limit{Burst: 2, Per: time.Minute, Day: 6}}
			at := netip.MustParseAddr
			want(t, l, at(who.greedy), true)
			want(t, l, at(who.alike), true)
			for range 100 { // a refusal costs the network nothing
				want(t, l, at(who.greedy), false)
			}
			want(t, l, at(who.other), true)
			want(t, l, at(who.other), true)
			want(t, l, at(who.away), true)
			c.add(time.Minute)
			for range 2 {
				want(t, l, at(who.greedy), true)
				want(t, l, at(who.alike), true)
				c.add(time.Minute)
			}
			f, _ := fault.As(want(t, l, at(who.greedy), false)) // the visitor's day is full
			if f.RetryAfter != 24*time.Hour-3*time.Minute {
				t.Errorf("wait %v", f.RetryAfter)
			}
			want(t, l, at(who.other), true)
		})
	}
}

// A refusal names the later of the two times, and a network that is full doesn't fill the memory with its addresses.
func TestAFullNetworkIsNotRememberedAddressByAddress(t *testing.T) {
	t.Parallel()
	l, _ := newLimits(Options{})
	l.rules["knock"] = Rule{Limit: Limit{Burst: 4, Per: time.Minute, Day: 12}, One: Limit{Burst: 1, Per: time.Hour, Day: 6}}
	for i := range 200 {
		_ = l.Allow("knock", netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}))
	}
	n := 0
	for i := range l.shards {
		n += len(l.shards[i].counters)
	}
	if n != 5 {
		t.Errorf("%d counters for a network and the four visitors who got through", n)
	}
	f, _ := fault.As(want(t, l, netip.MustParseAddr("203.0.113.1"), false))
	if f.RetryAfter != time.Hour {
		t.Errorf("wait %v, though the visitor's own hour is longer than the network's minute", f.RetryAfter)
	}
}

func TestOffAllowsEverything(t *testing.T) {
	t.Parallel()
	l := New(Options{})
	for range 100_000 {
		if err := l.Allow(Sign, home); err != nil {
			t.Fatal(err)
		}
	}
}

func TestActionsDontShareTheirLimits(t *testing.T) {
	t.Parallel()
	l, _ := newLimits(Options{})
	for range 3 {
		want(t, l, home, true)
	}
	want(t, l, home, false)
	for _, action := range []string{"a", "b"} { // without rules of their own they share one, and its counter
		for range Default.Burst / 2 {
			if err := l.Allow(action, home); err != nil {
				t.Fatal(err)
			}
		}
	}
	if l.Allow("c", home) == nil {
		t.Error("an action that nobody named has no limit")
	}
}

// Whatever the order of steps: no more than Burst in any window that began with an action, no more than Day in a day, and a
// refusal's RetryAfter is exactly when the next action goes through.
func TestLimitsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, c := newLimits(Options{})
		var taken []time.Time
		steps := rapid.IntRange(1, 200).Draw(t, "steps")
		for range steps {
			err := l.Allow("knock", home)
			if err == nil {
				taken = append(taken, c.now())
			} else {
				f, _ := fault.As(err)
				if f.RetryAfter <= 0 || f.RetryAfter > day {
					t.Fatalf("wait %v", f.RetryAfter)
				}
				if rapid.Bool().Draw(t, "wait") {
					c.add(f.RetryAfter - 1)
					if l.Allow("knock", home) == nil {
						t.Fatal("allowed before the time it named")
					}
					c.add(1)
					if l.Allow("knock", home) != nil {
						t.Fatal("refused at the time it named")
					}
					taken = append(taken, c.now())
				}
			}
			c.add(time.Duration(rapid.IntRange(0, 90).Draw(t, "pause")) * time.Second)
		}
		for i := range taken {
			if n := within(taken[i:], 24*time.Hour); n > 2*10 {
				t.Fatalf("%d in a day", n)
			}
			if n := within(taken[i:], time.Minute); n > 2*3 {
				t.Fatalf("%d in a minute", n)
			}
		}
		if len(taken) > 10 && taken[10].Sub(taken[0]) < day {
			t.Fatal("eleven actions in the first day")
		}
	})
}

func within(times []time.Time, d time.Duration) int {
	n := 0
	for _, at := range times {
		if at.Sub(times[0]) < d {
			n++
		}
	}
	return n
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const most = 64 * 10
	l, c := newLimits(Options{Max: most})
	for range 3 {
		want(t, l, home, true)
	}
	for i := range 50_000 {
		ip := netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1})
		_ = l.Allow("knock", ip)
		if i%8 == 0 {
			want(t, l, home, false) // who keeps knocking is not forgotten, however many others come
		}
		c.add(time.Millisecond / 10)
	}
	n := 0
	for i := range l.shards {
		s := &l.shards[i]
		n += len(s.counters)
		linked := 0
		for at := s.oldest; at != nil; at = at.newer {
			linked++
		}
		if linked != len(s.counters) {
			t.Fatalf("%d linked, %d kept", linked, len(s.counters))
		}
	}
	if n > most || n < most/2 {
		t.Errorf("%d counters, at most %d", n, most)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	l, _ := newLimits(Options{})
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 500 {
				if l.Allow("knock", home) == nil {
					allowed.Add(1)
				}
				_ = l.Allow("knock", netip.AddrFrom4([4]byte{10, byte(g), byte(i), 1}))
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 3 {
		t.Errorf("%d allowed at once, want 3", allowed.Load())
	}
}

func TestClockSetBack(t *testing.T) {
	t.Parallel()
	l, c := newLimits(Options{})
	for range 3 {
		want(t, l, home, true)
	}
	c.add(-48 * time.Hour)
	want(t, l, home, true) // a wrong clock must not lock people out for days
}

func TestRulesMakeSense(t *testing.T) {
	t.Parallel()
	for action, r := range rules {
		if action == "" || r.Burst < 1 || r.Day <= r.Burst || r.Per <= 0 || r.Per >= day {
			t.Errorf("rule %q: %+v", action, r)
		}
		one := r.One
		if one != (Limit{}) && (one.Burst < 1 || one.Day <= one.Burst || one.Per != r.Per || one.Burst >= r.Burst || one.Day >= r.Day || 2*one.Burst < r.Burst || 2*one.Day < r.Day) {
			t.Errorf("rule %q: a visitor's %+v doesn't stand between half of a network's and all of it", action, one)
		}
	}
	if !i18n.Has("abuse.slow_down") {
		t.Error("the message is missing")
	}
}

func TestHoneypot(t *testing.T) {
	t.Parallel()
	for filled, form := range map[bool]url.Values{
		true:  {HoneypotField: {"", " 555-0100 "}},
		false: {HoneypotField: {" "}, "email": {"maya@example.org"}},
	} {
		if Honeypot(form) != filled {
			t.Errorf("filled %v: %v", filled, form)
		}
	}
}

func BenchmarkAllow(b *testing.B) {
	l := New(Options{On: true})
	ips := make([]netip.Addr, 4096)
	for i := range ips {
		ips[i] = netip.MustParseAddr(fmt.Sprintf("10.%d.%d.1", i>>8, i&255))
	}
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			_ = l.Allow(Sign, ips[i%len(ips)])
		}
	})
}
