package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/supporter"
	pledges "redress/views/pledge"
)

func updateCommand() *cobra.Command {
	return group("update", "See, try, send, stop and resume an issue's updates by mail",
		updatePreviewCommand(), updateTestCommand(), updateSendCommand(),
		onUpdate("status", "Say how the mailing of an update stands, and which receivers the waiting mails go to", nil),
		onUpdate("stop", "Let nothing more of it go until it is resumed", func(ctx context.Context, p paper, one newsletter.Mailing) (string, error) {
			return "Stopped. redress update resume lets it go on; redress update skip gives its rest up.", p.mailings.Stop(ctx, one.ID)
		}),
		onUpdate("resume", "Let a stopped one go on where it was", resumeMailing),
		onUpdate("skip", "Give up the rest of a stopped one", func(ctx context.Context, p paper, one newsletter.Mailing) (string, error) {
			return "Skipped.", p.mailings.GiveUp(ctx, one.ID)
		}),
		onUpdate("resend", "Send again to those whose mail was refused", resendMailing))
}

// namedUpdate is a command on an update: the issue's slug and the update's key.
func namedUpdate(use, short string, run func(ctx context.Context, cmd *cobra.Command, p paper, issue, key string) error) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error { return run(ctx, cmd, p, args[0], args[1]) })
		},
	}
}

// onUpdate does one thing to the mailing of an update; nil says how it stands.
func onUpdate(verb, short string, do func(context.Context, paper, newsletter.Mailing) (string, error)) *cobra.Command {
	return namedUpdate(verb+" ISSUE KEY", short, func(ctx context.Context, cmd *cobra.Command, p paper, issue, key string) error {
		one, err := p.mailings.UpdateMailing(ctx, issue, key)
		if err != nil {
			return err
		}
		if do != nil {
			return sayDone(ctx, cmd, p, one, do)
		}
		if one, err = p.mailings.Counted(ctx, one.ID); err != nil {
			return err
		}
		l := lines{out: cmd.OutOrStdout()}
		if err := sayStanding(ctx, &l, p, one); err != nil {
			return err
		}
		return l.failed
	})
}

// previewUpdate draws an update as somebody gets it who agreed on the issue's pledge at this moment.
func previewUpdate(ctx context.Context, p paper, issue, key, to string) (mail.Message, error) {
	ctx = i18n.With(ctx, i18n.Default)
	here, err := p.centers.Current(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	return p.updates.Preview(ctx, issue, key, supporter.Reader{
		Email: to, Token: p.supporters.UpdatesToken(uuid.Nil),
		Consent: supporter.Consent{Words: pledges.UpdatesWords(ctx, here.Name), Given: time.Now(), SourceKind: "signature", Issue: issue},
	})
}

func updatePreviewCommand() *cobra.Command {
	var html string
	cmd := namedUpdate("preview ISSUE KEY", "Print what an update says as mail", func(ctx context.Context, cmd *cobra.Command, p paper, issue, key string) error {
		message, err := previewUpdate(ctx, p, issue, key, "reader@example.org")
		if err != nil {
			return err
		}
		if html != "" {
			if err := os.WriteFile(html, []byte(message.HTML), 0o600); err != nil {
				return err
			}
		}
		l := lines{out: cmd.OutOrStdout()}
		l.say("Subject: %s\n\n%s", message.Subject, message.Text)
		return l.failed
	})
	cmd.Flags().StringVar(&html, "html", "", "also write its HTML into this file")
	return cmd
}

func updateTestCommand() *cobra.Command {
	var to string
	cmd := namedUpdate("test ISSUE KEY --to ADDRESS", "Send an update to one address, now. Its link to stop updates stops none", func(ctx context.Context, cmd *cobra.Command, p paper, issue, key string) error {
		if _, _, ok := mail.SplitAddress(to); !ok {
			return errors.New("--to is the address that the mail goes to")
		}
		message, err := previewUpdate(ctx, p, issue, key, to)
		if err != nil {
			return err
		}
		state, err := p.post.Try(ctx, newsletter.MailUpdate, message)
		if err != nil {
			return err
		}
		l := lines{out: cmd.OutOrStdout()}
		l.say("The update is %s.", state)
		return l.failed
	})
	cmd.Flags().StringVar(&to, "to", "", "the address")
	return cmd
}

func updateSendCommand() *cobra.Command {
	var progress bool
	cmd := namedUpdate("send ISSUE KEY [--progress]", "Begin to mail an update to those who agreed. The running site sends it; one that has begun is not begun again",
		func(ctx context.Context, cmd *cobra.Command, p paper, issue, key string) error {
			one, begun, err := p.mailings.BeginUpdate(ctx, issue, key)
			if err != nil {
				return err
			}
			return sayBegun(ctx, cmd, p, one, begun, progress)
		})
	cmd.Flags().BoolVar(&progress, "progress", false, "stay, and say every five seconds how far it has come")
	return cmd
}
