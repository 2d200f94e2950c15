package abuse

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"
)

// Forms without a solution are an attack when, within ten minutes, there are 60 of them, from three networks at least, and
// they are one in ten of all forms at least. People without script are about one in a hundred: on most days far fewer than 60,
// on the largest days far fewer than one in ten. What comes from one or two networks is what [Limits] are for. The
// attack is over when for half an hour there was no more of that.
const (
	window = 10 * time.Minute
	many   = 60
	apart  = 3
	share  = 10
	calm   = 30 * time.Minute
)

// How long a confirmation mail waits in the slow lane. Each waits a time of its own, so that those of a flood don't go out at
// once when it ends.
const (
	slowFor  = 15 * time.Minute
	slowPlay = 5 * time.Minute // more or less
)

// SlowUntil is when a mail in the slow lane may go out: 10 to 20 minutes from now.
func SlowUntil(now time.Time) time.Time {
	return now.Add(slowFor - slowPlay + rand.N(2*slowPlay)) //nolint:gosec // spreads mails; guards nothing
}

// Mode says who decides whether there is an attack.
type Mode string

// The modes.
const (
	Auto Mode = "auto" // what comes in
	On   Mode = "on"   // the operator: there is
	Off  Mode = "off"  // the operator: there is none, and no challenges are given out
)

// SiegeOptions configure [NewSiege].
type SiegeOptions struct {
	Mode    Mode                            // empty: Auto
	Clock   func() time.Time                // nil: time.Now
	Changed func(action string, under bool) // told when an attack on an action begins and ends; nil: nobody
}

// Siege knows whether forms are under attack, from counts of the last ten minutes. It remembers networks for that long, in
// memory, at most 64 for each minute of each action. Every process counts for itself: of n nodes each sees its share, and takes n
// times as much for calm; the operator's "on" holds for all. It is safe for concurrent use.
type Siege struct {
	mode    Mode
	now     func() time.Time
	changed func(action string, under bool)

	mu      sync.Mutex
	actions map[string]*front
}

// front is one action's ten minutes, a slot for each.
type front struct {
	slots [window / time.Minute]slot
	until time.Time // under attack until then
	under bool      // as was told last
}

type slot struct {
	minute   int64
	bare     int // forms without a solution
	all      int
	networks map[netip.Prefix]struct{} // that the bare ones came from
}

const networksPerSlot = 64

// NewSiege returns a siege that has seen nothing yet.
func NewSiege(o SiegeOptions) *Siege {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Mode == "" {
		o.Mode = Auto
	}
	if o.Changed == nil {
		o.Changed = func(string, bool) {}
	}
	return &Siege{mode: o.Mode, now: o.Clock, changed: o.Changed, actions: map[string]*front{}}
}

// Slow counts a form and says whether its mail has to wait: it came without a solution, and forms of its action are under
// attack, with this one.
func (s *Siege) Slow(action string, ip netip.Addr, v Verdict) bool {
	s.mu.Lock()
	f := s.actions[action]
	if f == nil {
		f = new(front)
		s.actions[action] = f
	}
	now := s.now()
	f.count(now, Network(ip), v)
	if f.attacked(now) {
		f.until = now.Add(calm)
	}
	under := s.under(f, now)
	told := f.under == under
	f.under = under
	s.mu.Unlock()
	if !told {
		s.changed(action, under)
	}
	return under && v != Solved
}

// Under says whether forms of an action are under attack.
func (s *Siege) Under(action string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.under(s.actions[action], s.now())
}

// Hard says whether challenges are to be hard: some action is under attack.
func (s *Siege) Hard() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.actions {
		if s.under(f, s.now()) {
			return true
		}
	}
	return s.mode == On
}

// Asks says whether challenges are given out.
func (s *Siege) Asks() bool { return s.mode != Off }

func (s *Siege) under(f *front, now time.Time) bool {
	return s.mode == On || s.mode == Auto && f != nil && now.Before(f.until) && f.until.Sub(now) <= calm // a clock set back ends it
}

func (f *front) count(now time.Time, network netip.Prefix, v Verdict) {
	minute := now.Unix() / 60
	at := &f.slots[minute%int64(len(f.slots))]
	if at.minute != minute {
		*at = slot{minute: minute}
	}
	at.all++
	if v == Solved {
		return
	}
	at.bare++
	if at.networks == nil {
		at.networks = map[netip.Prefix]struct{}{}
	}
	if len(at.networks) < networksPerSlot {
		at.networks[network] = struct{}{}
	}
}

func (f *front) attacked(now time.Time) bool {
	bare, all := 0, 0
	networks := map[netip.Prefix]struct{}{}
	for i := range f.slots {
		at := &f.slots[i]
		if age := now.Unix()/60 - at.minute; age < 0 || age >= int64(len(f.slots)) {
			continue
		}
		bare += at.bare
		all += at.all
		for network := range at.networks {
			if len(networks) < apart {
				networks[network] = struct{}{}
			}
		}
	}
	return bare >= many && bare*share >= all && len(networks) >= apart
}
