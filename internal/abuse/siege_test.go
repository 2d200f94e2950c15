package abuse

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newSiege(mode Mode) (*Siege, *clock, *[]string) {
	c, told := new(clock), new([]string)
	return NewSiege(SiegeOptions{Mode: mode, Clock: c.now, Changed: func(action string, under bool) {
		*told = append(*told, action+map[bool]string{true: " attacked", false: " calm"}[under])
	}}), c, told
}

func from(network int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(network >> 8), byte(network), 1})
}

func TestManyWithoutASolutionAreAnAttack(t *testing.T) {
	t.Parallel()
	s, c, told := newSiege(Auto)
	for i := range many - 1 {
		if s.Slow(Letter, from(i), Missing) {
			t.Fatalf("form %d waits", i)
		}
		c.add(5 * time.Second)
	}
	if s.Under(Letter) || s.Hard() {
		t.Fatal("attacked too early")
	}
	if !s.Slow(Letter, from(1), Forged) || !s.Under(Letter) || !s.Hard() {
		t.Error("not attacked")
	}
	if s.Slow(Letter, from(1), Solved) {
		t.Error("a form with a solution waits")
	}
	if s.Under(Sign) || s.Slow(Sign, from(1), Missing) {
		t.Error("an attack on letters makes signatures wait")
	}
	for _, v := range []Verdict{Missing, Expired, Forged, Used, Malformed} {
		if !s.Slow(Letter, from(7), v) {
			t.Errorf("%s doesn't wait", v)
		}
	}
	c.add(calm - time.Second)
	if !s.Under(Letter) {
		t.Error("over too early")
	}
	c.add(time.Second)
	if s.Under(Letter) || s.Hard() || s.Slow(Letter, from(1), Missing) {
		t.Error("not over after half an hour of calm")
	}
	if !slices.Equal(*told, []string{"letter attacked", "letter calm"}) {
		t.Errorf("told %q", *told)
	}
}

func TestWhatIsNoAttack(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(s *Siege, c *clock){
		"a trickle": func(s *Siege, c *clock) {
			for i := range 1000 {
				s.Slow(Letter, from(i), Missing)
				c.add(11 * time.Second)
			}
		},
		"a flood from two networks": func(s *Siege, _ *clock) {
			for i := range 1000 {
				s.Slow(Letter, from(i%2), Missing)
			}
		},
		"the largest day, one in twenty without script": func(s *Siege, c *clock) {
			for i := range 20_000 {
				v := Solved
				if i%20 == 19 {
					v = Missing
				}
				s.Slow(Letter, from(i), v)
				c.add(30 * time.Millisecond)
			}
		},
		"everyone solves": func(s *Siege, _ *clock) {
			for i := range 10_000 {
				s.Slow(Letter, from(i), Solved)
			}
		},
	} {
		s, c, _ := newSiege(Auto)
		play(s, c)
		if s.Under(Letter) {
			t.Errorf("%s is taken for an attack", name)
		}
	}
}

func TestTheOperatorDecides(t *testing.T) {
	t.Parallel()
	on, _, _ := newSiege(On)
	if !on.Hard() || !on.Under(Sign) || !on.Slow(Sign, from(1), Missing) || on.Slow(Sign, from(1), Solved) || !on.Asks() {
		t.Error("on")
	}
	off, _, _ := newSiege(Off)
	for i := range 1000 {
		if off.Slow(Sign, from(i), Missing) {
			t.Fatal("a form waits")
		}
	}
	if off.Hard() || off.Under(Sign) || off.Asks() {
		t.Error("off")
	}
}

func TestAClockSetBackEndsAnAttack(t *testing.T) {
	t.Parallel()
	s, c, _ := newSiege(Auto)
	for i := range many {
		s.Slow(Letter, from(i), Missing)
	}
	c.add(-48 * time.Hour)
	if s.Under(Letter) || s.Slow(Letter, from(1), Missing) {
		t.Error("attacked for two days more")
	}
}

// Against the definition, written plainly: whenever a form comes in, 60 of the last ten minutes (as minutes go) from three
// networks, one in ten of all, begin half an hour of attack.
func TestSiegeFollowsItsDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type form struct {
			minute  int64
			network int
			bare    bool
		}
		s, c, _ := newSiege(Auto)
		var forms []form
		until := start
		for range rapid.IntRange(1, 400).Draw(t, "forms") {
			f := form{network: rapid.IntRange(0, 4).Draw(t, "network"), bare: rapid.IntRange(0, 4).Draw(t, "bare") > 0}
			c.add(rapid.SampledFrom([]time.Duration{0, 0, time.Second, 8 * time.Second, time.Minute, 9 * time.Minute, 40 * time.Minute}).Draw(t, "pause"))
			f.minute = c.now().Unix() / 60
			forms = append(forms, f)
			bare, all, networks := 0, 0, map[int]bool{}
			for _, one := range forms {
				if f.minute-one.minute >= 10 {
					continue
				}
				all++
				if one.bare {
					bare++
					networks[one.network] = true
				}
			}
			if bare >= 60 && len(networks) >= 3 && bare*10 >= all {
				until = c.now().Add(30 * time.Minute)
			}
			v := Solved
			if f.bare {
				v = Missing
			}
			want := c.now().Before(until)
			if got := s.Slow(Sign, from(f.network), v); got != (want && f.bare) || s.Under(Sign) != want {
				t.Fatalf("slow %v, under attack %v, want %v", got, s.Under(Sign), want)
			}
		}
	})
}

func TestSiegeRemembersLittle(t *testing.T) {
	t.Parallel()
	s, c, _ := newSiege(Auto)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				s.Slow(Letter, from(g*5000+i), Missing)
				s.Hard()
			}
		})
	}
	wg.Wait()
	c.add(time.Minute)
	for i := range s.actions[Letter].slots {
		if n := len(s.actions[Letter].slots[i].networks); n > networksPerSlot {
			t.Errorf("%d networks of one minute", n)
		}
	}
}

func TestTheSlowLane(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 1000 {
		wait := SlowUntil(start).Sub(start)
		if wait < 10*time.Minute || wait >= 20*time.Minute {
			t.Fatalf("%v", wait)
		}
		seen[wait.Truncate(time.Minute)] = true
	}
	if len(seen) != 10 {
		t.Errorf("the waits fill %d minutes of ten", len(seen))
	}
}

func TestActionsAreLabels(t *testing.T) {
	t.Parallel()
	for _, v := range []Verdict{Solved, Missing, Expired, Forged, Used, Malformed} {
		if strings.ToLower(string(v)) != string(v) || strings.ContainsAny(string(v), " -") {
			t.Errorf("verdict %q", v)
		}
	}
}
