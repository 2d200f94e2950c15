package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/postgres"
	"redress/internal/supporter"
	"redress/internal/telemetry"
)

func supporterCommand() *cobra.Command {
	return group("supporter", "Do what the owner of a mailbox asks for when no mail can reach them", unsuppressCommand())
}

func unsuppressCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "unsuppress",
		Short: "Send mail to a mailbox again, whose owner asked for silence or whose mail came back",
		Long: "Send mail to a mailbox again. Its owner can't do that on the site: the link would go to the mailbox. Do it when they\n" +
			"write to you by another way, and only then.\n\n" +
			"The address is read from standard input, one line, so that it is in no history of your shell:\n" +
			"type it when asked, then Enter. It brings back no consent: who takes back their consent to updates gives it anew.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if onTerminal() {
				fmt.Fprint(cmd.ErrOrStderr(), "The mailbox's address: ")
			}
			email, err := firstLine(cmd.InOrStdin())
			if err != nil {
				return err
			}
			if _, err := supporter.Canonical(email); err != nil {
				return errors.New("that is no e-mail address; give one on standard input") // without what was given
			}
			return withPeople(cmd, func(p *people) error {
				was, updates, err := unsuppress(cmd.Context(), p, email)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if was == nil {
					l.say("This mailbox is not suppressed. Nothing was changed.")
					return l.failed
				}
				l.say("It was suppressed since %s (%s), and gets mail again.", was.Since.In(p.config.Location).Format(time.DateOnly), silenced(was.Reason))
				if updates {
					l.say("Its consent to updates stands: it gets them, too.")
				} else {
					l.say("It gets what its owner asks for, and no updates: there is no consent to them.")
				}
				return l.failed
			})
		},
	}
}

// unsuppress lifts the suppression of an address; was is nil when there was none.
func unsuppress(ctx context.Context, p *people, email string) (was *supporter.Suppression, updates bool, err error) {
	key := supporter.MailboxKey(p.box, email)
	kept, err := p.supporters.Kept(ctx, key)
	if err != nil || kept.Suppression == nil {
		return nil, false, err
	}
	if updates, err = p.supporters.Consented(ctx, key, supporter.Updates); err != nil {
		return nil, false, err
	}
	err = p.db.InTx(ctx, func(tx *postgres.Tx) error { return p.supporters.Unsuppress(ctx, tx, key) })
	if err == nil {
		telemetry.NewLogger(os.Stderr).Info("a mailbox gets mail again", "was", kept.Suppression.Reason, "by", account())
	}
	return kept.Suppression, updates, err
}

func silenced(reason string) string {
	switch reason {
	case supporter.Asked:
		return "its owner asked for no mail"
	case supporter.Bounced:
		return "its mail came back"
	case supporter.Complained:
		return "its owner called our mail spam"
	}
	return reason
}

// firstLine reads the first line, without its end and the spaces around it.
func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 1024)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(line), nil
}
