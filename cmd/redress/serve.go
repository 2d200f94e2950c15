package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/content"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	library "redress/internal/content"
	"redress/internal/fault"
	"redress/internal/telemetry"
)

// drainPatience is how long requests and jobs get to end after SIGTERM; the
// compose file's stop_grace_period is longer.
const drainPatience = 25 * time.Second

type serveOptions struct {
	noMigrate     bool
	fetchPostgres bool
}

func serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the site (what redress does without a command)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := settings()
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c, o)
		},
	}
	cmd.Flags().BoolVar(&o.noMigrate, "no-migrate", false, "leave the schema alone (fleets run redress migrate first)")
	cmd.Flags().BoolVar(&o.fetchPostgres, "fetch-postgres", false, "download PostgreSQL's binaries when none are installed")
	return cmd
}

func serve(ctx context.Context, c *config.Config, o serveOptions) error {
	log := telemetry.NewLogger(os.Stderr)
	slog.SetDefault(log)
	d, err := openDatabase(ctx, c, log, o.fetchPostgres, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	// After the data folder, so that a second program on it hears that first.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (PORT chooses another port)", c.Addr, err)
	}
	defer func() { _ = listener.Close() }()
	h, err := prepare(ctx, c, d, o, log)
	if err != nil {
		return err
	}
	return h.run(ctx, c, d, listener)
}

// prepare brings the database to where the site can work on it.
func prepare(ctx context.Context, c *config.Config, d *database, o serveOptions, log *slog.Logger) (*house, error) {
	if !o.noMigrate {
		if err := migrate(ctx, d, log); err != nil {
			return nil, err
		}
	}
	box, err := secretBox(ctx, c, d)
	if err != nil {
		return nil, err
	}
	if err := civics.LoadSnapshot(ctx, d.DB, civics.EmbeddedSnapshot()); err != nil {
		return nil, fmt.Errorf("load who represents whom: %w", err)
	}
	if err := loadSample(ctx, c, d, log); err != nil {
		return nil, err
	}
	if err := checkCenter(ctx, c, d); err != nil {
		return nil, err
	}
	return wire(ctx, c, d, box, log)
}

// loadSample fills an empty database with the sample center; never under live
// delivery.
func loadSample(ctx context.Context, c *config.Config, d *database, log *slog.Logger) error {
	if !c.Sample || c.Delivery == config.Live {
		return nil
	}
	all, done := contentOf(d.DB)
	defer done()
	loaded, err := all.LoadEmpty(ctx, content.FS, library.SampleAuthor)
	if err != nil {
		return fmt.Errorf("load the sample content: %w", err)
	}
	if loaded {
		log.Info("loaded the sample content")
	}
	return nil
}

// checkCenter refuses to serve a site of nobody, and to write to people in the
// name of nobody.
func checkCenter(ctx context.Context, c *config.Config, d *database) error {
	here, err := center.New(d.DB).Current(ctx)
	if fault.KindOf(err) == fault.KindNotFound {
		return errors.New("the database holds no content yet: import yours first (redress export content DIR from a sample site, edit, redress import content DIR)")
	}
	if err != nil || (c.SMTPURL == "" && c.Delivery != config.Live) {
		return err
	}
	switch {
	case here.Name == "" || len(here.PostalAddress) == 0:
		return errors.New("mail needs the center's name and postal address: import content with a center.md that has both")
	case c.Delivery == config.Live && here.Sample:
		return errors.New("REDRESS_DELIVERY=live is refused while the center is the sample: import your own content first (redress export content DIR, edit, redress import content DIR)")
	}
	if c.Delivery != config.Live {
		return nil
	}
	return refuseSample(ctx, d)
}

// refuseSample keeps a site from writing to real offices about issues that
// nobody at the center has ever saved.
func refuseSample(ctx context.Context, d *database) error {
	all, done := contentOf(d.DB)
	defer done()
	slugs, err := all.SampleIssues(ctx)
	if err != nil || len(slugs) == 0 {
		return err
	}
	return fmt.Errorf("REDRESS_DELIVERY=live is refused while issues are still the sample's: %s. Make each your own, or give it a `published` day to come so that it isn't shown (redress export content DIR, edit, redress import content DIR)", strings.Join(slugs, ", "))
}

// run serves until ctx ends or PostgreSQL dies underneath, then stops in order:
// not ready, drain, flush counts, stop jobs; the caller stops PostgreSQL.
func (h *house) run(ctx context.Context, c *config.Config, d *database, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := h.jobs.Start(ctx); err != nil {
		return err
	}
	if err := h.serveMetrics(ctx, c); err != nil {
		return err
	}
	if h.congress != nil {
		go h.congress.Run(ctx)
	}
	listening, stopListening := context.WithCancel(context.WithoutCancel(ctx))
	defer stopListening() // after the last requests: pages stay right while they drain
	go h.pledges.Watch(listening, h.site.Changed)
	go d.Listen(listening, h.changed(listening), h.lostTouch(listening))
	go func() {
		select {
		case err := <-d.died():
			cancel(err)
		case <-ctx.Done():
		}
	}()
	h.log.Info("ready", "address", c.BaseURL, "delivery", c.Delivery)
	fmt.Fprintf(os.Stderr, "\n  Open %s\n\n", c.BaseURL)
	served := h.site.Serve(ctx, listener)

	patience := drainPatience
	if died(ctx) {
		patience = time.Second // nothing can be finished without PostgreSQL
	}
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	h.pledges.Close()
	stopped := h.jobs.Stop(drain)
	if died(ctx) {
		return context.Cause(ctx)
	}
	return errors.Join(served, stopped)
}

// died tells whether serving ended because PostgreSQL did.
func died(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return cause != nil && !errors.Is(cause, context.Canceled)
}

// changed follows what the database says has changed.
func (h *house) changed(ctx context.Context) func(tag string) {
	return func(tag string) {
		if tag == civics.Tag {
			h.reloadAtlas(ctx)
		}
		h.pledges.Changed(tag) // before pages are rendered again
		h.site.Changed(tag)
	}
}

// lostTouch takes everything as changed.
func (h *house) lostTouch(ctx context.Context) func() {
	return func() {
		h.reloadAtlas(ctx)
		h.site.LostTouch()
	}
}

// reloadAtlas reads the civic facts again. When that fails the earlier ones stay,
// and it is tried again behind, until it succeeds: nobody tells of a change twice,
// and a correction such as "do not offer" must not be lost.
func (h *house) reloadAtlas(ctx context.Context) {
	if h.reload(ctx) || !h.reloading.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer h.reloading.Store(false)
		for wait := time.Second; ; wait = min(2*wait, reloadPatience) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			if h.reload(ctx) {
				h.site.Changed(civics.Tag)
				return
			}
		}
	}()
}

// reloadPatience is the longest that a failed reload waits for the next try, and
// the longest that one may take.
const reloadPatience = 30 * time.Second

// reload tries once and reports whether nothing is left to do.
func (h *house) reload(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, reloadPatience)
	defer cancel()
	err := h.atlas.Reload(limited)
	if err != nil && ctx.Err() == nil {
		h.log.Error("civic data could not be read again; the earlier data stays until it can", "cause", err)
	}
	return err == nil || ctx.Err() != nil
}

// serveMetrics opens the private listener for Prometheus, if one is set.
func (h *house) serveMetrics(ctx context.Context, c *config.Config) error {
	if c.MetricsAddr == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.MetricsAddr)
	if err != nil {
		return fmt.Errorf("listen for metrics on %s: %w", c.MetricsAddr, err)
	}
	go func() {
		if err := h.site.ServeMetrics(ctx, listener); err != nil {
			h.log.Error("the metrics listener ended", "cause", err)
		}
	}()
	return nil
}
