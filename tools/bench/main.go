// Command bench prints ratios of things measured side by side on this machine:
// the cached issue page against a bare net/http server and against nginx, both
// sending the same bytes and headers, the answer for a ZIP code against the issue
// page, a signature against pgbench inserting one such row per transaction, and
// letters to offices drained by the workers, and an edition of the newsletter,
// against a loop that renders, signs and sends the same mails, a site with a million signatures against one with a thousand, and
// their export against psql's own.
// Absolute figures depend on the machine and on what else it does; a ratio of two
// runs that alternate depends on them less. Only lookups in memory are printed
// absolutely, as their goals are.
//
// It needs wrk, nginx and pgbench (Debian: wrk nginx postgresql-contrib), and
// says which is missing. Every server listens on loopback and is stopped at the
// end; every run is bounded in time.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	bare := flag.String("bare", "", "internal: serve the recorded answer in this folder with net/http")
	addr := flag.String("addr", "", "internal: where -bare listens")
	seconds := flag.Duration("for", 4*time.Second, "how long one run of a pair takes")
	rounds := flag.Int("rounds", 5, "how many pairs of runs; the median ratio is printed")
	only := flag.String("only", "", "one part: pages, lookups, zips, signatures, mails, newsletter, crowd, or export")
	crowd := flag.Int64("crowd", 1_000_000, "how many signatures the parts crowd and export load (10000000 takes many minutes)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *bare != "" {
		exit(serveBare(ctx, *bare, *addr))
	}
	exit(run(ctx, *only, *seconds, *rounds, *crowd))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, only string, seconds time.Duration, rounds int, crowd int64) error {
	if only != "mails" && only != "newsletter" { // which need none
		if err := haveTools("wrk", "nginx", "pgbench"); err != nil {
			return err
		}
	}
	folder, err := os.MkdirTemp("", "redress-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the private server runs as another account and must reach its folder
		return err
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))

	site, err := startSite(ctx, folder)
	if err != nil {
		return err
	}
	defer site.stop()

	for _, part := range []struct {
		name    string
		measure func() error
	}{
		{"pages", func() error { return comparePages(ctx, site, folder, seconds, rounds) }},
		{"lookups", func() error { return measureLookups(ctx, site) }},
		{"zips", func() error { return compareLookups(ctx, site, folder, seconds, rounds) }},
		{"signatures", func() error { return compareSignatures(ctx, site, folder, seconds, rounds) }},
		{"mails", func() error { return compareMails(ctx, site, rounds) }},
		{"newsletter", func() error { return compareNewsletter(ctx, site, rounds) }},
		{"crowd", func() error { return compareCrowd(ctx, site, folder, seconds, rounds, crowd) }},
		{"export", func() error { return compareExport(ctx, site, folder, rounds, crowd) }}, // last: the site has many from then on
	} {
		if only != "" && only != part.name {
			continue
		}
		if err := part.measure(); err != nil {
			return err
		}
	}
	return nil
}

func haveTools(names ...string) error {
	for _, name := range names {
		if _, err := findTool(name); err != nil {
			return fmt.Errorf("%s is not installed (Debian: apt-get install wrk nginx postgresql-contrib)", name)
		}
	}
	return nil
}

// findTool looks where Debian puts what is not on everybody's PATH, too.
func findTool(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, folder := range []string{"/usr/sbin/", "/usr/local/sbin/"} {
		if path, err := exec.LookPath(folder + name); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}
