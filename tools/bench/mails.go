package main

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"redress/internal/mail"
	"redress/internal/postgres"
)

const (
	writers     = 1200
	connections = 4 // as many workers as the program lets send mail at a time
)

// compareMails measures how fast the program's workers drain letters to offices into a mail server on loopback, against a loop
// that renders and signs the same letters over as many connections into the same server, and keeps no record of them.
func compareMails(ctx context.Context, s *site, rounds int) error {
	database, err := freshDatabase(ctx, s.database, "redress_bench_mails")
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
	box, err := openLetterbox(ctx, database, signed)
	if err != nil {
		return err
	}
	defer box.db.Close()
	if err := box.write(ctx, writers); err != nil {
		return err
	}
	measure := func(drain func(context.Context, []mail.Mail) error) func() (float64, error) {
		return func() (float64, error) {
			mails, err := box.waiting(ctx)
			if err != nil {
				return 0, err
			}
			before, began := server.taken.Load(), time.Now()
			if err := drain(ctx, mails); err != nil {
				return 0, err
			}
			took := time.Since(began)
			if n := server.taken.Load() - before; n == 0 || int(n) != len(mails) {
				return 0, fmt.Errorf("%d of %d mails arrived", n, len(mails))
			}
			return float64(len(mails)) / took.Seconds(), nil
		}
	}
	return pair(ctx, rounds, "letters drained by the workers / rendered, signed and sent by a raw loop", "goal ≥ 0.7",
		measure(func(ctx context.Context, _ []mail.Mail) error {
			return each(func() error { return box.post.Work(ctx) })
		}),
		measure(func(ctx context.Context, mails []mail.Mail) error { return sendRaw(ctx, box.post, signed, mails) }))
}

// sendRaw renders and sends mails over several connections, in their order, and records nothing.
func sendRaw(ctx context.Context, post *mail.Post, way mail.Sender, mails []mail.Mail) error {
	var next atomic.Int64
	return each(func() error {
		session, err := way.Open(ctx)
		if err != nil {
			return err
		}
		defer session.Close()
		for {
			i := int(next.Add(1)) - 1
			if i >= len(mails) {
				return nil
			}
			e, err := post.Draw(ctx, mails[i])
			if err != nil {
				return err
			}
			if err := session.Send(ctx, e); err != nil {
				return err
			}
		}
	})
}

// each runs work once per connection, all at once, and gives the first error.
func each(work func() error) error {
	faults := make(chan error, connections)
	var all sync.WaitGroup
	for range connections {
		all.Go(func() { faults <- work() })
	}
	all.Wait()
	for range connections {
		if err := <-faults; err != nil {
			return err
		}
	}
	return nil
}

// freshDatabase makes an empty database beside the site's.
func freshDatabase(ctx context.Context, site, name string) (string, error) {
	db, err := postgres.Open(ctx, postgres.Options{URL: site, MaxConns: 2})
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := db.Read(ctx).Exec("CREATE DATABASE " + name).Error; err != nil {
		return "", err
	}
	u, err := url.Parse(site)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
