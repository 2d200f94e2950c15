package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"redress/internal/mail/dkim"
)

func dkimCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dkim",
		Short: "Print the DNS record by which receivers verify our mails",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := settings()
			if err != nil {
				return err
			}
			if c.DKIM == nil {
				return errors.New("mails aren't signed: make a key with redress dkim new FILE, then set REDRESS_DKIM_KEY and REDRESS_DKIM_SELECTOR")
			}
			record, err := c.DKIM.Record()
			if err != nil {
				return err
			}
			return writeRecord(cmd.OutOrStdout(), record)
		},
	}
	cmd.AddCommand(newKeyCommand())
	return cmd
}

func writeRecord(out io.Writer, r dkim.Record) error {
	_, err := fmt.Fprintf(out, "Name:  %s\nType:  TXT\nValue: %s\n\nAs a line of a zone file:\n%s\n", r.Name, r.TXT, r.Zone())
	return err
}

func newKeyCommand() *cobra.Command {
	var small bool
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Make a key that signs mails",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := dkim.NewKey(args[0], small); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "The key is made. Set REDRESS_DKIM_KEY to its path and REDRESS_DKIM_SELECTOR to a name such as redress1, and publish what redress dkim prints before you start the site with them.")
			return err
		},
	}
	cmd.Flags().BoolVar(&small, "ed25519", false, "an Ed25519 key, which not every receiver verifies yet, instead of RSA")
	return cmd
}
