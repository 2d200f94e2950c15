// Command redress is an action center that an advocacy organization runs
// itself. Alone it serves the site; `redress help` lists the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // the image has no zone files

	"github.com/spf13/cobra"

	"redress/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "redress:", err)
		os.Exit(exitCode(err))
	}
}

func root() *cobra.Command {
	serve := serveCommand()
	cmd := &cobra.Command{
		Use:           "redress",
		Short:         "An action center that an advocacy organization runs itself",
		Long:          "Redress is an action center: visitors read an issue, find who represents them, write, sign and support.\nWithout a command it serves the site.",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          serve.RunE,
	}
	cmd.Flags().AddFlagSet(serve.Flags())
	cmd.AddCommand(serve, migrateCommand(), snapshotCommand(), importCommand(), exportCommand(), backupCommand(), restoreCommand(), doctorCommand(), correctCommand(), deliveriesCommand(), messagesCommand(), signaturesCommand(), paceCommand(), bounceCommand(), dkimCommand(), sourceCommand(), supporterCommand(), demoCommand(), termsCommand(), newsletterCommand(), updateCommand(), versionCommand())
	return cmd
}

// group is a command that only gathers others. Alone it prints its help; a word
// that is none of them is an error, so that a script with a typing error stops.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(commands...)
	return cmd
}

// environment is os.Environ as a map.
func environment() map[string]string {
	vars := map[string]string{}
	for _, pair := range os.Environ() {
		if name, value, ok := strings.Cut(pair, "="); ok {
			vars[name] = value
		}
	}
	return vars
}

func settings() (*config.Config, error) { return config.Read(environment()) }
