package pledge

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/supporter"
)

// ExportOptions say what Export gives out.
type ExportOptions struct {
	// EveryEmail gives the address of every signer, not only of those whose
	// consent to updates stands. It is for bringing a pledge to another site of
	// the same center; nobody may be written to on its ground.
	EveryEmail bool
	// Progress is called now and then with how many rows are done, of about how
	// many; nil: nobody is told.
	Progress func(done, total int64)
}

// Exported is a confirmed signature in clear. It is valid during the call that
// gets it.
type Exported struct {
	SignedOn     time.Time // UTC
	GivenName    string
	FamilyName   string
	Email        string // empty: its owner has not agreed to be written to, or no longer does
	Zip          string // empty: not known, of some imported ones
	StateCode    string
	Lang         string
	Source       string // the code of the way on which they came
	Origin       string
	ShowName     bool      // first name and state may be shown
	ConsentWords string    // what they agreed to, while it stands
	ConsentGiven time.Time // zero without ConsentWords
}

// exportPage is how many signatures are in one page; at most four pages are in
// memory at a time.
const exportPage = 2000

// Export calls row with every confirmed signature of a pledge, about in the order
// in which they were taken. It is one snapshot of the database, and as much memory for
// ten million as for ten. Pending, held and withdrawn signatures are not given
// out. An error of row ends it and is returned.
func (p *Pledges) Export(ctx context.Context, slug string, o ExportOptions, row func(*Exported) error) error {
	if _, err := p.BySlug(ctx, slug); err != nil {
		return err
	}
	total, err := sumCounter(p.db.Read(ctx), slug)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := make(chan exportedPage, 1)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(pages)
		p.readPages(ctx, slug, o, pages)
	})
	defer reading.Wait()
	defer cancel() // before waiting for the one who reads
	done := int64(0)
	for page := range pages {
		if page.err != nil {
			return page.err
		}
		for i := range page.signers {
			if err := row(&page.signers[i]); err != nil {
				return err
			}
		}
		done += int64(len(page.signers))
		if o.Progress != nil {
			o.Progress(done, max(total, done+1)) // the end is told when it is known
		}
	}
	if o.Progress != nil && ctx.Err() == nil {
		o.Progress(done, done)
	}
	return ctx.Err()
}

// exportedPage is a page that was opened, or why there is none.
type exportedPage struct {
	signers []Exported
	err     error
}

// readPages reads page after page in one snapshot, and opens each while the one
// before is being written.
func (p *Pledges) readPages(ctx context.Context, slug string, o ExportOptions, pages chan<- exportedPage) {
	give := func(page exportedPage) bool {
		select {
		case pages <- page:
			return page.err == nil
		case <-ctx.Done():
			return false
		}
	}
	tx, err := p.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		give(exportedPage{err: err})
		return
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it has only read
	if err := openExport(ctx, tx, slug); err != nil {
		give(exportedPage{err: err})
		return
	}
	for {
		rows, err := exportRows(ctx, tx)
		if err != nil {
			give(exportedPage{err: err})
			return
		}
		if len(rows) == 0 {
			return
		}
		consents, err := supporter.Live(ctx, tx, supporter.Updates, "signature", agreed(rows))
		if err != nil {
			give(exportedPage{err: err})
			return
		}
		page := exportedPage{signers: make([]Exported, len(rows))}
		page.err = inParallel(len(rows), func(i int) (err error) {
			page.signers[i], err = p.exported(&rows[i], consents, o)
			return err
		})
		if !give(page) || len(rows) < exportPage {
			return
		}
	}
}

// agreed are those who asked for updates: only they can have a consent.
func agreed(rows []exportedRow) []uuid.UUID {
	var ids []uuid.UUID
	for i := range rows {
		if rows[i].agreed {
			ids = append(ids, rows[i].id)
		}
	}
	return ids
}

func (p *Pledges) exported(r *exportedRow, consents map[uuid.UUID]supporter.Consent, o ExportOptions) (Exported, error) {
	e := Exported{
		SignedOn: r.confirmedAt.UTC(), StateCode: r.stateCode, Lang: r.lang, Source: r.source, Origin: r.origin, ShowName: r.showName,
	}
	consent, stands := consents[r.id]
	if stands {
		e.ConsentWords, e.ConsentGiven = consent.Words, consent.Given.UTC()
	}
	var err error
	if e.GivenName, err = p.box.Open(r.givenName, personPlace("given_name", r.id)); err != nil {
		return e, err
	}
	if e.FamilyName, err = p.box.Open(r.familyName, personPlace("family_name", r.id)); err != nil {
		return e, err
	}
	if e.Zip, err = p.box.Open(r.zip, personPlace("zip", r.id)); err != nil || !stands && !o.EveryEmail {
		return e, err
	}
	e.Email, err = p.box.Open(r.email, personPlace("email", r.id))
	return e, err
}

// Profiles are what some signatures' signers left, for a list of supporters. A
// signature without a person, or that isn't confirmed, has none.
func (p *Pledges) Profiles(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (map[uuid.UUID]supporter.Profile, error) {
	rows, err := rowsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	profiles := make(map[uuid.UUID]supporter.Profile, len(rows))
	for i := range rows {
		e, err := p.exported(&rows[i], nil, ExportOptions{})
		if err != nil {
			return nil, err
		}
		profiles[rows[i].id] = supporter.Profile{GivenName: e.GivenName, FamilyName: e.FamilyName, Zip: e.Zip, Lang: e.Lang, Source: e.Source}
	}
	return profiles, nil
}

// inParallel does n things, a stretch of them on each processor, and returns the
// first error of each stretch's.
func inParallel(n int, do func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	failed := make([]error, workers)
	var working sync.WaitGroup
	for w := range workers {
		working.Go(func() {
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				if failed[w] = do(i); failed[w] != nil {
					return
				}
			}
		})
	}
	working.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
