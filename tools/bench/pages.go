package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const issuePath = "/issues/qualified-immunity"

// answer is a recorded answer of the site: what the others are made to send.
type answer struct {
	Header http.Header
	Body   []byte
}

// comparePages measures the cached issue page against the same bytes from bare
// net/http (brotli) and from nginx (gzip_static, with an access log).
func comparePages(ctx context.Context, site *site, folder string, seconds time.Duration, rounds int) error {
	brotli, err := settled(ctx, site.url+issuePath, "br")
	if err != nil {
		return err
	}
	gzipped, err := settled(ctx, site.url+issuePath, "gzip")
	if err != nil {
		return err
	}
	fmt.Printf("issue page: %d bytes as brotli, %d as gzip\n", len(brotli.Body), len(gzipped.Body))

	bareURL, stopBare, err := startBare(ctx, folder, brotli)
	if err != nil {
		return err
	}
	defer stopBare()
	nginxURL, stopNginx, err := startNginx(ctx, folder, gzipped)
	if err != nil {
		return err
	}
	defer stopNginx()

	if err := pair(ctx, rounds, "issue page (cached, brotli) / bare net/http, same bytes and headers", "goal >= 0.65",
		func() (float64, error) { return wrk(ctx, site.url+issuePath, "br", seconds) },
		func() (float64, error) { return wrk(ctx, bareURL+issuePath, "br", seconds) }); err != nil {
		return err
	}
	return pair(ctx, rounds, "issue page (cached, brotli) / nginx gzip_static, same headers, access log", "goal >= 0.3",
		func() (float64, error) { return wrk(ctx, site.url+issuePath, "br", seconds) },
		func() (float64, error) { return wrk(ctx, nginxURL+issuePath, "gzip", seconds) })
}

// pair runs ours and theirs in turns and prints the median of the ratios.
func pair(ctx context.Context, rounds int, name, goal string, ours, theirs func() (float64, error)) error {
	var ratios, our, their []float64
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		a, err := ours()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b, err := theirs()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if b == 0 {
			return fmt.Errorf("%s: nothing was measured", name)
		}
		ratios, our, their = append(ratios, a/b), append(our, a), append(their, b)
	}
	fmt.Printf("%-78s %.2f  (%s; %.0f/s and %.0f/s, ratios %.2f to %.2f)\n", name, median(ratios), goal, median(our), median(their), slices.Min(ratios), slices.Max(ratios))
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// settled asks for a page as often as makes it worth the best compression, until
// that has put its last word: the same bytes three times, three seconds apart.
func settled(ctx context.Context, url, encoding string) (answer, error) {
	var last answer
	same := 0
	for range 20 {
		var a answer
		for range 20 {
			var err error
			if a, err = fetch(ctx, url, encoding); err != nil {
				return a, err
			}
		}
		if string(a.Body) != string(last.Body) {
			same = 0
		} else if same++; same == 2 {
			return a, nil
		}
		last = a
		time.Sleep(3 * time.Second)
	}
	return last, nil
}

func fetch(ctx context.Context, url, encoding string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept-Encoding", encoding)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != encoding {
		return answer{}, fmt.Errorf("%s answered %d with encoding %q", url, resp.StatusCode, resp.Header.Get("Content-Encoding"))
	}
	return answer{resp.Header, body}, nil
}

// startBare runs this program again as a server that sends the recorded answer
// and does nothing else, in a process of its own like the site.
func startBare(ctx context.Context, folder string, a answer) (string, func(), error) {
	at := filepath.Join(folder, "bare")
	if err := os.MkdirAll(at, 0o700); err != nil {
		return "", nil, err
	}
	recorded, err := json.Marshal(a)
	if err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(filepath.Join(at, "answer.json"), recorded, 0o600); err != nil {
		return "", nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return "", nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	return startProcess(ctx, addr, self, "-bare", at, "-addr", addr)
}

func serveBare(ctx context.Context, folder, addr string) error {
	recorded, err := os.ReadFile(filepath.Join(folder, "answer.json"))
	if err != nil {
		return err
	}
	var a answer
	if err := json.Unmarshal(recorded, &a); err != nil {
		return err
	}
	a.Header.Del("Date")
	server := &http.Server{Addr: addr, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), a.Header)
		_, _ = w.Write(a.Body)
	})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

const nginxConf = `daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
worker_processes auto;
events { worker_connections 1024; }
http {
  access_log %[1]s/access.log combined;
  client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  sendfile on; tcp_nopush on; keepalive_requests 10000000;
  open_file_cache max=100;
  server {
    listen %[2]s;
    root %[1]s/root;
    default_type text/html;
    gzip_static always;
%[3]s
  }
}
`

func startNginx(ctx context.Context, folder string, a answer) (string, func(), error) {
	at := filepath.Join(folder, "nginx")
	if err := os.MkdirAll(filepath.Join(at, "root", "issues"), 0o755); err != nil { //nolint:gosec // nginx's workers run as another account
		return "", nil, err
	}
	plain, err := gzip.NewReader(strings.NewReader(string(a.Body)))
	if err != nil {
		return "", nil, err
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return "", nil, err
	}
	page := filepath.Join(at, "root", filepath.FromSlash(issuePath))
	for name, body := range map[string][]byte{page: text, page + ".gz": a.Body} {
		if err := os.WriteFile(name, body, 0o644); err != nil { //nolint:gosec // nginx's workers run as another account
			return "", nil, err
		}
	}
	var headers strings.Builder
	for name, values := range a.Header {
		switch name {
		case "Content-Type", "Content-Length", "Content-Encoding", "Date", "Etag", "Last-Modified", "Vary":
			continue // nginx sends its own
		}
		for _, v := range values {
			fmt.Fprintf(&headers, "    add_header %s %q always;\n", name, strings.ReplaceAll(v, "$", "${dollar}"))
		}
	}
	addr, err := freeAddr()
	if err != nil {
		return "", nil, err
	}
	conf := filepath.Join(at, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, at, addr, headers.String()), 0o600); err != nil {
		return "", nil, err
	}
	nginx, err := findTool("nginx")
	if err != nil {
		return "", nil, err
	}
	return startProcess(ctx, addr, nginx, "-c", conf, "-p", at)
}

// startProcess starts a server and waits until it accepts connections.
func startProcess(ctx context.Context, addr, name string, args ...string) (string, func(), error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	return await(ctx, cmd, addr)
}

// await starts cmd and waits until addr accepts connections.
func await(ctx context.Context, cmd *exec.Cmd, addr string) (url string, stop func(), err error) {
	name := cmd.Path
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	done := make(chan struct{})
	var ended error
	go func() { ended = cmd.Wait(); close(done) }()
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	}
	var dialer net.Dialer
	for range 600 {
		select {
		case <-done:
			return "", nil, fmt.Errorf("%s stopped at its start: %w", filepath.Base(name), ended)
		default:
		}
		if conn, err := dialer.DialContext(ctx, "tcp", addr); err == nil {
			_ = conn.Close()
			return "http://" + addr, stop, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("%s does not answer on %s", filepath.Base(name), addr)
}

func freeAddr() (string, error) {
	var listen net.ListenConfig
	ln, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String(), nil
}

// fetchPlain reads a page's text.
func fetchPlain(ctx context.Context, url string) (string, error) {
	a, err := fetch(ctx, url, "gzip")
	if err != nil {
		return "", err
	}
	plain, err := gzip.NewReader(strings.NewReader(string(a.Body)))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(plain)
	return string(text), err
}
