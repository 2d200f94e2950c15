package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/pledge"
)

func sourceCommand() *cobra.Command {
	return group("source", "Make codes for the ways on which people come to an issue: /issues/SLUG/from/CODE", addSourceCommand(), retireSourceCommand(), listSourcesCommand())
}

func addSourceCommand() *cobra.Command {
	var slug, by string
	cmd := &cobra.Command{
		Use:   "add CODE \"LABEL\" --issue SLUG",
		Short: "Make a code, or give it another label",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withPeople(cmd, func(p *people) error {
				if _, err := issue.New(p.db.DB).Facts(cmd.Context(), slug); err != nil {
					return err
				}
				err := p.pledges.AddSource(cmd.Context(), pledge.Source{IssueSlug: slug, Code: args[0], Label: args[1], MadeBy: cmp.Or(by, account())})
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				l.say("%s/issues/%s/from/%s", strings.TrimSuffix(p.config.BaseURL, "/"), slug, args[0])
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&slug, "issue", "", "the issue's slug")
	cmd.Flags().StringVar(&by, "by", "", "who made it; your account's name when you don't say")
	return cmd
}

func retireSourceCommand() *cobra.Command {
	var slug string
	cmd := &cobra.Command{
		Use:   "retire CODE --issue SLUG",
		Short: "End a code: its link leads to the plain page, its counts stay",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withPeople(cmd, func(p *people) error { return p.pledges.RetireSource(cmd.Context(), slug, args[0]) })
		},
	}
	cmd.Flags().StringVar(&slug, "issue", "", "the issue's slug")
	return cmd
}

func listSourcesCommand() *cobra.Command {
	var slug string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List codes with what came by them so far",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPeople(cmd, func(p *people) error {
				list, err := p.pledges.Sources(cmd.Context(), slug)
				if err != nil {
					return err
				}
				days, err := cameBy(cmd.Context(), p.pledges, p.db, reportOf{issue: slug})
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(list) == 0 {
					l.say("There is no code. Make one with: redress source add CODE \"LABEL\" --issue SLUG")
				}
				for _, s := range list {
					signatures, messages := int64(0), int64(0)
					for _, d := range days {
						if d.issue == s.IssueSlug && d.code == s.Code {
							signatures, messages = signatures+d.signatures, messages+d.messages
						}
					}
					state := ""
					if s.RetiredAt != nil {
						state = ", retired on " + s.RetiredAt.Format(time.DateOnly)
					}
					l.say("%s  %s  %s  since %s, by %s%s  %d signatures, %d messages", s.IssueSlug, s.Code, s.Label, s.MadeAt.Format(time.DateOnly), s.MadeBy, state, signatures, messages)
				}
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&slug, "issue", "", "one issue's slug; else all of them")
	return cmd
}

// came is what came by one code on one day.
type came struct {
	issue, code, label   string
	day                  time.Time
	signatures, messages int64
}

// cameBy puts what was signed and what was written beside each other.
func cameBy(ctx context.Context, pledges *pledge.Pledges, d *database, of reportOf) ([]came, error) {
	signed, err := pledges.SourceDays(ctx, of.issue, of.from, of.until)
	if err != nil {
		return nil, err
	}
	written, err := letter.ReadSourceDays(ctx, d.DB, of.issue, of.from, of.until)
	if err != nil {
		return nil, err
	}
	labels, err := pledges.Sources(ctx, of.issue)
	if err != nil {
		return nil, err
	}
	var all []came
	at := func(slug, code string, day time.Time) *came {
		i := slices.IndexFunc(all, func(c came) bool { return c.issue == slug && c.code == code && c.day.Equal(day) })
		if i < 0 {
			i = len(all)
			c := came{issue: slug, code: code, day: day}
			if n := slices.IndexFunc(labels, func(s pledge.Source) bool { return s.IssueSlug == slug && s.Code == code }); n >= 0 {
				c.label = labels[n].Label
			}
			all = append(all, c)
		}
		return &all[i]
	}
	for _, s := range signed {
		at(s.IssueSlug, s.Code, s.Day).signatures += s.N
	}
	for _, w := range written {
		at(w.IssueSlug, w.Code, w.Day).messages += w.N
	}
	slices.SortFunc(all, func(a, b came) int {
		return cmp.Or(strings.Compare(a.issue, b.issue), a.day.Compare(b.day), strings.Compare(a.code, b.code))
	})
	return all, nil
}

func writeSources(ctx context.Context, d *database, t *table, of reportOf) error {
	pledges := pledge.New(d.DB, nil, nil, pledge.Options{})
	defer pledges.Close()
	all, err := cameBy(ctx, pledges, d, of)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := t.row(c.issue, c.day.Format(time.DateOnly), c.code, c.label, c.signatures, c.messages); err != nil {
			return err
		}
	}
	return nil
}
