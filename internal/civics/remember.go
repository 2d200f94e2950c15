package civics

import (
	linked "container/list"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"redress/internal/fault"
)

const (
	rememberedAtMost = 4096
	rememberedFor    = 10 * time.Minute
	unknownFor       = time.Minute // that a place is unknown may be the geocoder's bad moment
)

// digest stands for an address without telling it: without the key, which this
// process made for itself and never shows, no list of addresses can be tried on it.
type digest [sha256.Size]byte

type memory struct {
	next  Geocoder
	key   [32]byte
	calls singleflight.Group

	mu      sync.Mutex
	entries map[digest]*linked.Element
	order   *linked.List // of *memoryEntry, the one used last in front
}

type memoryEntry struct {
	key   digest
	known bool
	place Place // without the address as matched
	until time.Time
}

// Remember keeps a geocoder's answers in memory, so that a visitor who comes back
// to a form is not made to wait again: at most 4,096, each for 10 minutes, or for
// one when there is no such place. An answer is kept under a keyed hash of the
// address and the Congress; neither the address as typed nor as matched is kept.
// Of several places, each is kept as the answer to its own address, and which of
// them were offered is not: that list consists of addresses. Points and failures
// are not kept. Who asks the same at the same time waits for one question, which
// goes on when the first of them leaves.
func Remember(g Geocoder) Geocoder {
	m := &memory{next: g, entries: map[digest]*linked.Element{}, order: linked.New()}
	_, _ = rand.Read(m.key[:]) // never fails
	return m
}

// String keeps places out of logs that print whole values.
func (m *memory) String() string { return "[memory]" }

// GoString does so for %#v.
func (m *memory) GoString() string { return "[memory]" }

// Point implements Geocoder.
func (m *memory) Point(ctx context.Context, congress int, lat, lon float64) (Place, error) {
	return m.next.Point(ctx, congress, lat, lon)
}

// Address implements Geocoder.
func (m *memory) Address(ctx context.Context, congress int, oneLine string) ([]Place, error) {
	key := m.digest(congress, oneLine)
	if found, kept := m.recall(key); kept {
		return found, nil
	}
	answered := m.calls.DoChan(string(key[:]), func() (any, error) {
		found, err := m.next.Address(context.WithoutCancel(ctx), congress, oneLine)
		if err == nil {
			m.keep(congress, key, found)
		}
		return found, err
	})
	select {
	case o := <-answered:
		found, _ := o.Val.([]Place)
		return slices.Clone(found), o.Err
	case <-ctx.Done():
		return nil, fault.Unavailable("civics.geocoder.down", ctx.Err())
	}
}

func (m *memory) digest(congress int, oneLine string) (key digest) {
	mac := hmac.New(sha256.New, m.key[:])
	mac.Write([]byte(strconv.Itoa(congress) + "\x00" + foldAddress(oneLine)))
	mac.Sum(key[:0])
	return key
}

func (m *memory) recall(key digest) ([]Place, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, kept := m.entries[key]
	if !kept {
		return nil, false
	}
	e := at.Value.(*memoryEntry)
	switch {
	case !time.Now().Before(e.until):
		m.forget(at)
		return nil, false
	case !e.known:
		m.order.MoveToFront(at)
		return []Place{}, true
	}
	m.order.MoveToFront(at)
	return []Place{e.place}, true
}

// keep remembers an answer.
func (m *memory) keep(congress int, asked digest, found []Place) {
	switch len(found) {
	case 0:
		m.put(&memoryEntry{key: asked, until: time.Now().Add(unknownFor)})
	case 1:
		m.put(known(asked, found[0]))
	default:
		// Places that are written alike can't be told apart by asking again.
		times := map[digest]int{}
		for _, p := range found {
			times[m.digest(congress, p.Matched)]++
		}
		for _, p := range found {
			if key := m.digest(congress, p.Matched); p.Matched != "" && times[key] == 1 && key != asked {
				m.put(known(key, p))
			}
		}
	}
}

func known(key digest, p Place) *memoryEntry {
	p.Matched = ""
	return &memoryEntry{key: key, known: true, place: p, until: time.Now().Add(rememberedFor)}
}

func (m *memory) put(e *memoryEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, kept := m.entries[e.key]; kept {
		m.forget(at)
	}
	m.entries[e.key] = m.order.PushFront(e)
	for m.order.Len() > rememberedAtMost {
		m.forget(m.order.Back())
	}
}

func (m *memory) forget(at *linked.Element) {
	delete(m.entries, at.Value.(*memoryEntry).key)
	m.order.Remove(at)
}
