//go:build unix

// Package local runs a private PostgreSQL server for one program: it finds the installed
// binaries, makes a database cluster in the data folder once, starts the server, and stops it with
// the program. The server listens on a unix socket in a folder that only its account may enter; where
// the path of a socket would be too long, on a loopback port with a password instead.
//
// What lies in the data folder:
//
//	postgres/lock         held while a program uses the folder
//	postgres/cluster/     PostgreSQL's own files
//	postgres/run/         the socket
//	postgres/hba.conf     who may connect: rewritten at every start
//	postgres/password     for the loopback port
//	postgres/server.log   what the server says: no statements, no values
//	postgres/binaries/    fetched binaries, when none are installed
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// ErrInUse says that another program is using the data folder.
var ErrInUse = errors.New("another redress is already running on this data folder")

// names of the superuser and the database of a private server.
const (
	superuser = "redress"
	database  = "redress"
)

// Options say where the server keeps its files and how it runs.
type Options struct {
	Dir      string       // the data folder; the server's files are under Dir/postgres
	Logger   *slog.Logger // nil: silent
	Fetch    bool         // download binaries when none are installed
	NoSync   bool         // for tests: faster, and a power cut may lose everything
	MaxConns int          // connections the server accepts; at least 100

	fetchFrom string // for tests: the repository to fetch binaries from
}

// Server is a running private PostgreSQL.
type Server struct {
	options  Options
	files    files
	account  account
	binaries Binaries
	address  address
	log      *slog.Logger

	unlock  func()
	process *process
	died    chan error
}

// Start makes the database cluster if there is none and returns once the server answers. On error
// nothing is left running.
func Start(ctx context.Context, o Options) (*Server, error) {
	s, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.unlock()
		return nil, err
	}
	return s, nil
}

// prepare takes possession of the data folder.
func prepare(o Options) (*Server, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	s := &Server{options: o, files: files{filepath.Join(dir, "postgres")}, log: o.Logger, died: make(chan error, 1)}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if s.account, err = serverAccount(s.files.cluster()); err != nil {
		return nil, err
	}
	if err := s.account.reaches(dir); err != nil {
		return nil, err
	}
	if err := s.files.make(s.account); err != nil {
		return nil, err
	}
	if s.unlock, err = lock(s.files.lock()); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) (err error) {
	if s.binaries, err = s.findBinaries(ctx); err != nil {
		return err
	}
	if err := s.stopOrphan(ctx); err != nil {
		return err
	}
	if err := s.initialize(ctx); err != nil {
		return err
	}
	if err := s.launch(ctx); err != nil {
		return err
	}
	if err := s.makeDatabase(ctx); err != nil {
		_ = s.Stop(ctx)
		return err
	}
	go s.watch()
	return nil
}

// URL is where the server's database is reached, with every right on it. It may contain a
// password: it is not for logs.
func (s *Server) URL() string { return s.address.url(database) }

// Binaries are the programs the server was started from.
func (s *Server) Binaries() Binaries { return s.binaries }

// PID is the process id of the server.
func (s *Server) PID() int { return s.process.pid }

// Died yields one error if the server ends without [Server.Stop] having been called.
func (s *Server) Died() <-chan error { return s.died }

func (s *Server) watch() {
	<-s.process.done
	if !s.process.stopping.Load() {
		s.died <- fmt.Errorf("PostgreSQL ended underneath: %w; its last words are in %s", s.process.outcome(), s.files.log())
	}
}

// patience of Stop between one signal and the next.
const (
	patienceFast      = 30 * time.Second
	patienceImmediate = 10 * time.Second
)

// Stop ends the server: first as PostgreSQL calls it fast (sessions are cut, everything is written),
// then, when ctx ends or half a minute has passed, immediate (the next start recovers). The data
// folder is free afterwards. Stop may be called more than once.
func (s *Server) Stop(ctx context.Context) error {
	s.process.stopping.Store(true)
	defer s.unlock()
	err := s.process.stop(ctx)
	if err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	return nil
}

// command prepares one of PostgreSQL's programs to run as the server's account, with an
// environment of its own: ours holds secrets.
func (s *Server) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + s.files.dir}
	cmd.SysProcAttr = s.account.attributes()
	return cmd
}
