//go:build unix

// With runs a command while one PostgreSQL server for tests is up, so that all packages share it:
//
//	go run ./internal/postgres/postgrestest/with go test ./...
//
// The command finds the server's URL in REDRESS_TEST_DATABASE_URL. If that is set already, the command
// is run as it is. With answers with the command's exit status, and leaves no server and no files.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"redress/internal/postgres/postgrestest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: with COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(status)
}

func run(command []string) (status int, err error) {
	// A signal from the terminal reaches the command too; it decides when this is over.
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if os.Getenv(postgrestest.EnvURL) == "" {
		url, stop, err := postgrestest.StartServer(interrupted)
		if err != nil {
			return 1, err
		}
		defer stop()
		cmd.Env = append(os.Environ(), postgrestest.EnvURL+"="+url)
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		<-interrupted.Done()
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}()
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
