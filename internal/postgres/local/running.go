//go:build unix

package local

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Running answers the address of the server that another program runs on this
// data folder, so that a command can work on a site that is up. ok is false
// when none runs there or its files can't be read. The address may contain a
// password: it is not for logs.
func Running(dir string) (url string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	f := files{filepath.Join(dir, "postgres")}
	text, err := os.ReadFile(f.pidfile())
	if err != nil {
		return "", false
	}
	// postmaster.pid: process, data folder, start time, port, socket folder,
	// listen address, shared memory, status ("ready" once it answers).
	lines := strings.Split(string(text), "\n")
	if len(lines) < 8 || strings.TrimSpace(lines[7]) != "ready" {
		return "", false
	}
	port, err := strconv.Atoi(strings.TrimSpace(lines[3]))
	if err != nil {
		return "", false
	}
	at := address{socket: strings.TrimSpace(lines[4]), port: port}
	if at.socket == "" {
		password, err := os.ReadFile(f.password())
		if err != nil {
			return "", false
		}
		at.password = strings.TrimSpace(string(password))
	}
	return at.url(database), true
}
