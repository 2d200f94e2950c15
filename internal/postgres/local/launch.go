//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	socketPort    = 5432             // part of the socket's name only
	fewestConns   = 100              // connections a server accepts at least
	longestSocket = 100              // bytes of a socket's path; kernels take 104 to 108
	readyPatience = 60 * time.Second // a start that must first recover from a crash takes a while
)

// address is where the server listens: a socket in a folder, or a loopback port.
type address struct {
	socket   string // folder; empty: loopback
	port     int
	password string
}

func (a address) url(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database, User: url.User(superuser)}
	query := url.Values{"sslmode": {"disable"}}
	if a.socket != "" {
		query.Set("host", a.socket)
		query.Set("port", strconv.Itoa(a.port))
	} else {
		u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(a.port))
		u.User = url.UserPassword(superuser, a.password)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// launch starts the server and waits until it answers. A loopback port may be taken between finding
// it and using it, so that is tried a few times.
func (s *Server) launch(ctx context.Context) (err error) {
	tries := 1
	if s.socketTooLong() {
		tries = 5
	}
	for range tries {
		if s.address, err = s.chooseAddress(); err != nil {
			return err
		}
		if err = s.launchOnce(ctx); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Server) socketTooLong() bool {
	return len(filepath.Join(s.files.socket(), ".s.PGSQL."+strconv.Itoa(socketPort)+".lock")) > longestSocket
}

func (s *Server) chooseAddress() (address, error) {
	if !s.socketTooLong() {
		return address{socket: s.files.socket(), port: socketPort}, nil
	}
	password, err := os.ReadFile(s.files.password())
	if err != nil {
		return address{}, fmt.Errorf("the path of the data folder is too long for a socket, and the password for a port is missing: %w", err)
	}
	port, err := freePort()
	return address{port: port, password: strings.TrimSpace(string(password))}, err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a loopback port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // what tcp4 gives
}

func (s *Server) launchOnce(ctx context.Context) error {
	if err := s.writeHBA(); err != nil {
		return err
	}
	log, err := s.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	from, _ := log.Seek(0, 2)
	// Not bound to ctx: the server ends by Stop, not by a canceled start.
	cmd := s.command(context.WithoutCancel(ctx), s.binaries.postgres(), s.settings()...)
	cmd.Stdout, cmd.Stderr = log, log
	if s.process, err = run(cmd); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := s.waitReady(ctx); err != nil {
		s.process.stopping.Store(true)
		_ = s.process.stop(ctx)
		said, _ := os.ReadFile(s.files.log())
		return fmt.Errorf("start PostgreSQL: %w: %s", err, lastLines(string(said[min(int(from), len(said)):]), "it said nothing"))
	}
	return nil
}

// settings are given on the command line, so that the files of the cluster stay as initdb made them.
func (s *Server) settings() []string {
	connections := max(s.options.MaxConns, fewestConns)
	settings := map[string]string{ //nolint:gosec // names a method of hashing passwords, holds none
		"hba_file":                s.files.hba(),
		"port":                    strconv.Itoa(s.address.port),
		"max_connections":         strconv.Itoa(connections),
		"shared_buffers":          "128MB",
		"max_wal_size":            "1GB",
		"random_page_cost":        "1.1",
		"password_encryption":     "scram-sha-256",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"lc_messages":             "C",
		"logging_collector":       "off",
		"log_destination":         "stderr",
		"ssl":                     "off",
		"unix_socket_permissions": "0700",
		// The log must not repeat what people entered: no failed statements, no DETAIL lines.
		"log_min_messages":        "log",
		"log_min_error_statement": "panic",
		"log_error_verbosity":     "terse",
		"log_statement":           "none",
	}
	if s.address.socket != "" {
		settings["listen_addresses"] = ""
		settings["unix_socket_directories"] = s.address.socket
	} else {
		settings["listen_addresses"] = "127.0.0.1"
		settings["unix_socket_directories"] = ""
	}
	if s.options.NoSync {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
	}
	args := []string{"-D", s.files.cluster()}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// writeHBA says who may connect: everyone who can enter the socket's folder, or, on the loopback
// port, who knows the password.
func (s *Server) writeHBA() error {
	line := "local all all trust\n"
	if s.address.socket == "" {
		line = "host all all 127.0.0.1/32 scram-sha-256\n"
	}
	if err := os.WriteFile(s.files.hba(), []byte(line), 0o600); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return s.account.own(s.files.hba())
}

// largestLog is when the server's log starts anew, at a start.
const largestLog = 10 << 20

func (s *Server) openLog() (*os.File, error) {
	if info, err := os.Stat(s.files.log()); err == nil && info.Size() > largestLog {
		_ = os.Rename(s.files.log(), s.files.log()+".1")
	}
	log, err := os.OpenFile(s.files.log(), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return log, nil
}

// waitReady returns when the server answers, or has ended, or patience is over.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for {
		err := s.ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.process.done:
			return s.process.outcome()
		case <-ctx.Done():
			return errors.Join(errors.New("it does not answer"), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) ask(ctx context.Context) error {
	return s.session(ctx, func(conn *pgx.Conn) error { return conn.Ping(ctx) })
}

// session runs fn on a connection to the server's maintenance database.
func (s *Server) session(ctx context.Context, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.address.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return fn(conn)
}

// makeDatabase creates the program's database unless it is there.
func (s *Server) makeDatabase(ctx context.Context) error {
	return s.session(ctx, func(conn *pgx.Conn) error {
		var there bool
		err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&there)
		if err == nil && !there {
			_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
		}
		if err != nil {
			return fmt.Errorf("make database: %w", err)
		}
		return nil
	})
}
