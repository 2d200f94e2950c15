package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter"
)

func messagesCommand() *cobra.Command {
	return group("messages", "Read letters that wait for a person, and decide about them",
		toReadCommand(), flaggedCommand(), readMessageCommand(), stopMessageCommand(), decidedCommand(),
		decideCommand(letter.DecisionSend, "Let a message's letters go out"),
		decideCommand(letter.DecisionReturn, "Give a message back to its writer, to change and send again"),
		decideCommand(letter.DecisionRefuse, "Refuse to send a message"))
}

// lines writes lines and keeps the first failure.
type lines struct {
	out    io.Writer
	failed error
}

func (l *lines) say(format string, args ...any) {
	_, err := fmt.Fprintf(l.out, format+"\n", args...)
	l.failed = errors.Join(l.failed, err)
}

func toReadCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "held",
		Short: "List the messages that wait for a person to read them, longest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				list, err := letter.ReadToRead(cmd.Context(), d.DB)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(list) == 0 {
					l.say("No message waits to be read.")
				}
				for _, m := range list {
					l.say("%s  %s  %s  confirmed %s  %s  why: %s", m.ID, m.IssueSlug, m.State, m.Confirmed.Format(time.DateTime),
						countedLetters(m.Letters), cmp.Or(strings.Join(append(m.Findings, m.Flags...), ", "), "stopped by staff"))
				}
				if len(list) > 0 {
					l.say("\nRead one with: redress messages read ID\nThen: redress messages send|return|refuse ID --reason \"…\"")
				}
				return l.failed
			})
		},
	}
}

func flaggedCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "flagged",
		Short: "List the messages of which many came from one address, or in one burst",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				list, err := letter.ReadFlagged(cmd.Context(), d.DB)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(list) == 0 {
					l.say("No message is flagged.")
				}
				for _, m := range list {
					l.say("%s  %s  %s  confirmed %s  %s, %d can still be stopped  flags: %s", m.ID, m.IssueSlug, m.State,
						m.Confirmed.Format(time.DateTime), countedLetters(m.Letters), m.Waiting, strings.Join(m.Flags, ", "))
				}
				if len(list) > 0 {
					l.say("\naddress: many mailboxes wrote from one street address; burst: from one network within minutes.\nStop one with: redress messages stop ID")
				}
				return l.failed
			})
		},
	}
}

func countedLetters(n int) string {
	if n == 1 {
		return "1 letter"
	}
	return fmt.Sprintf("%d letters", n)
}

func readMessageCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "read ID",
		Short: "Show a message with its writer's name and address: personal data, for your eyes",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onMessage(cmd, args[0], func(letters *letter.Letters, id uuid.UUID) error {
				list, err := letters.ReadMessage(cmd.Context(), id)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				shown := map[string]bool{}
				for _, out := range list {
					text := strings.Join([]string{out.Subject, out.Story, out.Body}, "\n\n")
					l.say("To %s (%s)", out.To.Name, out.Channel)
					if !shown[text] {
						shown[text] = true
						l.say("\nSubject: %s\n\n%s\n\n%s\n\n%s\n%s\n", out.Subject, out.Story, out.Body, strings.Join(out.Close, "\n"), out.ReplyTo.Address)
					}
				}
				return l.failed
			})
		},
	}
}

func stopMessageCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stop ID",
		Short: "Keep a message's letters that haven't gone out until a person has read them",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onMessage(cmd, args[0], func(letters *letter.Letters, id uuid.UUID) error {
				n, err := letters.Stop(cmd.Context(), id)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				l.say("%s stopped.", countedLetters(n))
				return l.failed
			})
		},
	}
}

func decideCommand(decision letter.Decision, short string) *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{
		Use:   string(decision) + " ID",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onMessage(cmd, args[0], func(letters *letter.Letters, id uuid.UUID) error {
				n, err := letters.Decide(cmd.Context(), id, decision, reason, cmp.Or(by, account()))
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				switch decision {
				case letter.DecisionSend:
					l.say("%s on the way.", countedLetters(n))
				case letter.DecisionReturn:
					l.say("%s given back. Its writer gets your reason by mail.", countedLetters(n))
				case letter.DecisionRefuse:
					l.say("%s refused. Its writer gets your reason by mail.", countedLetters(n))
				}
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in words that the writer may read; name nobody in it")
	cmd.Flags().StringVar(&by, "by", "", "who decided; your account's name when you don't say")
	return cmd
}

func decidedCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "decided",
		Short: "List what was decided in the last 90 days, and by whom",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				list, err := letter.ReadReviews(cmd.Context(), d.DB, time.Now().AddDate(0, 0, -90))
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(list) == 0 {
					l.say("Nothing was decided.")
				}
				for _, r := range list {
					l.say("%s  %s  %s by %s  %s  why it waited: %s  reason: %s", r.DecidedAt.Format(time.DateTime), r.MessageID, r.Decision,
						r.DecidedBy, countedLetters(r.Letters), cmp.Or(strings.Join(r.Findings, ", "), "stopped by staff"), cmp.Or(r.Reason, "-"))
				}
				return l.failed
			})
		},
	}
}

func onMessage(cmd *cobra.Command, text string, do func(*letter.Letters, uuid.UUID) error) error {
	id, err := uuid.Parse(text)
	if err != nil {
		return errors.New("a message's ID is as `redress messages held` lists it")
	}
	err = withLetters(cmd, func(letters *letter.Letters) error { return do(letters, id) })
	if f, ok := fault.As(err); ok && f.Kind == fault.KindNotFound {
		return errors.New(i18n.T(cmd.Context(), f.Key, f.Args...))
	}
	return err
}

// account is the name of the account that runs a command.
func account() string {
	if who, err := user.Current(); err == nil {
		return who.Username
	}
	return "unknown"
}
