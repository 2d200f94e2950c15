package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/abuse"
	"redress/internal/pledge"
	"redress/internal/web"
)

// trendLeast is from how many signatures on a domain is listed: a small one may be
// a person's own.
const trendLeast = 5

func trendsCommand() *cobra.Command {
	var issue string
	var hours, most int
	cmd := &cobra.Command{
		Use:   "trends",
		Short: "List the mail domains and networks that most signatures come from",
		Long: "List the mail domains of the signatures made in the last hours, and the networks that most forms came from in the last one.\n\n" +
			"Domains are read from the sealed addresses. Networks are stored nowhere: the running site remembers them for an hour and tells them\n" +
			"on its private listener (REDRESS_METRICS_ADDR), each node its own. Fewer than 5 are not listed.\n\n" +
			"Decide by domain (redress signatures review). No signature knows its network: stop one that floods at your proxy or firewall.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l := lines{out: cmd.OutOrStdout()}
			err := withPledges(cmd, func(pledges *pledge.Pledges) error {
				if _, err := pledges.BySlug(cmd.Context(), issue); err != nil {
					return err
				}
				groups, err := pledges.DomainsOf(cmd.Context(), issue, time.Now().Add(-time.Duration(hours)*time.Hour))
				if err != nil {
					return err
				}
				l.say("Domains, last %d hours:", hours)
				listDomains(&l, groups, most)
				return l.failed
			})
			if err != nil {
				return err
			}
			c, err := settings()
			if err != nil {
				return err
			}
			l.say("\nNetworks, last hour:")
			if c.MetricsAddr == "" {
				l.say("  not known: set REDRESS_METRICS_ADDR for the site to tell them")
				return l.failed
			}
			networks, err := askTrends(cmd.Context(), c.MetricsAddr, issue)
			if err != nil {
				return err
			}
			if len(networks) == 0 {
				l.say("  none with 5 or more")
			}
			for _, n := range networks {
				l.say("%8d  %s", n.Forms, n.Network)
			}
			return l.failed
		},
	}
	cmd.Flags().StringVar(&issue, "issue", "", "the issue's slug")
	cmd.Flags().IntVar(&hours, "hours", 24, "how far back to look at domains")
	cmd.Flags().IntVar(&most, "most", 20, "how many domains to list")
	_ = cmd.MarkFlagRequired("issue")
	return cmd
}

func listDomains(l *lines, groups []pledge.Group, most int) {
	listed := 0
	for _, g := range groups {
		if g.All() < trendLeast || listed == most {
			break
		}
		listed++
		l.say("%8d  %s  %d counted, %d waiting, %d held", g.All(), g.Domain, g.Confirmed, g.Pending, g.Held)
	}
	if listed == 0 {
		l.say("  none with %d or more", trendLeast)
	}
}

// askTrends asks the running site on this machine's settings which networks send
// most.
func askTrends(ctx context.Context, address, issue string) ([]abuse.Trend, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	where := url.URL{Scheme: "http", Host: address, Path: web.TrendsPath, RawQuery: url.Values{"issue": {issue}}.Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, errors.New("the site doesn't answer on REDRESS_METRICS_ADDR: is it running?")
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the site answered %d on REDRESS_METRICS_ADDR", answer.StatusCode)
	}
	var list []abuse.Trend
	return list, json.NewDecoder(answer.Body).Decode(&list)
}
