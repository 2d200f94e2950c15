package civics

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"redress/internal/fault"
)

// counting answers with what it was told for an address, and counts.
type counting struct {
	mu      sync.Mutex
	asked   int
	answers func(ctx context.Context, oneLine string) ([]Place, error)
}

func (c *counting) Address(ctx context.Context, _ int, oneLine string) ([]Place, error) {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	return c.answers(ctx, oneLine)
}

func (c *counting) Point(context.Context, int, float64, float64) (Place, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	return Place{State: "CO"}, nil
}

var (
	bannock  = Place{Matched: "1437 BANNOCK ST, DENVER, CO, 80203", City: "Denver", State: "CO", Zip: "80203", Lat: 39.7, Lon: -105, Congress: 119, District: "1", Upper: "34", Lower: "6"}
	main100  = Place{Matched: "100 MAIN ST, SPRINGFIELD, IL, 62701", City: "Springfield", State: "IL", Zip: "62701", Congress: 119, District: "13", Lower: "96"}
	smain100 = Place{Matched: "100 S MAIN ST, SPRINGFIELD, IL, 62704", City: "Springfield", State: "IL", Zip: "62704", Congress: 119, District: "13", Lower: "95"}
)

func TestRememberedAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counting{answers: func(_ context.Context, line string) ([]Place, error) {
			switch {
			case strings.Contains(strings.ToUpper(line), "BANNOCK"):
				return []Place{bannock}, nil
			case strings.Contains(line, "Main"):
				return []Place{main100, smain100}, nil
			case strings.Contains(line, "Away"):
				return nil, fault.Unavailable("civics.geocoder.down", errors.New("away"))
			}
			return nil, nil
		}}
		g := Remember(c)
		asks := func(what string, line string, congress, want int) []Place {
			t.Helper()
			before := c.asked
			found, _ := g.Address(t.Context(), congress, line)
			if c.asked-before != want {
				t.Errorf("%s: asked %d times, want %d", what, c.asked-before, want)
			}
			return found
		}
		asks("at first", "1437 Bannock St, Denver, CO 80203", 119, 1)
		found := asks("again, written otherwise", " 1437 bannock st  Denver CO, 80203", 119, 0)
		want := bannock
		want.Matched = ""
		if len(found) != 1 || found[0] != want {
			t.Error("another answer than the first")
		}
		found[0].District = "8" // the caller's own
		if again := asks("again", "1437 Bannock St, Denver, CO 80203", 119, 0); again[0].District != "1" {
			t.Error("an answer that was given away is kept")
		}
		asks("another Congress", "1437 Bannock St, Denver, CO 80203", 120, 1)
		asks("another number", "1438 Bannock St, Denver, CO 80203", 119, 1)
		time.Sleep(rememberedFor - time.Nanosecond)
		asks("just in time", "1437 Bannock St, Denver, CO 80203", 119, 0)
		time.Sleep(time.Nanosecond)
		asks("too late", "1437 Bannock St, Denver, CO 80203", 119, 1)

		asks("nowhere", "9999 Nowhere Ln, Denver, CO", 119, 1)
		asks("nowhere again", "9999 Nowhere Ln, Denver, CO", 119, 0)
		time.Sleep(unknownFor)
		asks("nowhere later", "9999 Nowhere Ln, Denver, CO", 119, 1)
		asks("away", "1 Away St, Denver, CO", 119, 1)
		asks("away again", "1 Away St, Denver, CO", 119, 1)

		asks("several", "100 Main St, Springfield, IL", 119, 1)
		if again := asks("several again", "100 Main St, Springfield, IL", 119, 1); len(again) != 2 {
			t.Error("the choice is gone")
		}
		if one := asks("the one picked", "100 S MAIN ST, SPRINGFIELD, IL 62704", 119, 0); len(one) != 1 || one[0].Lower != "95" {
			t.Error("the one picked is not known")
		}
		for range 2 {
			before := c.asked
			if _, err := g.Point(t.Context(), 119, 39.7, -105); err != nil || c.asked != before+1 {
				t.Error("a point is kept")
			}
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := &counting{answers: func(context.Context, string) ([]Place, error) { return []Place{bannock}, nil }}
	g := Remember(c).(*memory)
	line := func(n int) string { return fmt.Sprintf("%d Bannock St, Denver, CO", n) }
	for n := range rememberedAtMost + 100 {
		_, _ = g.Address(t.Context(), 119, line(n))
		_, _ = g.Address(t.Context(), 119, line(0)) // stays in use
	}
	if len(g.entries) != rememberedAtMost || g.order.Len() != rememberedAtMost || c.asked != rememberedAtMost+100 {
		t.Errorf("%d entries, %d in order, asked %d", len(g.entries), g.order.Len(), c.asked)
	}
	_, _ = g.Address(t.Context(), 119, line(1))
	if c.asked != rememberedAtMost+101 {
		t.Error("the oldest is still there")
	}
}

// Who asks the same at the same time shares one question; that the first leaves
// is no matter to the others.
func TestOneQuestionForManyVisitors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		c := &counting{answers: func(ctx context.Context, _ string) ([]Place, error) {
			select {
			case <-answer:
				return []Place{bannock}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}}
		g := Remember(c)
		first, leave := context.WithCancel(t.Context())
		var visitors sync.WaitGroup
		visitors.Go(func() {
			if _, err := g.Address(first, 119, "1437 Bannock St, Denver, CO"); fault.KindOf(err) != fault.KindUnavailable || strings.Contains(err.Error(), "Bannock") {
				t.Errorf("who left: %v", err)
			}
		})
		synctest.Wait()
		for range 20 {
			visitors.Go(func() {
				if found, err := g.Address(t.Context(), 119, "1437 BANNOCK ST DENVER CO"); err != nil || len(found) != 1 || found[0].District != "1" {
					t.Errorf("who stayed: %v", err)
				}
			})
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		close(answer)
		visitors.Wait()
		if c.asked != 1 {
			t.Errorf("asked %d times", c.asked)
		}
	})
}

// Whoever reads the program's memory finds no address in the cache, nor a digest
// that a list of addresses could be tried on.
func TestMemoryHoldsNoAddress(t *testing.T) {
	t.Parallel()
	c := &counting{answers: func(_ context.Context, line string) ([]Place, error) {
		if strings.Contains(line, "Main") {
			return []Place{main100, smain100}, nil
		}
		return []Place{bannock}, nil
	}}
	g := Remember(c).(*memory)
	for _, line := range []string{"1437 Bannock St, Denver, CO 80203", "100 Main St, Springfield, IL"} {
		if _, err := g.Address(t.Context(), 119, line); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.entries) != 3 {
		t.Fatalf("%d entries", len(g.entries))
	}
	g.next = nil
	var held []string
	texts(reflect.ValueOf(g), map[uintptr]bool{}, &held)
	if !strings.Contains(strings.Join(held, "\n"), "Springfield") {
		t.Fatal("the dump doesn't reach the places")
	}
	for _, text := range append(held, fmt.Sprintf("%v %+v %#v", g, g, g)) {
		for _, private := range []string{"BANNOCK", "1437", "MAIN"} {
			if strings.Contains(strings.ToUpper(text), private) {
				t.Errorf("the memory holds %q", text)
			}
		}
	}
	other := Remember(c).(*memory)
	if g.digest(119, "1437 Bannock St") == other.digest(119, "1437 Bannock St") || g.digest(119, "1437 Bannock St") == g.digest(120, "1437 Bannock St") {
		t.Error("two processes, or two Congresses, share a digest")
	}
}

// texts gathers every string and byte array that is reachable from v.
func texts(v reflect.Value, seen map[uintptr]bool, held *[]string) {
	switch v.Kind() {
	case reflect.String:
		*held = append(*held, v.String())
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.Pointer()] {
			seen[v.Pointer()] = true
			texts(v.Elem(), seen, held)
		}
	case reflect.Interface:
		if !v.IsNil() {
			texts(v.Elem(), seen, held)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), seen, held)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			texts(it.Key(), seen, held)
			texts(it.Value(), seen, held)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			raw := make([]byte, v.Len())
			for i := range raw {
				raw[i] = byte(v.Index(i).Uint())
			}
			*held = append(*held, string(raw))
			return
		}
		for i := range v.Len() {
			texts(v.Index(i), seen, held)
		}
	}
}
