package abuse

import (
	"net/netip"
	"testing"
	"time"
)

func TestTrendsTellBusyNetworksForAnHour(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	trends := NewTrends(func() time.Time { return at })
	for range 7 {
		trends.Note("one", netip.MustParseAddr("203.0.113.9"))
		trends.Note("two", netip.MustParseAddr("2001:db8:1::9"))
	}
	trends.Note("one", netip.MustParseAddr("203.0.113.200"))
	for range trendLeast - 1 {
		trends.Note("one", netip.MustParseAddr("198.51.100.1")) // too few to be told
	}
	got := trends.Top("one", 10)
	if len(got) != 1 || got[0] != (Trend{"one", netip.MustParsePrefix("203.0.113.0/24"), 8}) {
		t.Errorf("%+v", got)
	}
	if got := trends.Top("", 10); len(got) != 2 || got[1].Network != netip.MustParsePrefix("2001:db8:1::/48") {
		t.Errorf("%+v", got)
	}
	if got := trends.Top("", 1); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	at = at.Add(time.Hour + trendPart)
	if got := trends.Top("", 10); len(got) != 0 {
		t.Errorf("after an hour: %+v", got)
	}
}

func TestTrendsDontGrowWithoutEnd(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	trends := NewTrends(func() time.Time { return at })
	busy := netip.MustParseAddr("203.0.113.9")
	for i := range 3 * trendMost {
		trends.Note("one", netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}))
		if i%100 == 0 {
			trends.Note("one", busy)
			trends.Note("one", busy)
		}
	}
	for _, part := range trends.parts {
		if len(part) > trendMost {
			t.Errorf("%d are remembered", len(part))
		}
	}
	if got := trends.Top("one", 1); len(got) != 1 || got[0].Network != Network(busy) {
		t.Errorf("%+v", got)
	}
}

func TestAllowedNetworksAreNotLimited(t *testing.T) {
	t.Parallel()
	ruled := map[string]int{}
	l := New(Options{
		On: true, Allowed: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		Ruled: func(rule, action string) { ruled[rule+" "+action]++ },
	})
	for range 100 {
		for _, from := range []string{"203.0.113.7", "2001:db8:9::1", "::ffff:203.0.113.8"} {
			if err := l.Allow(Sign, netip.MustParseAddr(from)); err != nil {
				t.Fatal(from, err)
			}
		}
	}
	refused := 0
	for range 100 {
		if l.Allow(Sign, netip.MustParseAddr("198.51.100.1")) != nil {
			refused++
		}
	}
	if refused == 0 || ruled["allowed sign"] != 300 || ruled["visitor sign"]+ruled["network sign"] != refused {
		t.Errorf("%d refused, %v", refused, ruled)
	}
}
