package pledge

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"redress/internal/fault"
	"redress/internal/i18n"
)

// DemoOptions say what LoadDemo makes.
type DemoOptions struct {
	Signatures int64    // how many, at least 1
	Zips       []string // ZIP codes that its signers live in, at least one
	Days       int      // over how many days until now they signed, at least 1
	Progress   func(done, total int64)
}

// demoBatch is how many signatures are committed together.
const demoBatch = 20_000

// LoadDemo makes confirmed signatures of nobody under a pledge, sealed and keyed as
// those of people are, and counts them: to try the program with many. No address
// of theirs can get mail (the domain is reserved by RFC 2606). It commits batch by
// batch; cut short, what was made stays and is counted. That a site may have such
// signatures at all is for the caller to see to.
func (p *Pledges) LoadDemo(ctx context.Context, slug string, o DemoOptions) error {
	pledge, err := p.BySlug(ctx, slug)
	if err != nil {
		return err
	}
	if o.Signatures < 1 || o.Days < 1 || len(o.Zips) == 0 {
		return fault.Invalid("pledge.demo.nothing")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	maker := demoMaker{Pledges: p, pledge: pledge, o: o, run: strconv.FormatUint(rand.Uint64(), 36), until: p.opt.Now().UTC()} //nolint:gosec // names of nobody
	batches := make(chan []candidate, 1)
	go maker.make(ctx, batches)
	done := int64(0)
	for batch := range batches {
		if err := p.keepDemo(ctx, batch); err != nil {
			return err
		}
		done += int64(len(batch))
		p.changed(slug)
		if o.Progress != nil {
			o.Progress(done, o.Signatures)
		}
	}
	p.gatherMany(ctx)
	if done < o.Signatures {
		return errors.Join(ctx.Err(), errors.New("not all were made"))
	}
	return nil
}

// demoMaker makes the next batch while the one before is written.
type demoMaker struct {
	*Pledges
	pledge Pledge
	o      DemoOptions
	run    string // keeps the addresses of two calls apart
	until  time.Time
}

func (m demoMaker) make(ctx context.Context, batches chan<- []candidate) {
	defer close(batches)
	for made := int64(0); made < m.o.Signatures; {
		batch := make([]candidate, min(demoBatch, m.o.Signatures-made))
		_ = inParallel(len(batch), func(i int) error { // none of them fails
			batch[i] = m.candidate(made + int64(i))
			return nil
		})
		select {
		case batches <- batch:
		case <-ctx.Done():
			return
		}
		made += int64(len(batch))
	}
}

var (
	demoGiven  = []string{"Ana", "Ben", "Carmen", "Dana", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jamal", "Keiko", "Luis", "Maya", "Noah", "Olga", "Priya", "Quinn", "Rosa", "Sam", "Thuy", "Uma", "Viktor", "Wren", "Ximena", "Yusuf", "Zoë"}
	demoFamily = []string{"Adams", "Begay", "Chen", "Díaz", "Evans", "Farah", "Garcia", "Hall", "Ito", "Jones", "Kim", "Lopez", "Müller", "Nguyen", "Ortiz", "Park", "Quist", "Reyes", "Smith", "Tran", "Ueda", "Vargas", "Washington", "Xu", "Young", "Zamora"}
)

// candidate is the n-th of nobody, on a day of the span: later ones signed later.
func (m demoMaker) candidate(n int64) candidate {
	r := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // names of nobody
	span := time.Duration(m.o.Days) * 24 * time.Hour
	at := m.until.Add(-span + time.Duration(float64(span)*float64(n)/float64(m.o.Signatures))).Truncate(time.Microsecond)
	c := candidate{fate: taken}
	c.signature, c.person = m.draw(m.pledge, Signing{
		GivenName: demoGiven[r.IntN(len(demoGiven))], FamilyName: demoFamily[r.IntN(len(demoFamily))],
		Email: "demo-" + m.run + "-" + strconv.FormatInt(n, 36) + "@demo.example",
		Zip:   m.o.Zips[r.IntN(len(m.o.Zips))], ShowName: r.IntN(3) == 0,
	}, i18n.Default, at)
	place, slot := int16(1), bulkSlot
	s := &c.signature
	s.State, s.Origin, s.ConfirmedAt, s.MailboxSlot, s.CounterSlot = Confirmed, OriginDemo, &at, &place, &slot
	return c
}

// DemoZips are the ZIP codes that exist, of every few: as many as a demonstration
// needs.
func (p *Pledges) DemoZips() []string {
	var zips []string
	for n := 501; n < 100_000; n += 7 {
		zip := strconv.Itoa(100_000 + n)[1:]
		if p.opt.StateOf != nil {
			if _, exists := p.opt.StateOf(zip); !exists {
				continue
			}
		}
		zips = append(zips, zip)
	}
	return zips
}
