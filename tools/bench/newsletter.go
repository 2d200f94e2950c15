package main

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/content"
	"redress/internal/center"
	contents "redress/internal/content"
	"redress/internal/content/item"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/jobs"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

const (
	readers = 6000
	// domains of readers: so many that the pace of none holds the machinery up.
	domains = 2000

	fewReaders, manyReaders = 10_000, 1_000_000
	// watchedFor is how long memory is watched while an edition to many is sent.
	watchedFor = 20 * time.Second
)

// compareNewsletter measures how fast an edition goes, from its first recipient walked to the last mail's row settled, against a loop
// that renders and signs the same mails over as many connections into the same server; then how much memory sending takes with
// few subscribers and with many.
func compareNewsletter(ctx context.Context, s *site, rounds int) error {
	database, err := freshDatabase(ctx, s.database, "redress_bench_newsletter")
	if err != nil {
		return err
	}
	server, err := startSink(ctx)
	if err != nil {
		return err
	}
	defer server.stop()
	smtp, err := mail.NewSMTP(server.url, "center.test")
	if err != nil {
		return err
	}
	signed, err := newSigning(smtp)
	if err != nil {
		return err
	}
	p, err := openPress(ctx, database, signed)
	if err != nil {
		return err
	}
	defer p.db.Close()
	if err := p.subscribe(ctx, 0, readers); err != nil {
		return err
	}
	measure := func(send func(context.Context) (time.Duration, error)) func() (float64, error) {
		return func() (float64, error) {
			before := server.taken.Load()
			took, err := send(ctx)
			if err != nil {
				return 0, err
			}
			if n := server.taken.Load() - before; n != readers {
				return 0, fmt.Errorf("%d of %d mails arrived", n, readers)
			}
			return readers / took.Seconds(), nil
		}
	}
	if err := pair(ctx, rounds, "an edition walked, sent and settled / rendered, signed and sent by a raw loop", "goal ≥ 0.7",
		measure(p.send), measure(func(ctx context.Context) (time.Duration, error) { return p.sendRaw(ctx, signed) })); err != nil {
		return err
	}
	return p.compareMemory(ctx)
}

// printing is the program's newsletter, wired as the program wires it, in a database of its own.
type printing struct {
	db       *postgres.DB
	box      *seal.Box
	post     *mail.Post
	mailings *newsletter.Mailings
}

func openPress(ctx context.Context, url string, way mail.Sender) (_ *printing, err error) {
	p := &printing{}
	if p.db, err = postgres.Open(ctx, postgres.Options{URL: url, MaxConns: 32}); err != nil {
		return nil, err
	}
	if err := p.fill(ctx, way); err != nil {
		p.db.Close()
		return nil, err
	}
	return p, nil
}

func (p *printing) fill(ctx context.Context, way mail.Sender) (err error) {
	if err := p.db.Migrate(ctx); err != nil {
		return err
	}
	if p.box, err = seal.New(seal.NewSecret()); err != nil {
		return err
	}
	from := netmail.Address{Name: "Center for Open Courts", Address: "news@center.test"}
	issues, centers, supporters, terms := issue.New(p.db), center.New(p.db), supporter.New(p.db, p.box, time.Now), glossary.New(p.db)
	p.post = mail.New(p.db, mail.Options{Sender: way, Officials: way, From: from, SuppressedAmong: supporters.SuppressedAmong})
	subscribers := newsletter.New(newsletter.Options{DB: p.db, Box: p.box, Post: p.post, Supporters: supporters, BaseURL: "https://act.center.test"})
	p.mailings = newsletter.NewMailings(newsletter.MailingOptions{
		DB: p.db, Box: p.box, Post: p.post, Terms: terms,
		Action: func(context.Context, glossary.Term) (newsletter.Action, error) {
			return newsletter.Action{Issue: "qualified-immunity", Signed: 1234, Goal: 5000}, nil
		},
	})
	(&jobs.EditionMails{
		Mailings: p.mailings, Newsletter: subscribers, Issues: issues, Centers: centers, BaseURL: "https://act.center.test",
		ListID: "newsletter.center.test", From: jobs.SenderAt(&from),
	}).Register(p.post)
	pledges := pledge.New(p.db, nil, nil, pledge.Options{})
	defer pledges.Close()
	_, err = contents.New(p.db, time.Now, contents.Rooms{
		Centers: centers, Terms: terms, Organizations: organization.New(p.db), Issues: issues,
		SaveLetter: func(context.Context, *postgres.Tx, item.Item) error { return nil }, SavePledge: pledges.SaveContent,
	}).LoadEmpty(ctx, content.FS, "bench")
	return err
}

// subscribe makes daily readers, from the first number to below the second.
func (p *printing) subscribe(ctx context.Context, from, to int) error {
	const portion = 50_000
	for ; from < to; from += portion {
		var rows, people [][]any
		now := time.Now()
		for i := from; i < min(to, from+portion); i++ {
			id := uuid.Must(uuid.NewV7())
			email := fmt.Sprintf("reader%d@d%d.example", i, i%domains)
			rows = append(rows, []any{id, supporter.MailboxKey(p.box, email), p.box.KeyVersion(), newsletter.Active, newsletter.Daily, "en", now, now})
			people = append(people, []any{id, []byte(p.box.Seal(email, seal.Place{Table: "subscriber_person", Column: "email", Row: id}))})
		}
		columns := []string{"id", "mailbox_key", "key_version", "state", "rhythm", "lang", "created_at", "confirmed_at"}
		if _, err := p.db.Pool.CopyFrom(ctx, pgx.Identifier{"subscriber"}, columns, pgx.CopyFromRows(rows)); err != nil {
			return err
		}
		if _, err := p.db.Pool.CopyFrom(ctx, pgx.Identifier{"subscriber_person"}, []string{"id", "email"}, pgx.CopyFromRows(people)); err != nil {
			return err
		}
	}
	return p.db.Read(ctx).Exec(`VACUUM ANALYZE`).Error
}

// anew takes away what an earlier edition of the day left.
func (p *printing) anew(ctx context.Context) error {
	for _, statement := range []string{`TRUNCATE mail, mailing`, `UPDATE mail_receiver SET next_at = '-infinity'`} {
		if err := p.db.Read(ctx).Exec(statement).Error; err != nil {
			return err
		}
	}
	return nil
}

// send sends the day's edition to all.
func (p *printing) send(ctx context.Context) (time.Duration, error) {
	if err := p.anew(ctx); err != nil {
		return 0, err
	}
	began := time.Now()
	one, _, err := p.mailings.Begin(ctx, newsletter.KindEdition, time.Now().UTC())
	for err == nil && one.State != newsletter.Done {
		if err = errors.Join(p.mailings.Walk(ctx), p.post.WorkBulk(ctx)); err == nil {
			one, err = p.mailings.Counted(ctx, one.ID)
		}
	}
	return time.Since(began), err
}

// sendRaw renders, signs and sends the mails of the edition that went last, and records nothing.
func (p *printing) sendRaw(ctx context.Context, way mail.Sender) (time.Duration, error) {
	var mails []mail.Mail
	if err := p.db.Read(ctx).Order("id").Find(&mails).Error; err != nil {
		return 0, err
	}
	began := time.Now()
	err := sendRaw(ctx, p.post, way, mails)
	return time.Since(began), err
}

// compareMemory says how much memory this program holds at most while it sends to few subscribers, and to many for a while.
func (p *printing) compareMemory(ctx context.Context) error {
	var most [2]uint64
	for i, n := range []int{fewReaders, manyReaders} {
		have := []int{readers, fewReaders}[i]
		if err := p.subscribe(ctx, have, n); err != nil {
			return err
		}
		if err := p.anew(ctx); err != nil {
			return err
		}
		debug.FreeOSMemory()
		watched, stop := context.WithTimeout(ctx, watchedFor)
		peak := watchMemory(watched)
		if _, err := p.send(watched); err != nil && watched.Err() == nil {
			stop()
			return err
		}
		stop()
		most[i] = peak()
	}
	fmt.Printf("memory while an edition is sent: %d MB with %d subscribers, %d MB with %d (ratio %.2f, goal about 1)\n",
		most[0]>>20, fewReaders, most[1]>>20, manyReaders, float64(most[1])/float64(most[0]))
	return nil
}

// watchMemory looks every tenth of a second at how much heap is in use, until ctx ends; the function that it returns waits for that
// and says the most.
func watchMemory(ctx context.Context) func() uint64 {
	var most atomic.Uint64
	var watching sync.WaitGroup
	watching.Go(func() {
		for ctx.Err() == nil {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse))
			time.Sleep(100 * time.Millisecond)
		}
	})
	return func() uint64 { watching.Wait(); return most.Load() }
}
