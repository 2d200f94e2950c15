package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// PerHour is the pace of every key until its legislature's staff agree to another: that many mails an hour, a minute apart with
// a fifth of jitter. Indiana's legislature takes 100 from one source in 30 minutes and drops the rest.
const PerHour = 60

// FastestPace is the most that can be agreed to: one mail a second.
const FastestPace = 3600

const (
	mostPaces   = 8   // of one mail
	longestPace = 300 // bytes of a key: a domain has 253
)

// PaceOfDomain is the key of a receiving domain, which comes in ASCII (see [SplitAddress]).
func PaceOfDomain(domain string) string { return "domain:" + strings.ToLower(domain) }

// PaceOfOfficial is the key of one official, by id.
func PaceOfOfficial(id string) string { return "official:" + id }

// Pace is how fast mails may go that share a key.
type Pace struct {
	Key      string
	PerHour  int // as it holds now: agreed to, or the default
	AgreedBy string
	AgreedOn *time.Time // the day; nil: nobody agreed to anything
	NextAt   time.Time  // when the next may go; zero: none has gone
	Waiting  int        // mails on their way that keep this pace
}

// Expected is when a waiting mail will probably go.
type Expected struct {
	At     time.Time
	Before int // mails that go before it at the pace that holds it longest; 0 for mails without a pace
}

// Errors of [Post.SetPace].
var (
	ErrPaceKey    = errors.New("a pace is of a domain or an official, never of a person's address")
	ErrPaceRange  = fmt.Errorf("a pace is from 1 to %d mails an hour", FastestPace)
	ErrPaceAgreed = errors.New("a pace needs the name of who agreed to it, and the day")
)

// SetPace keeps what a legislature's staff agreed to: so many mails an hour for a key, from 1 to [FastestPace]. It holds from the
// next mail on; a longer wait that the former pace had set is cut to the new one's.
func (p *Post) SetPace(ctx context.Context, key string, perHour int, agreedBy string, on time.Time) error {
	agreedBy = strings.TrimSpace(agreedBy)
	switch {
	case !paceKey(key):
		return ErrPaceKey
	case perHour < 1 || perHour > FastestPace:
		return ErrPaceRange
	case agreedBy == "" || on.IsZero():
		return ErrPaceAgreed
	}
	now := p.now()
	row := mailPace{Key: key, NextAt: now, PerHour: &perHour, AgreedBy: agreedBy, AgreedOn: &on}
	if err := setPace(ctx, p.db, row, now.Add(interval(perHour))); err != nil {
		return broken("set pace", err)
	}
	return nil
}

// Paces lists what was agreed to and what mails wait for, by key.
func (p *Post) Paces(ctx context.Context) ([]Pace, error) {
	list, err := paces(ctx, p.db)
	if err != nil {
		return nil, broken("list paces", err)
	}
	return list, nil
}

// Expected says of mails that still wait when they will probably go, and how many go before them: the slowest of a mail's paces
// decides. It reckons without mails that come later with an earlier time, without retries, and without trouble. Mails that have
// gone, are being handed over, or are unknown are not in the answer.
func (p *Post) Expected(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]Expected, error) {
	all := map[uuid.UUID]Expected{}
	if len(ids) == 0 {
		return all, nil
	}
	queues, err := queuesOf(ctx, p.db, ids)
	if err != nil {
		return nil, broken("reckon when mails go", err)
	}
	now := p.now()
	for _, q := range queues {
		from := later(now, q.NotBefore)
		way := p.lane(q.Kind)
		if way != nil && way.sender != nil {
			if until, closed := way.closedUntil(now); closed {
				from = later(from, until)
			}
		}
		e := Expected{At: from}
		if q.Key != nil && (way == nil || way.live()) {
			start := from
			if q.NextAt != nil {
				start = later(from, *q.NextAt)
			}
			e = Expected{At: start.Add(time.Duration(q.Before) * interval(q.perHour())), Before: q.Before}
		}
		if known, twice := all[q.ID]; !twice || e.At.After(known.At) {
			all[q.ID] = e
		}
	}
	return all, nil
}

// ExpectedOf is Expected for the waiting mails of subjects, such as a letter's to an office; the answer is by subject.
func (p *Post) ExpectedOf(ctx context.Context, subjects ...uuid.UUID) (map[uuid.UUID]Expected, error) {
	if len(subjects) == 0 {
		return nil, nil //nolint:nilnil // nothing is expected of nothing
	}
	subjectOf, err := waitingOf(ctx, p.db, subjects)
	if err != nil {
		return nil, broken("find waiting mails", err)
	}
	expected, err := p.Expected(ctx, slices.Collect(maps.Keys(subjectOf))...)
	if err != nil {
		return nil, err
	}
	all := make(map[uuid.UUID]Expected, len(expected))
	for id, e := range expected {
		all[subjectOf[id]] = e
	}
	return all, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// interval is the time from one mail to the next.
func interval(perHour int) time.Duration { return time.Hour / time.Duration(perHour) }

// cleanPaces sorts a mail's keys, so that mails which wait for the same wait together, each key once.
func cleanPaces(keys []string) (Keys, error) {
	if len(keys) > mostPaces {
		return nil, fmt.Errorf("mail with %d paces, of at most %d", len(keys), mostPaces)
	}
	for _, key := range keys {
		if !paceKey(key) {
			return nil, ErrPaceKey // which is not quoted: it could be an address
		}
	}
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	return slices.Compact(sorted), nil
}

func paceKey(key string) bool {
	kind, what, ok := strings.Cut(key, ":")
	return ok && kind != "" && what != "" && len(key) <= longestPace && utf8.ValidString(key) && headerSafe(key) &&
		!strings.ContainsAny(key, "@ ")
}

// pacing is what a transaction knows of the keys that it has locked.
type pacing map[string]*mailPace

// take uses one turn of each of a mail's keys, if all are free.
func (ps pacing) take(keys []string, now time.Time) bool {
	for _, key := range keys {
		if p := ps[key]; p == nil || p.NextAt.After(now) {
			return false
		}
	}
	for _, key := range keys {
		ps[key].NextAt = now.Add(jitter(interval(ps[key].perHour()))).Truncate(time.Microsecond)
		ps[key].used = true
	}
	return true
}

// lockPaces takes keys in one order, so that workers wait for each other and never in a circle.
func lockPaces(ctx context.Context, tx *postgres.Tx, keys []string) (pacing, error) {
	ps := pacing{}
	if len(keys) == 0 {
		return ps, nil
	}
	slices.Sort(keys)
	rows, err := lockKeys(ctx, tx, slices.Compact(keys))
	for i := range rows {
		ps[rows[i].Key] = &rows[i]
	}
	return ps, err
}

// perHour is the agreed pace or the default.
func (p mailPace) perHour() int {
	if p.PerHour == nil {
		return PerHour
	}
	return *p.PerHour
}

// perHour is the agreed pace or the default.
func (q queueOf) perHour() int { return cmp.Or(q.PerHour, PerHour) }
