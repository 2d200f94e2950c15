package pledge

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"

	"redress/internal/content/item"
	"redress/internal/fault"
)

// Source is a code that staff made for one of the ways on which people come to an
// issue: a newsletter, a flyer, a partner. It says nothing of who comes.
type Source struct {
	IssueSlug string `gorm:"primaryKey"`
	Code      string `gorm:"primaryKey"` // see IsCode
	Label     string // what staff call it, at most 120 characters
	MadeAt    time.Time
	MadeBy    string
	RetiredAt *time.Time // since when its link is the plain page; nil: it holds
}

// TableName is the table's name.
func (Source) TableName() string { return "source_code" }

// SourceDay is what came by one code on one day.
type SourceDay struct {
	IssueSlug string
	Code      string
	Label     string    // empty: a code that only an imported file named
	Day       time.Time // UTC
	N         int64
}

var codePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// IsCode reports whether a text can be a source code: 1 to 32 small letters,
// digits and hyphens, neither end a hyphen. It is read aloud and printed on paper.
func IsCode(text string) bool { return codePattern.MatchString(text) }

// sourceLabelLimit is in characters.
const sourceLabelLimit = 120

// AddSource makes a code, or gives one that is there a new label; a retired one
// holds again. A code or label that can't be is fault.Invalid.
func (p *Pledges) AddSource(ctx context.Context, s Source) error {
	s.Label = strings.Join(strings.Fields(s.Label), " ")
	switch {
	case !item.IsSlug(s.IssueSlug):
		return fault.Invalid("pledge.source.issue")
	case !IsCode(s.Code):
		return fault.Invalid("pledge.source.code")
	case s.Label == "" || len([]rune(s.Label)) > sourceLabelLimit:
		return fault.Invalid("pledge.source.label")
	}
	s.MadeAt, s.RetiredAt = p.opt.Now().UTC(), nil
	defer p.sources.forget()
	return saveSource(p.db.Read(ctx), s)
}

// RetireSource ends a code: its link is the plain page from now on, its counts
// stay. One that isn't there is fault.NotFound.
func (p *Pledges) RetireSource(ctx context.Context, slug, code string) error {
	found, err := retireSource(p.db.Read(ctx), slug, code, p.opt.Now().UTC())
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound("pledge.source.unknown")
	}
	p.sources.forget()
	return nil
}

// Sources are an issue's codes, or with an empty slug all codes, by issue and code.
func (p *Pledges) Sources(ctx context.Context, slug string) ([]Source, error) {
	return listSources(p.db.Read(ctx), slug)
}

// SourceDays counts the confirmed signatures that came by codes, by day. The
// slug "" means all issues; a zero from or until is no bound; until's day counts.
// Days are UTC. A signature whose row was deleted stays counted; one that was
// withdrawn doesn't.
func (p *Pledges) SourceDays(ctx context.Context, slug string, from, until time.Time) ([]SourceDay, error) {
	return sourceDays(p.db.Read(ctx), slug, from, until)
}

// IsSource reports whether an issue has a code that holds. It is asked on every
// view of a page with a code, and answers from memory: at most sourcesFor old, and
// fresh once the change of content is heard. While the database is away what was
// known last holds.
func (p *Pledges) IsSource(ctx context.Context, slug, code string) (bool, error) {
	if !IsCode(code) {
		return false, nil
	}
	known, err := p.sources.current(p.opt.Now(), func() (map[[2]string]bool, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return standingSources(p.db.Read(ctx))
	})
	return known[[2]string{slug, code}], err
}

// sourcesFor is how long codes are told without asking the database.
const sourcesFor = 10 * time.Second

// sources remembers the codes that hold. The zero value is ready.
type sources struct {
	mu    sync.Mutex
	known map[[2]string]bool // issue and code
	until time.Time
}

// current holds the lock while it reads, so that those who come meanwhile wait for
// the one answer.
func (s *sources) current(now time.Time, read func() (map[[2]string]bool, error)) (map[[2]string]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != nil && now.Before(s.until) {
		return s.known, nil
	}
	known, err := read()
	if err != nil {
		if s.known == nil {
			return nil, err
		}
		known = s.known
	}
	s.known, s.until = known, now.Add(sourcesFor)
	return known, nil
}

func (s *sources) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Time{}
}
