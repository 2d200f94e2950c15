package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/letter"
	"redress/internal/organization"
	"redress/internal/search"
	"redress/internal/telemetry"
)

func doctorCommand() *cobra.Command {
	var ready, links bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is set, wrong, reachable and stale",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := settings()
			if err != nil {
				return err
			}
			if ready {
				return checkReady(cmd.Context(), c)
			}
			e := examination{out: cmd.OutOrStdout()}
			e.settings(c)
			e.mailServer(cmd.Context(), c)
			e.signing(cmd.Context(), c)
			e.bounces(c)
			e.congress(cmd.Context(), c)
			e.geocoder(cmd.Context(), c)
			e.database(cmd.Context(), c, links)
			return e.verdict()
		},
	}
	cmd.Flags().BoolVar(&ready, "ready", false, "only ask the running site whether it is ready (for health checks)")
	cmd.Flags().BoolVar(&links, "links", false, "also open every organization's links (needs a network)")
	return cmd
}

// checkReady asks the site on this machine. The image's HEALTHCHECK runs it.
func checkReady(ctx context.Context, c *config.Config) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("the site does not answer")
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the site is not ready (%d)", resp.StatusCode)
	}
	return nil
}

// examination prints findings and counts the bad ones.
type examination struct {
	out  io.Writer
	sick int
}

func (e *examination) good(format string, args ...any) { e.line("  ok    ", format, args...) }
func (e *examination) note(format string, args ...any) { e.line("  note  ", format, args...) }
func (e *examination) bad(format string, args ...any) {
	e.sick++
	e.line("  WRONG ", format, args...)
}

func (e *examination) line(mark, format string, args ...any) {
	_, _ = fmt.Fprintf(e.out, mark+format+"\n", args...)
}

func (e *examination) verdict() error {
	if e.sick > 0 {
		return fmt.Errorf("%d things need attention", e.sick)
	}
	return nil
}

func (e *examination) settings(c *config.Config) {
	_, _ = fmt.Fprintln(e.out, "Settings")
	for _, s := range c.Describe(environment()) {
		origin := "default"
		if s.Set {
			origin = "set"
		}
		_, _ = fmt.Fprintf(e.out, "  %-24s %-8s %s\n", s.Name, origin, s.Value)
	}
	_, _ = fmt.Fprintln(e.out, "State")
	if c.Delivery == config.Live {
		e.good("messages reach real offices")
	} else {
		e.note("messages to offices are captured; REDRESS_DELIVERY=live sends them")
	}
}

func (e *examination) mailServer(ctx context.Context, c *config.Config) {
	if c.SMTPURL == "" {
		e.note("no mail server is set: every mail is written to mail/ in the data folder")
		return
	}
	u, err := url.Parse(c.SMTPURL)
	if err != nil {
		e.bad("REDRESS_SMTP_URL can't be read")
		return
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"smtp": "587", "smtps": "465"}[u.Scheme]
	}
	if err := dial(ctx, net.JoinHostPort(u.Hostname(), port)); err != nil {
		e.bad("the mail server does not answer: %v", err)
		return
	}
	e.good("the mail server answers")
}

func (e *examination) geocoder(ctx context.Context, c *config.Config) {
	u, err := url.Parse(c.GeocoderURL)
	if err != nil {
		e.bad("REDRESS_GEOCODER_URL can't be read")
		return
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if err := dial(ctx, net.JoinHostPort(u.Hostname(), port)); err != nil {
		e.note("the geocoder does not answer: addresses can't be placed, ZIP codes can")
		return
	}
	e.good("the geocoder answers")
}

func dial(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (e *examination) database(ctx context.Context, c *config.Config, links bool) {
	d, err := openDatabase(ctx, c, telemetry.NewLogger(os.Stderr), false, true)
	if err != nil {
		e.bad("the database can't be opened: %v", err)
		return
	}
	defer d.close(ctx)
	e.good("PostgreSQL answers")
	if pending, err := d.Pending(ctx); err != nil {
		e.bad("the schema can't be read: %v", err)
		return
	} else if pending > 0 {
		e.bad("%d migrations are waiting: run redress migrate, or start the site", pending)
		return
	}
	e.good("the schema is up to date")
	if _, err := secretBox(ctx, c, d); err != nil {
		e.bad("%v", err)
	} else {
		e.good("the secret is the one the database knows")
	}
	e.typingErrors(ctx, d)
	e.civicData(ctx, d)
	e.waitingLetters(ctx, d)
	e.center(ctx, d)
	if links {
		e.links(ctx, d)
	}
}

// typingErrors says whether the search forgives them, and how it can be made to.
func (e *examination) typingErrors(ctx context.Context, d *database) {
	forgiven, err := search.New(d.DB).Tolerant(ctx)
	switch {
	case err != nil:
		e.bad("the search can't be examined: %v", err)
	case forgiven:
		e.good("the search forgives typing errors")
	default:
		e.note("the search forgives no typing errors: the database lacks PostgreSQL's extension pg_trgm. Install the server's contrib modules (part of Debian's postgresql-15, elsewhere often postgresql-contrib) or let an administrator run CREATE EXTENSION pg_trgm in this database, then start the site again")
	}
}

func (e *examination) civicData(ctx context.Context, d *database) {
	sets, err := civics.ReadDatasets(ctx, d.DB)
	if err != nil {
		e.bad("civic data can't be read: %v", err)
		return
	}
	if len(sets) == 0 {
		e.note("no civic data is loaded yet; the first start of the site loads it")
		return
	}
	e.civicAges(sets, time.Now())
	e.nextCongress(sets, time.Now())
}

func (e *examination) waitingLetters(ctx context.Context, d *database) {
	held, err := letter.ReadWaiting(ctx, d.DB)
	if err != nil {
		e.bad("letters that wait can't be counted: %v", err)
		return
	}
	waiting := 0
	for _, w := range held {
		waiting += w.Letters
	}
	if waiting > 0 {
		e.note("%d letters wait for you: redress deliveries held", waiting)
	}
	read, err := letter.ReadToRead(ctx, d.DB)
	if err != nil {
		e.bad("messages that wait to be read can't be counted: %v", err)
		return
	}
	if len(read) > 0 {
		e.note("%d messages wait for a person to read them: redress messages held", len(read))
	}
}

func (e *examination) center(ctx context.Context, d *database) {
	here, err := center.New(d.DB).Current(ctx)
	switch {
	case err != nil:
		e.bad("the center can't be read: %v", err)
	case here.Sample:
		e.note("the center is the sample: import your own content before going live")
	default:
		e.good("the center is %s", here.Name)
	}
}

func (e *examination) links(ctx context.Context, d *database) {
	results, err := organization.New(d.DB).CheckLinks(ctx, &http.Client{Timeout: 15 * time.Second})
	if err != nil {
		e.bad("links can't be checked: %v", err)
		return
	}
	for _, r := range results {
		if r.Fault != "" {
			e.bad("%s (%s of %s): %s", r.URL, r.Field, r.Slug, r.Fault)
		} else {
			e.good("%s", r.URL)
		}
	}
}
