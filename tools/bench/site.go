package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"redress/internal/postgres/local"
	"redress/internal/seal"
)

// site is the program as it runs in production: built, with its own process, a
// durable PostgreSQL, access log on. Only the limits per network are off, since
// all load comes from one, and its mail server is away: mails stay rows.
type site struct {
	url      string
	database string
	process  int
	stop     func()
}

// resident is how many bytes of memory the site's process holds, 0 where the
// system doesn't say.
func (s *site) resident() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int64
	_, _ = fmt.Sscan(after, &kilobytes)
	return kilobytes << 10
}

func startSite(ctx context.Context, folder string) (*site, error) {
	binary := filepath.Join(folder, "redress")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/redress")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, strings.TrimSpace(string(out)))
	}
	server, err := local.Start(ctx, local.Options{Dir: filepath.Join(folder, "data"), Logger: slog.Default(), MaxConns: 100})
	if err != nil {
		return nil, err
	}
	stopServer := func() {
		patience, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = server.Stop(patience)
	}
	addr, err := freeAddr()
	if err != nil {
		stopServer()
		return nil, err
	}
	log, err := os.Create(filepath.Join(folder, "access.log"))
	if err != nil {
		stopServer()
		return nil, err
	}
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(ctx, binary, "serve")
	cmd.Env = append(os.Environ(), "PORT="+port, "DATABASE_URL="+server.URL(), "REDRESS_SECRET="+string(seal.NewSecret()),
		"REDRESS_DATA="+filepath.Join(folder, "site"), "REDRESS_RATE_LIMIT=off", "REDRESS_DB_CONNS=32", "REDRESS_METRICS_ADDR=127.0.0.1:0",
		"REDRESS_BASE_URL=http://"+addr, "REDRESS_MAIL_FROM=center@center.test", "REDRESS_SMTP_URL=smtp://127.0.0.1:1") // nobody listens there
	cmd.Stdout, cmd.Stderr = log, log
	url, stopSite, err := await(ctx, cmd, addr)
	if err != nil {
		stopServer()
		return nil, fmt.Errorf("%w; see its log: %s", err, tail(log.Name()))
	}
	return &site{url: url, database: server.URL(), process: cmd.Process.Pid, stop: func() { stopSite(); stopServer() }}, nil
}

func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text[max(0, len(text)-500):])
}
