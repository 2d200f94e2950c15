package cwc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"redress/internal/civics"
)

const (
	listEvery = time.Hour      // how often a list is asked for
	listSoon  = time.Minute    // after the first failure; then twice as long, up to listEvery
	listFresh = 24 * time.Hour // how long a list counts as it stands
	listStale = 48 * time.Hour // how long it counts while no newer one can be had
)

// Run asks for the lists of offices at once and then every hour, sooner after a
// failure, until ctx ends. A list counts for a day, and for one day more while
// no newer one can be had; then no office is active. Nothing waits for Run.
func (c *Client) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range c.services {
		all.Go(func() { s.keepListed(ctx) })
	}
	all.Wait()
}

func (s *service) keepListed(ctx context.Context) {
	soon := listSoon
	for {
		next := listEvery
		if _, closed := ClosedUntil(s.chamber, s.now()); closed && s.listed() {
			soon = listSoon // it would not answer, and needs not
		} else if s.refresh(ctx) == nil {
			soon = listSoon
		} else {
			next = min(soon, listEvery)
			soon = next * 2
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// Refresh asks for the lists of offices now. The error joins the *[Trouble] and
// *[Refusal] of the chambers whose list could not be had; their old list stays.
func (c *Client) Refresh(ctx context.Context) error {
	var failed []error
	for _, chamber := range []civics.Chamber{House, Senate} {
		if s := c.services[chamber]; s != nil {
			failed = append(failed, s.refresh(ctx))
		}
	}
	return errors.Join(failed...)
}

func (s *service) refresh(ctx context.Context) error {
	list, err := s.fetchList(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("the list of offices that take messages could not be had",
				"chamber", string(s.chamber), "error", err.Error(), "in_force", s.listed())
		}
		return err
	}
	active := make(map[string]bool, len(list))
	for _, o := range list {
		active[o.Code] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list, s.active, s.listedAt = list, active, s.now()
	return nil
}

func (s *service) fetchList(ctx context.Context) ([]Office, error) {
	const doing = "list offices"
	path := pathHouseOffices
	if s.chamber == Senate {
		path = pathSenateOffices
	}
	a, err := s.ask(ctx, doing, http.MethodGet, path, nil, longestList)
	if err != nil {
		return nil, err
	}
	switch {
	case a.status != http.StatusOK:
		return nil, &Refusal{Chamber: s.chamber, Status: a.status, Ours: a.status >= 300 && a.status < 500 && a.status != http.StatusTooManyRequests}
	case len(a.body) > longestList:
		return nil, &Trouble{Chamber: s.chamber, Doing: doing, Why: "the list is too long"}
	}
	list, err := readOffices(s.chamber, a.body)
	if err != nil {
		return nil, &Trouble{Chamber: s.chamber, Doing: doing, Why: err.Error()}
	}
	return list, nil
}

// listed tells whether there is a list that counts.
func (s *service) listed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inForce()
}

// inForce is for who holds mu.
func (s *service) inForce() bool {
	return !s.listedAt.IsZero() && s.now().Before(s.listedAt.Add(listStale))
}

// awaitsList tells whether the first list since the program's start is still to be
// had, and until when that is waited for. Without a list no office can be found, so
// that letters on their way would all be given up for other ways.
func (s *service) awaitsList(now time.Time) (until time.Time, awaits bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	until = s.began.Add(listStale)
	return until, s.listedAt.IsZero() && now.Before(until)
}

// Active tells from memory, without waiting, whether an office takes messages
// by this way. Without a list that counts, none does.
func (c *Client) Active(code string) bool {
	s := c.services[chamberOf(code)]
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inForce() && s.active[code]
}

// Office finds an official's office on their chamber's list, from memory. The
// error is ErrNotCongress, ErrNoList, ErrNotListed or ErrAmbiguous: they can't
// be written to by this way.
func (c *Client) Office(o *civics.Official) (string, error) {
	if o == nil {
		return "", ErrNotCongress
	}
	s := c.services[o.Chamber]
	if s == nil {
		if o.Chamber != House && o.Chamber != Senate {
			return "", ErrNotCongress
		}
		return "", ErrNoList
	}
	list, in := s.offices()
	if !in {
		return "", ErrNoList
	}
	return OfficeCode(o, list)
}

func (s *service) offices() ([]Office, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list, s.inForce() // a list is replaced, never changed
}

// Ready tells whether every chamber that has a key has a list that counts, and
// there is one.
func (c *Client) Ready() bool {
	for _, s := range c.services {
		if !s.listed() {
			return false
		}
	}
	return len(c.services) > 0
}

// State is what an operator wants to know of a chamber's service.
type State struct {
	Chamber    civics.Chamber
	Configured bool
	Offices    int       // that take messages by the list in force
	ListedAt   time.Time // when the list was had; zero: never
	Stale      bool      // the list is over a day old: no newer one could be had
	Closed     time.Time // until when it is closed for maintenance; zero: it is not
	Resting    string    // why nothing is sent just now, or ""
}

// States tells how both services are, the House's first.
func (c *Client) States(now time.Time) []State {
	var states []State
	for _, chamber := range []civics.Chamber{House, Senate} {
		state := State{Chamber: chamber}
		state.Closed, _ = ClosedUntil(chamber, now)
		if s := c.services[chamber]; s != nil {
			state.Configured = true
			s.mu.Lock()
			state.ListedAt = s.listedAt
			state.Stale = !s.listedAt.IsZero() && !now.Before(s.listedAt.Add(listFresh))
			if s.inForce() {
				state.Offices = len(s.list)
			}
			s.mu.Unlock()
			if why, resting := s.resting(); resting {
				state.Resting = why
			}
		}
		states = append(states, state)
	}
	return states
}
