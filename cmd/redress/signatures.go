package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/jobs"
	"redress/internal/pledge"
)

func signaturesCommand() *cobra.Command {
	return group("signatures", "Look at signatures that may not be real, and decide about them",
		heldSignaturesCommand(), reviewCommand(), undoReviewCommand(), reviewsCommand(), trendsCommand())
}

// withPledges lends a command the pledges.
func withPledges(cmd *cobra.Command, do func(*pledge.Pledges) error) error {
	ctx := cmd.Context()
	err := withDatabase(cmd, func(d *database) error {
		if err := d.Migrate(ctx); err != nil {
			return err
		}
		c, err := settings()
		if err != nil {
			return err
		}
		log := slog.Default()
		box, err := secretBox(ctx, c, d)
		if err != nil {
			return err
		}
		atlas, err := civics.Open(ctx, d.DB, log)
		if err != nil {
			return err
		}
		o, err := newOutbox(ctx, c, d, box, atlas, log)
		if err != nil {
			return err
		}
		pledges := pledge.New(d.DB, box, o.post, pledge.Options{
			Supporters: o.supporters, StateOf: stateOf(atlas), Zone: c.Location, Log: log, HoldDomains: c.HoldDomains,
		})
		defer pledges.Close()
		jobs.PledgeMails{Pledges: pledges, Centers: o.centers, BaseURL: c.BaseURL, From: jobs.SenderAt(c.From), Zone: c.Location}.Register(o.post)
		return do(pledges)
	})
	if f, ok := fault.As(err); ok && (f.Kind == fault.KindNotFound || f.Kind == fault.KindInvalid) {
		return errors.New(i18n.T(ctx, f.Key, f.Args...))
	}
	return err
}

func countedSignatures(n int64) string {
	if n == 1 {
		return "1 signature"
	}
	return fmt.Sprintf("%d signatures", n)
}

func heldSignaturesCommand() *cobra.Command {
	var issue string
	var ids bool
	cmd := &cobra.Command{
		Use:   "held",
		Short: "List the signatures under a pledge that are held, by rule and domain",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPledges(cmd, func(pledges *pledge.Pledges) error {
				if _, err := pledges.BySlug(cmd.Context(), issue); err != nil {
					return err
				}
				groups, err := pledges.HeldOf(cmd.Context(), issue)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(groups) == 0 {
					l.say("No signature is held.")
				}
				for _, g := range groups {
					l.say("%8d  %-10s  %s  the oldest of %s", g.Held, g.Rule, g.Domain, g.Oldest.Format(time.DateOnly))
					if ids {
						for _, id := range g.IDs {
							l.say("          %s", id)
						}
					}
				}
				if len(groups) > 0 {
					l.say("\nDecide with: redress signatures review --issue %s --domain DOMAIN --count|--withdraw --dry-run", issue)
				}
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&issue, "issue", "", "the issue's slug")
	cmd.Flags().BoolVar(&ids, "ids", false, "list the signatures' ids, too")
	_ = cmd.MarkFlagRequired("issue")
	return cmd
}

type reviewOptions struct {
	issue, domain, by            string
	ids                          []string
	hold, count, withdraw, tryIt bool
}

func (o reviewOptions) decision() pledge.Decision {
	switch {
	case o.hold:
		return pledge.DecideHold
	case o.count:
		return pledge.DecideCount
	}
	return pledge.DecideWithdraw
}

func (o reviewOptions) choice() (pledge.Choice, error) {
	choice := pledge.Choice{Pledge: o.issue, Domain: o.domain}
	for _, text := range o.ids {
		id, err := uuid.Parse(text)
		if err != nil {
			return choice, errors.New("a signature's id is as `redress signatures held --ids` lists it")
		}
		choice.IDs = append(choice.IDs, id)
	}
	return choice, nil
}

func reviewCommand() *cobra.Command {
	var o reviewOptions
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Hold, count or withdraw the signatures from a domain, or those named",
		Long: "Hold, count or withdraw the signatures from a domain and its subdomains, or those named.\n\n" +
			"--hold sets them aside: they aren't counted, and their own pages say that they are under review.\n" +
			"--count lets held ones count; one that its mailbox hasn't confirmed waits for that again.\n" +
			"--withdraw holds them now and takes them back for good after 7 days.\n\n" +
			"Look first with --dry-run. What was decided can be undone: redress signatures undo ID.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			choice, err := o.choice()
			if err != nil {
				return err
			}
			return withPledges(cmd, func(pledges *pledge.Pledges) error {
				l := lines{out: cmd.OutOrStdout()}
				if o.tryIt {
					effect, err := pledges.Preview(cmd.Context(), choice, o.decision())
					if err != nil {
						return err
					}
					l.say("To %s: %s (%s). Nothing was changed.", o.decision(), countedSignatures(effect.All()), described(effect))
					return l.failed
				}
				by := o.by
				if by == "" {
					by = account()
				}
				progress := progressOf("signatures")
				review, effect, err := pledges.Decide(cmd.Context(), choice, o.decision(), by, func(done int64) { progress(done, 0) })
				if err != nil {
					return err
				}
				if effect.All() == 0 {
					l.say("There is none to %s.", o.decision())
					return l.failed
				}
				l.say("To %s: %s (%s). To undo: redress signatures undo %s", o.decision(), countedSignatures(effect.All()), described(effect), review.ID)
				return l.failed
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.issue, "issue", "", "the issue's slug")
	f.StringVar(&o.domain, "domain", "", "signatures from addresses at this domain and below it")
	f.StringSliceVar(&o.ids, "id", nil, "signatures by their ids")
	f.BoolVar(&o.hold, "hold", false, "set them aside")
	f.BoolVar(&o.count, "count", false, "let held ones count")
	f.BoolVar(&o.withdraw, "withdraw", false, "take them back")
	f.BoolVar(&o.tryIt, "dry-run", false, "tell what would be, and change nothing")
	f.StringVar(&o.by, "by", "", "who decided; your account's name when you don't say")
	_ = cmd.MarkFlagRequired("issue")
	cmd.MarkFlagsOneRequired("hold", "count", "withdraw")
	cmd.MarkFlagsMutuallyExclusive("hold", "count", "withdraw")
	cmd.MarkFlagsOneRequired("domain", "id")
	cmd.MarkFlagsMutuallyExclusive("domain", "id")
	return cmd
}

func described(e pledge.Effect) string {
	return fmt.Sprintf("%d counted, %d waiting for their mailbox, %d held", e.Confirmed, e.Pending, e.Held)
}

func undoReviewCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "undo ID",
		Short: "Undo a decision: signatures that haven't moved since are as they were",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := uuid.Parse(args[0])
			if err != nil {
				return errors.New("a decision's ID is as `redress signatures reviewed` lists it")
			}
			return withPledges(cmd, func(pledges *pledge.Pledges) error {
				if by == "" {
					by = account()
				}
				review, restored, err := pledges.Undo(cmd.Context(), id, by)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				l.say("%s as before; %d have moved since.", countedSignatures(restored), review.Signatures-restored)
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who undoes it; your account's name when you don't say")
	return cmd
}

func reviewsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reviewed",
		Short: "List what was decided in the last 90 days, and by whom",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPledges(cmd, func(pledges *pledge.Pledges) error {
				list, err := pledges.Reviews(cmd.Context(), time.Now().AddDate(0, 0, -90))
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(list) == 0 {
					l.say("Nothing was decided.")
				}
				for _, r := range list {
					domain, err := pledges.ReviewedDomain(r)
					if err != nil {
						return err
					}
					l.say("%s  %s  %s  %s  %s by %s%s%s", r.ID, r.DecidedAt.Format(time.DateTime), r.Pledge, r.Decision,
						countedSignatures(r.Signatures), r.DecidedBy, from(domain), after(r))
				}
				return l.failed
			})
		},
	}
}

func from(domain string) string {
	if domain == "" {
		return ""
	}
	return ", from " + domain
}

func after(r pledge.Review) string {
	switch {
	case r.UndoneAt != nil:
		return ", undone " + r.UndoneAt.Format(time.DateTime) + " by " + r.UndoneBy
	case r.SettledAt != nil:
		return ", withdrawn for good " + r.SettledAt.Format(time.DateTime)
	case r.Decision == pledge.DecideWithdraw:
		return ", for good after " + r.DecidedAt.Add(pledge.WithdrawAfter).Format(time.DateTime)
	}
	return ""
}
