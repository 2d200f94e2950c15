package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"redress/internal/config"
	"redress/internal/postgres"
	"redress/internal/postgres/local"
	"redress/internal/seal"
)

// database is an open database and, when this program runs it, its server.
type database struct {
	*postgres.DB
	url    string        // may contain a password: not for logs
	server *local.Server // nil: somebody else's
}

// openDatabase opens the database of the settings. Without DATABASE_URL it
// starts the private server; when the site is up and runs that already, share
// lets a command work beside it.
func openDatabase(ctx context.Context, c *config.Config, log *slog.Logger, fetch, share bool) (*database, error) {
	d := &database{url: c.DatabaseURL}
	if d.url == "" {
		if err := d.runServer(ctx, c, log, fetch, share); err != nil {
			return nil, err
		}
	}
	var err error
	if d.DB, err = postgres.Open(ctx, postgres.Options{URL: d.url, MaxConns: c.DBConns, Logger: log}); err != nil {
		d.stopServer(ctx)
		return nil, err
	}
	return d, nil
}

func (d *database) runServer(ctx context.Context, c *config.Config, log *slog.Logger, fetch, share bool) error {
	if err := placeData(c, log); err != nil {
		return err
	}
	options := local.Options{Dir: c.Data, Logger: log, Fetch: fetch, MaxConns: c.DBConns + 20}
	var err error
	d.server, err = local.Start(ctx, options)
	if errors.Is(err, local.ErrNoBinaries) && !fetch && askToFetch() {
		options.Fetch = true
		d.server, err = local.Start(ctx, options)
	}
	if errors.Is(err, local.ErrInUse) && share {
		if url, ok := local.Running(c.Data); ok {
			d.url = url
			return nil
		}
	}
	if err != nil {
		return err
	}
	d.url = d.server.URL()
	return nil
}

// placeData moves the data folder where the server's account can reach it.
func placeData(c *config.Config, log *slog.Logger) error {
	dir, moved, err := local.DataDir(c.Data)
	if err != nil {
		return err
	}
	if moved {
		log.Warn("the data folder can't be reached by the account that PostgreSQL runs as; using another", "asked", c.Data, "using", dir)
	}
	c.Data = dir
	return nil
}

// died yields an error when the private server ends by itself; nil otherwise.
func (d *database) died() <-chan error {
	if d.server == nil {
		return nil
	}
	return d.server.Died()
}

// close closes the connections and stops the private server.
func (d *database) close(ctx context.Context) {
	d.Close()
	d.stopServer(ctx)
}

func (d *database) stopServer(ctx context.Context) {
	if d.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := d.server.Stop(ctx); err != nil {
		slog.Error("PostgreSQL did not stop in order", "cause", err)
	}
}

// secretBox makes the keys and checks that the database was begun with them.
func secretBox(ctx context.Context, c *config.Config, d *database) (*seal.Box, error) {
	secret := []byte(c.Secret)
	if len(secret) == 0 {
		var err error
		if secret, err = keptSecret(filepath.Join(c.Data, "secret")); err != nil {
			return nil, err
		}
	}
	box, err := seal.New(secret)
	if err != nil {
		return nil, err
	}
	return box, d.CheckSecret(ctx, box.CheckValue())
}

// keptSecret reads the secret of a private database, making it at the first
// start. It is written beside and linked into place, so that two programs that
// start at once end up with one secret, and a crash leaves none or a whole one.
// Blanks around it don't count: whoever puts it back adds a line break.
func keptSecret(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return bytes.TrimSpace(secret), err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".secret-")
	if err != nil {
		return nil, fmt.Errorf("keep a secret: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(seal.NewSecret())
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, fmt.Errorf("keep a secret: %w", err)
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("keep a secret: %w", err)
	}
	secret, err = os.ReadFile(path)
	return bytes.TrimSpace(secret), err
}
