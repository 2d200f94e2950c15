package main

import (
	"errors"

	"github.com/spf13/cobra"

	"redress/internal/pledge"
	"redress/internal/supporter"
)

var signatureColumns = []string{
	"signed_on", "given_name", "family_name", "email", "zip", "state", "language", "source", "origin", "show_name", "consent_text", "consent_date",
}

func exportSignaturesCommand() *cobra.Command {
	var o listing
	var slug string
	var every bool
	cmd := &cobra.Command{
		Use:   "signatures --issue SLUG",
		Short: "Write the confirmed signatures of a pledge: personal data, for your eyes",
		Long: "Write the confirmed signatures of a pledge, one row each. Those that wait for their mailbox, are under review or were\n" +
			"withdrawn are not in it. An e-mail address is given only where its owner agreed to be written to and still does.\n" +
			"Give the addressee no more than the pledge says; the command shows that sentence.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if slug == "" {
				return errors.New("--issue names the pledge's issue")
			}
			return withPeople(cmd, func(p *people) error {
				words, err := p.pledges.BySlug(cmd.Context(), slug)
				if err != nil {
					return err
				}
				cmd.PrintErrf("The pledge says that it hands over: %s\n", quiet(words.HandedOver))
				return o.write(cmd, signatureColumns, func(t *table, progress func(done, total int64)) error {
					return p.pledges.Export(cmd.Context(), slug, pledge.ExportOptions{EveryEmail: every, Progress: progress}, func(s *pledge.Exported) error {
						return t.row(stamp(s.SignedOn), s.GivenName, s.FamilyName, s.Email, s.Zip, s.StateCode, s.Lang, s.Source, s.Origin, s.ShowName,
							s.ConsentWords, stamp(s.ConsentGiven))
					})
				})
			})
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&slug, "issue", "", "the issue's slug")
	cmd.Flags().BoolVar(&every, "every-email", false, "also the addresses of those who didn't agree to be written to: only to bring the pledge to another site of yours")
	return cmd
}

func exportSupportersCommand() *cobra.Command {
	var o listing
	cmd := &cobra.Command{
		Use:   "supporters",
		Short: "Write everybody who agreed to get updates: personal data, for your eyes",
		Long: "Write everybody whose consent to updates stands, once per mailbox: e-mail address, what they agreed to, word for word, and when.\n" +
			"Who took it back, asked to be left alone, or whose mail came back is not in it. Name, ZIP code, language and source are there\n" +
			"while what they signed or wrote is kept.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPeople(cmd, func(p *people) error {
				profiles := supporter.Profiles{"signature": p.pledges.Profiles, "message": p.letters.Profiles}
				columns := []string{"email", "given_name", "family_name", "zip", "language", "source", "agreed_with", "consent_text", "consent_date"}
				return o.write(cmd, columns, func(t *table, progress func(done, total int64)) error {
					n := int64(0)
					err := p.supporters.Export(cmd.Context(), supporter.Updates, profiles, func(s supporter.Exported) error {
						if n++; progress != nil && n%1000 == 0 {
							progress(n, 0)
						}
						return t.row(s.Email, s.GivenName, s.FamilyName, s.Zip, s.Lang, s.Source, s.Via, s.Words, stamp(s.Given.UTC()))
					})
					if err == nil && progress != nil {
						progress(n, n)
					}
					return err
				})
			})
		},
	}
	o.flags(cmd)
	return cmd
}

func exportSourcesCommand() *cobra.Command {
	return reportCommand("sources", "Write what came by source codes, by issue, day and code; no personal data", writeSources,
		"issue", "day", "code", "label", "signatures", "messages")
}
