package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"redress/internal/civics/civicstest"
)

// site is the program, running.
type site struct {
	URL      string
	Data     string // its data folder
	Metrics  string // URL of its metrics
	Log      *logFile
	geocoder *httptest.Server
	env      []string
	cmd      *exec.Cmd
	done     chan error
}

// root is the project's folder.
func root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(here)))
}

// program builds the program once per test run. REDRESS_PROGRAM names one that
// is built already, for trying what was released.
var program = sync.OnceValues(func() (string, error) {
	if built := os.Getenv("REDRESS_PROGRAM"); built != "" {
		return built, nil
	}
	folder, err := os.MkdirTemp("", "redress-proof-bin-")
	if err != nil {
		return "", err
	}
	programFolder = folder
	path := filepath.Join(folder, "redress")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/redress")
	cmd.Dir = root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

// startSite runs the program until the test ends, on data as a first start leaves
// it. Settings are NAME=value pairs on top of those of a first run.
func startSite(t testing.TB, settings ...string) *site {
	t.Helper()
	s := newSite(t, settings...)
	s.start(t)
	return s
}

// newSite prepares a site without starting it.
func newSite(t testing.TB, settings ...string) *site {
	t.Helper()
	s := emptySite(t, settings...)
	from, err := firstStart()
	if err != nil {
		t.Fatal(err)
	}
	if err := copyData(from, s.Data); err != nil {
		t.Fatal(err)
	}
	return s
}

// emptySite prepares a site that has never been started.
func emptySite(t testing.TB, settings ...string) *site {
	t.Helper()
	s, err := prepare(settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.stop(t)
		s.remove()
		if t.Failed() {
			t.Logf("the site's log:\n%s", s.Log.tail(4000))
		}
	})
	return s
}

// firstStart lets a site start for the first time and returns the data folder
// that it leaves; copying that is quicker than starting anew.
var firstStart = sync.OnceValues(func() (string, error) {
	s, err := prepare()
	if err != nil {
		return "", err
	}
	firstSite = s
	return s.Data, errors.Join(s.run(), s.end())
})

// copyData copies a data folder with its owners, as an operator would.
func copyData(from, to string) error {
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy the data folder: %w: %s", err, out)
	}
	return nil
}

// theSite is the one that most tests visit at the same time.
var theSite = sync.OnceValues(func() (*site, error) {
	from, err := firstStart()
	if err != nil {
		return nil, err
	}
	s, err := prepare()
	if err != nil {
		return nil, err
	}
	sharedSite = s
	if err := copyData(from, s.Data); err != nil {
		return nil, err
	}
	return s, s.run()
})

// shared is a site for tests that don't mind each other: everyone there has a
// name and a mailbox of their own (see someone), and counts may move. It runs
// until all tests have ended.
func shared(t testing.TB) *site {
	t.Helper()
	s, err := theSite()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the site's log ends:\n%s", s.Log.tail(1500))
		}
	})
	return s
}

func prepare(settings ...string) (*site, error) {
	folder, err := os.MkdirTemp("", "redress-proof-")
	if err != nil {
		return nil, err
	}
	port, portErr := freePort()
	metrics, metricsErr := freePort()
	if err := errors.Join(os.Chmod(folder, 0o755), portErr, metricsErr); err != nil {
		return nil, err
	}
	s := &site{Data: filepath.Join(folder, "data"), Log: &logFile{}, geocoder: httptest.NewServer(civicstest.Handler())}
	s.URL = "http://localhost:" + port
	s.Metrics = "http://127.0.0.1:" + metrics + "/metrics"
	s.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "PORT=" + port, "REDRESS_DATA=" + s.Data, "REDRESS_METRICS_ADDR=127.0.0.1:" + metrics,
		"REDRESS_GEOCODER_URL=" + s.geocoder.URL + "/geocoder", "REDRESS_TIMEZONE=America/Denver", "REDRESS_RATE_LIMIT=off",
	}, settings...)
	return s, nil
}

// remove takes away what the site, which has ended, left.
func (s *site) remove() {
	s.geocoder.CloseClientConnections() // some answers of the stand-in take long
	s.geocoder.Close()
	_ = os.RemoveAll(filepath.Dir(s.Data))
}

// start starts the program and waits until it is ready.
func (s *site) start(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

func (s *site) run() error {
	path, err := program()
	if err != nil {
		return err
	}
	s.cmd = exec.Command(path)
	s.cmd.Env = s.env
	s.cmd.Dir = filepath.Dir(s.Data)
	s.cmd.Stdout, s.cmd.Stderr = s.Log, s.Log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	s.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan<- error) { done <- cmd.Wait() }(s.cmd, s.done)
	return s.await()
}

func (s *site) await() error {
	deadline := time.Now().Add(90 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case err := <-s.done:
			s.cmd = nil
			return fmt.Errorf("the program ended at its start: %w\n%s", err, s.Log.tail(3000))
		case <-time.After(50 * time.Millisecond):
		}
		resp, err := http.Get(s.URL + "/readyz")
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("the program is not ready:\n%s", s.Log.tail(3000))
}

// stop ends the program as an operator does.
func (s *site) stop(t testing.TB) {
	t.Helper()
	if err := s.end(); err != nil {
		t.Error(err)
	}
}

func (s *site) end() error {
	if s.cmd == nil {
		return nil
	}
	defer func() { s.cmd = nil }()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.done:
		if err != nil {
			return fmt.Errorf("the program ended badly: %w\n%s", err, s.Log.tail(3000))
		}
		return nil
	case <-time.After(60 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
		return fmt.Errorf("the program did not stop:\n%s", s.Log.tail(3000))
	}
}

// kill ends the program as a crash does.
func (s *site) kill(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-s.done
	s.cmd = nil
}

// command runs another command of the program on the same data, and returns what
// it said.
func (s *site) command(t testing.TB, args ...string) (string, error) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir = s.env, filepath.Dir(s.Data)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// get reads a page without a browser.
func (s *site) get(t testing.TB, path string) (*http.Response, string) {
	t.Helper()
	resp, err := client.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body(t, resp)
}

// client follows no redirect, so that a test sees each Location.
var client = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func freePort() (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// logFile keeps what the program writes.
type logFile struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logFile) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logFile) tail(n int) string {
	text := l.String()
	return text[max(0, len(text)-n):]
}

// decoded reads JSON.
func decoded[T any](t testing.TB, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return value
}
