//go:build unix

package local

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Running answers how another program reaches the server that runs on a data folder, for a command
// such as a backup beside a running site. ok is false when no server is ready there, or when its
// files can't be read by this account. The URL may contain a password: it is not for logs.
func Running(dir string) (url string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	f := files{filepath.Join(dir, "postgres")}
	pid, err := readPID(f.pidfile())
	if err != nil || !isServerOf(pid, f.cluster()) {
		return "", false
	}
	at, err := readAddress(f)
	if err != nil {
		return "", false
	}
	return at.url(database), true
}

// lines of a postmaster.pid, counted from 0.
const (
	linePort   = 3
	lineSocket = 4
	lineStatus = 7
)

// readAddress reads where the server says it listens.
func readAddress(f files) (address, error) {
	text, err := os.ReadFile(f.pidfile())
	if err != nil {
		return address{}, err
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) <= lineStatus || strings.TrimSpace(lines[lineStatus]) != "ready" {
		return address{}, os.ErrNotExist
	}
	port, err := strconv.Atoi(strings.TrimSpace(lines[linePort]))
	if err != nil {
		return address{}, err
	}
	if socket := strings.TrimSpace(lines[lineSocket]); socket != "" {
		return address{socket: socket, port: port}, nil
	}
	password, err := os.ReadFile(f.password())
	return address{port: port, password: strings.TrimSpace(string(password))}, err
}
