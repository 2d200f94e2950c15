//go:build unix

package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain lets the test binary play another program: with this variable it only starts a server, says
// so, and waits to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("REDRESS_TEST_PROGRAM"); dir != "" {
		s, err := Start(context.Background(), Options{Dir: dir, NoSync: true})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(s.PID())
		select {}
	}
	status := m.Run()
	if seed.dir != "" {
		os.RemoveAll(seed.dir)
	}
	os.Exit(status)
}

// seed is a data folder whose copies save most tests the time of making a cluster.
var seed struct {
	sync.Once
	dir string
	err error
}

// sow puts a cluster into dir, if nothing is there yet.
func sow(t *testing.T, dir string) {
	t.Helper()
	seed.Do(func() {
		if seed.dir, seed.err = os.MkdirTemp("", "redress-local-"); seed.err != nil {
			return
		}
		if seed.err = os.Chmod(seed.dir, 0o711); seed.err != nil {
			return
		}
		var s *Server
		if s, seed.err = Start(context.Background(), Options{Dir: filepath.Join(seed.dir, "data"), NoSync: true}); seed.err == nil {
			seed.err = s.Stop(context.Background())
		}
	})
	if seed.err != nil {
		t.Fatal(seed.err)
	}
	if _, err := os.Stat(dir); err == nil {
		return
	}
	if out, err := exec.Command("cp", "-a", filepath.Join(seed.dir, "data"), dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %s", out)
	}
}

// folder is a data folder that the server's account can reach; t.TempDir's isn't.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "redress-local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	sow(t, dir)
	s, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, s *Server, query string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func do(t *testing.T, s *Server, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func endsSoon(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d still runs", pid)
		}
	}
}

func TestDataOutlivesTheServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	do(t, s, `CREATE TABLE kept AS SELECT 'yes'::text AS word`)
	stop(t, s)
	if alive(s.PID()) {
		t.Error("the server still runs")
	}
	stop(t, s) // a second time does nothing

	s = start(t, dir)
	if got := ask(t, s, `SELECT word FROM kept`); got != "yes" {
		t.Errorf("kept %q", got)
	}
}

func TestServerIsPrivateAndWellMade(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s, err := Start(t.Context(), Options{Dir: dir}) // as in production
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	for query, want := range map[string]string{
		`SHOW listen_addresses`:      "",
		`SHOW server_encoding`:       "UTF8",
		`SHOW data_checksums`:        "on",
		`SHOW fsync`:                 "on",
		`SHOW synchronous_commit`:    "on",
		`SHOW full_page_writes`:      "on",
		`SELECT current_database()`:  "redress",
		`SELECT lower('ÉCOLE ŁÓDŹ')`: "école łódź",
		`SELECT setting FROM pg_settings WHERE name = 'unix_socket_directories'`: filepath.Join(dir, "postgres", "run"),
	} {
		if got := ask(t, s, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for _, path := range []string{"postgres/run", "postgres/cluster"} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s is %v", path, info.Mode())
		}
	}
	if pgid, err := syscall.Getpgid(s.PID()); err != nil || pgid != s.PID() {
		t.Errorf("the server is in process group %d: Ctrl-C would reach it", pgid)
	}
}

func TestSecondProgramIsToldSo(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	_, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("error is %v", err)
	}
	if got := ask(t, s, `SELECT 'well'`); got != "well" {
		t.Error("the first one suffered")
	}
	stop(t, s)
	start(t, dir)
}

// program starts another program with a server on dir, and returns both process ids.
func program(t *testing.T, dir string) (cmd *exec.Cmd, server int) {
	t.Helper()
	return programAt(t, os.Args[0], dir, nil)
}

func programAt(t *testing.T, path, dir string, attributes *syscall.SysProcAttr) (cmd *exec.Cmd, server int) {
	t.Helper()
	cmd = exec.Command(path)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "REDRESS_TEST_PROGRAM="+dir)
	cmd.SysProcAttr = attributes
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if server, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatal(line)
	}
	return cmd, server
}

func TestServerEndsWithAKilledProgram(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can do this")
	}
	dir := folder(t)
	cmd, server := program(t, dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	// At once, while the old server may still be shutting down.
	s := start(t, dir)
	if got := ask(t, s, `SELECT 'well'`); got != "well" {
		t.Error(got)
	}
	endsSoon(t, server)
}

func TestRunningServerIsFoundByAnother(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if _, ok := Running(dir); ok {
		t.Error("found a server where there is no folder")
	}
	s := start(t, dir)
	url, ok := Running(dir)
	if !ok || url != s.URL() {
		t.Errorf("%q, %v, want %q", url, ok, s.URL())
	}
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Died()
	if _, ok := Running(dir); ok {
		t.Error("found a dead server")
	}
}

func TestServerSurvivesTheThreadThatAskedForIt(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	started := make(chan *Server)
	go func() {
		runtime.LockOSThread() // the thread ends with this goroutine
		s, err := Start(context.Background(), Options{Dir: dir, NoSync: true})
		if err != nil {
			t.Error(err)
		}
		started <- s
	}()
	s := <-started
	if s == nil {
		return
	}
	defer stop(t, s)
	time.Sleep(300 * time.Millisecond)
	if got := ask(t, s, `SELECT 'well'`); got != "well" {
		t.Error(got)
	}
}

func TestDeathUnderneathIsNoticedAndRecoveredFrom(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s, err := Start(t.Context(), Options{Dir: dir}) // as in production: what is committed is on the disk
	if err != nil {
		t.Fatal(err)
	}
	do(t, s, `CREATE TABLE kept AS SELECT 'yes'::text AS word`)
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Died():
		if err == nil || !strings.Contains(err.Error(), "killed") {
			t.Errorf("died of %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nobody noticed")
	}
	if _, err := os.Stat(s.files.pidfile()); err != nil {
		t.Fatalf("the pid file should be stale: %v", err)
	}
	stop(t, s)
	s = start(t, dir)
	if got := ask(t, s, `SELECT word FROM kept`); got != "yes" {
		t.Errorf("kept %q", got)
	}
	stop(t, s)
	select {
	case err := <-s.Died():
		t.Errorf("a stop counts as a death: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
}

func TestPidFileOfAStrangerIsStale(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	stop(t, s)
	stranger := exec.Command("sleep", "60")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	for _, text := range []string{fmt.Sprintf("%d\n%s\n1700000000\n5432\n", stranger.Process.Pid, s.files.cluster()), "", "nonsense\n"} {
		if err := os.WriteFile(s.files.pidfile(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s = start(t, dir)
		stop(t, s)
	}
	if !alive(stranger.Process.Pid) {
		t.Error("the stranger was stopped")
	}
}

func TestOrphanIsStopped(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	orphan := start(t, dir)
	orphan.unlock() // as if its program had been killed where the kernel doesn't tell the server
	s := start(t, dir)
	if alive(orphan.PID()) {
		t.Error("the orphan still runs")
	}
	if got := ask(t, s, `SELECT 'well'`); got != "well" {
		t.Error(got)
	}
}

func TestInterruptedInitdb(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	half := files{filepath.Join(dir, "postgres")}.unborn()
	if err := os.MkdirAll(filepath.Join(half, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	if got := ask(t, s, `SELECT 'well'`); got != "well" {
		t.Error(got)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("the half is still there")
	}
}

func TestLongPathFallsBackToALoopbackPort(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 20), "data")
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	if got := ask(t, s, `SHOW listen_addresses`); got != "127.0.0.1" {
		t.Errorf("listens on %q", got)
	}
	if info, err := os.Stat(s.files.password()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file: %v %v", info, err)
	}
	if url, ok := Running(dir); !ok || url != s.URL() {
		t.Error("the server on a port is not found by another program")
	}
	for _, password := range []string{"", "wrong"} {
		stranger := address{port: s.address.port, password: password}
		if conn, err := pgx.Connect(t.Context(), stranger.url(database)); err == nil {
			conn.Close(t.Context())
			t.Errorf("let in with password %q", password)
		}
	}
	stop(t, s)
	start(t, dir)
}

func TestCancelledStartLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stop(t, start(t, dir))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	s, err := Start(ctx, Options{Dir: dir, NoSync: true})
	if err == nil {
		stop(t, s)
		t.Skip("the start was faster than the cancellation")
	}
	if pid, _ := readPID(filepath.Join(dir, "postgres", "cluster", "postmaster.pid")); pid != 0 && alive(pid) {
		t.Errorf("process %d still runs", pid)
	}
	start(t, dir)
}

func TestFailedStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	stop(t, s)
	auto := filepath.Join(s.files.cluster(), "postgresql.auto.conf")
	if err := os.WriteFile(auto, []byte("no_such_setting = on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir, NoSync: true})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Fatalf("error is %v", err)
	}
	if err := os.WriteFile(auto, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir) // and the folder was let go
}

func TestStopCutsSessions(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	slept := make(chan error)
	go func() {
		_, err := conn.Exec(context.Background(), `SELECT pg_sleep(60)`)
		slept <- err
	}()
	begin := time.Now()
	stop(t, s)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if err := <-slept; err == nil {
		t.Error("the session went on")
	}
}

func TestStopBecomesFirmerWhenTimeIsUp(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil { // deaf to SIGINT
		t.Fatal(err)
	}
	go func() {
		time.Sleep(500 * time.Millisecond)
		_ = syscall.Kill(s.PID(), syscall.SIGCONT)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if alive(s.PID()) {
		t.Error("still runs")
	}
	start(t, dir)
}

func TestServerKnowsNoSecretsOfOurs(t *testing.T) {
	t.Setenv("REDRESS_SECRET", "canary")
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	s := start(t, folder(t))
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", s.PID()))
	if err != nil {
		t.Fatal(err)
	}
	if len(environ) == 0 || strings.Contains(string(environ), "canary") {
		t.Errorf("its environment is %q", environ)
	}
}

func TestLogHoldsNoValues(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`CREATE TABLE person (email text PRIMARY KEY)`, `INSERT INTO person VALUES ('maya@canary.example')`,
		`INSERT INTO person VALUES ('maya@canary.example')`, `SELECT 'maya@canary.example'::int`, `SELECT nonsense FROM "maya@canary.example"`,
	} {
		_, _ = conn.Exec(t.Context(), statement)
	}
	_, _ = conn.Exec(t.Context(), `SELECT $1::text::int`, "maya@canary.example")
	conn.Close(t.Context())
	stop(t, s)
	log, err := os.ReadFile(s.files.log())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(log), "canary") || !strings.Contains(string(log), "ready to accept") {
		t.Errorf("%s", log)
	}
}

func TestFreePortIsFree(t *testing.T) {
	t.Parallel()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
