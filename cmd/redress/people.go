package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/internal/pledge"
	"redress/internal/seal"
	"redress/internal/supporter"
	"redress/internal/telemetry"
)

// people are the rooms that know who signed, wrote and agreed.
type people struct {
	config     *config.Config
	db         *database
	box        *seal.Box
	centers    *center.Centers
	supporters *supporter.Supporters
	pledges    *pledge.Pledges
	letters    *letter.Letters
}

// withPeople opens those rooms for a command that mails nobody. Faults come back
// as their sentences.
func withPeople(cmd *cobra.Command, do func(*people) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	d, err := openDatabase(ctx, c, telemetry.NewLogger(os.Stderr), false, true)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer d.close(ctx)
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	box, err := secretBox(ctx, c, d)
	if err != nil {
		return err
	}
	p := openPeople(c, d, box, nil)
	defer p.pledges.Close()
	return inWords(ctx, do(p))
}

// withPlaces is withPeople for commands that must know which state a ZIP code lies
// in, and load what is known of that.
func withPlaces(cmd *cobra.Command, do func(*people) error) error {
	return withPeople(cmd, func(p *people) error {
		ctx := cmd.Context()
		if err := civics.LoadSnapshot(ctx, p.db.DB, civics.EmbeddedSnapshot()); err != nil {
			return err
		}
		atlas, err := civics.Open(ctx, p.db.DB, telemetry.NewLogger(os.Stderr))
		if err != nil {
			return err
		}
		placed := openPeople(p.config, p.db, p.box, stateOf(atlas))
		defer placed.pledges.Close()
		return do(placed)
	})
}

func openPeople(c *config.Config, d *database, box *seal.Box, stateOf func(zip string) (string, bool)) *people {
	p := &people{config: c, db: d, box: box, centers: center.New(d.DB), supporters: supporter.New(d.DB, box, time.Now)}
	p.pledges = pledge.New(d.DB, box, nil, pledge.Options{
		Supporters: p.supporters, StateOf: stateOf, Zone: c.Location, Log: telemetry.NewLogger(os.Stderr),
	})
	p.letters = letter.New(letter.Options{DB: d.DB, Box: box, Supporters: p.supporters})
	return p
}

// inWords is a fault as the sentence that it stands for.
func inWords(ctx context.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Key == "" || !i18n.Has(f.Key) {
		return err
	}
	return errors.New(i18n.T(ctx, f.Key, f.Args...))
}

// privately writes a file that only its owner can read, whole or not at all, and
// never over one that is there.
func privately(path string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already; name another file", path)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".redress-export-") // readable by its owner only
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	err = write(draft)
	if err == nil {
		err = draft.Sync()
	}
	if err = errors.Join(err, draft.Close()); err != nil {
		return err
	}
	err = os.Link(draft.Name(), path) // unlike renaming, it fails when a file has come there meanwhile
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; name another file", path)
	}
	return err
}

// listing is where and how a list of people is written.
type listing struct{ format, file string }

func (o *listing) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.format, "format", "csv", "csv or jsonl")
	cmd.Flags().StringVar(&o.file, "out", "", "write to this file, readable by you only; else to the screen")
}

// write gives a table to write to; progress is shown when the rows go elsewhere.
func (o *listing) write(cmd *cobra.Command, columns []string, rows func(t *table, progress func(done, total int64)) error) error {
	to := func(out io.Writer) error {
		t, err := newTable(out, o.format, columns...)
		if err != nil {
			return err
		}
		var progress func(done, total int64)
		if o.file != "" {
			progress = progressOf("rows written")
		}
		if err := rows(t, progress); err != nil {
			return err
		}
		return t.end()
	}
	if o.file == "" {
		return to(cmd.OutOrStdout())
	}
	return privately(o.file, to)
}

// stamp is a moment in a table; the zero moment is empty.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339Nano)
}

// quiet keeps a sentence on one line of a terminal.
func quiet(text string) string { return strings.Join(strings.Fields(text), " ") }
