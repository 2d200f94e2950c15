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

	binary, secret, data string
}

// resident is how many bytes of memory the site's process holds, 0 where the
// system doesn't say.
func (s *site) resident() int64 { return residentOf(s.process) }

func residentOf(process int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
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
	s := &site{database: server.URL(), binary: binary, secret: string(seal.NewSecret()), data: filepath.Join(folder, "site")}
	if err := s.start(ctx, filepath.Join(folder, "access.log")); err != nil {
		stopServer()
		return nil, err
	}
	stopSite := s.stop
	s.stop = func() { stopSite(); stopServer() }
	return s, nil
}

// beside starts a second site on a database of its own in the same server.
func (s *site) beside(ctx context.Context, folder, name string) (*site, error) {
	database, err := freshDatabase(ctx, s.database, name)
	if err != nil {
		return nil, err
	}
	other := &site{database: database, binary: s.binary, secret: s.secret, data: filepath.Join(folder, name)}
	return other, other.start(ctx, filepath.Join(folder, name+".log"))
}

// start starts the site's process.
func (s *site) start(ctx context.Context, logTo string) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	log, err := os.Create(logTo)
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(addr)
	cmd := s.command(ctx, "serve")
	cmd.Env = append(cmd.Env, "PORT="+port,
		"REDRESS_BASE_URL=http://"+addr, "REDRESS_MAIL_FROM=center@center.test", "REDRESS_SMTP_URL=smtp://127.0.0.1:1") // nobody listens there
	cmd.Stdout, cmd.Stderr = log, log
	url, stop, err := await(ctx, cmd, addr)
	if err != nil {
		return fmt.Errorf("%w; see its log: %s", err, tail(log.Name()))
	}
	s.url, s.process, s.stop = url, cmd.Process.Pid, stop
	return nil
}

// command is the program with the site's settings.
func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.database, "REDRESS_SECRET="+s.secret,
		"REDRESS_DATA="+s.data, "REDRESS_RATE_LIMIT=off", "REDRESS_DB_CONNS=32", "REDRESS_METRICS_ADDR=127.0.0.1:0")
	return cmd
}

func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text[max(0, len(text)-500):])
}
