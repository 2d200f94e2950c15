package web

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/postgres/postgrestest"
	"redress/views/layout"
)

// The two benchmarks serve the same bytes with the same header over loopback:
// a page from the cache with everything on (access log, metrics), and a bare
// net/http handler. Compare their times per request.

func BenchmarkCachedPage(b *testing.B) {
	handler, _, _ := benchPage(b)
	benchServe(b, handler)
}

func BenchmarkBareNetHTTP(b *testing.B) {
	_, header, body := benchPage(b)
	benchServe(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for name, values := range header {
			h[name] = values
		}
		_, _ = w.Write(body)
	}))
}

// BenchmarkHit is the cache's own part: no network.
func BenchmarkHit(b *testing.B) {
	handler, _, _ := benchPage(b)
	r, err := http.NewRequest(http.MethodGet, "/test/page", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	w := &nowhere{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		handler.ServeHTTP(w, r)
	}
}

// BenchmarkLookup is the whole way of a page that nobody asked for before: one
// ZIP code after the other, rendered, compressed and kept, without the network.
func BenchmarkLookup(b *testing.B) {
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		b.Fatal(err)
	}
	var targets []string
	for _, division := range tables.Zips {
		for _, zip := range division.Zips {
			targets = append(targets, fmt.Sprintf("/representatives?zip=%05d", zip))
		}
	}
	slices.Sort(targets)
	targets = slices.Compact(targets)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	settings, err := config.Read(nil)
	if err != nil {
		b.Fatal(err)
	}
	db := postgrestest.New(b)
	if err := db.Gorm.Create(&center.Center{Lang: "en", Name: centerName, PostalAddress: []string{"1 Main St"}, Body: "Who **we** are."}).Error; err != nil {
		b.Fatal(err)
	}
	s, err := New(Deps{
		Config:  settings,
		Log:     slog.New(slog.DiscardHandler),
		DB:      db,
		Limits:  abuse.New(abuse.Options{}),
		Atlas:   civics.FromTables(tables),
		Centers: center.New(db),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		w := &nowhere{header: http.Header{}}
		for p.Next() {
			r, err := http.NewRequest(http.MethodGet, targets[int(asked.Add(1))%len(targets)], nil)
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Accept-Encoding", "br")
			clear(w.header)
			s.ServeHTTP(w, r)
		}
	})
	b.ReportMetric(float64(s.cache.Bytes())/float64(s.cache.Len()), "B/page")
}

var asked atomic.Int64

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}

// benchPage is a site with one cached page, and that page's header and body.
func benchPage(b *testing.B) (http.Handler, http.Header, []byte) {
	b.Helper()
	settings, err := config.Read(nil)
	if err != nil {
		b.Fatal(err)
	}
	log, err := os.CreateTemp(b.TempDir(), "access")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = log.Close() })
	s, err := New(Deps{
		Config: settings,
		Log:    slog.New(slog.NewJSONHandler(log, nil)),
		Limits: abuse.New(abuse.Options{}),
		Atlas:  civics.FromTables(civics.Tables{}),
	})
	if err != nil {
		b.Fatal(err)
	}
	var page bytes.Buffer
	var text strings.Builder
	for i := range 400 {
		text.WriteString("<p>Paragraph " + strconv.Itoa(i*i) + " of the explainer.</p>")
	}
	if err := layout.Base(layout.Page{Title: "Page"}).Render(templ.WithChildren(b.Context(), templ.Raw(text.String())), &page); err != nil {
		b.Fatal(err)
	}
	(&router{site: s, echo: s.echo}).page("/test/page", func(echo.Context) (Page, error) {
		return Page{Raw: page.Bytes(), Type: htmlType}, nil
	})
	w := &recorded{header: http.Header{}}
	for range 2 {
		r, err := http.NewRequest(http.MethodGet, "/test/page", nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip, deflate, br")
		w = &recorded{header: http.Header{}}
		s.ServeHTTP(w, r)
	}
	return s, w.header, w.body
}

type recorded struct {
	header http.Header
	body   []byte
}

func (r *recorded) Header() http.Header         { return r.header }
func (r *recorded) Write(p []byte) (int, error) { r.body = append(r.body, p...); return len(p), nil }
func (r *recorded) WriteHeader(int)             {}

func benchServe(b *testing.B, handler http.Handler) {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := newServer(handler, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(ln) }()
	b.Cleanup(func() { _ = server.Close() })
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		client, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer client.Close()
		request := []byte("GET /test/page HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n")
		answer := make([]byte, 64<<10)
		for p.Next() {
			if _, err := client.Write(request); err != nil {
				b.Error(err)
				return
			}
			if err := readAnswer(client, answer); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// readAnswer reads one answer as cheaply as can be, so that the server's part
// counts.
func readAnswer(from io.Reader, buffer []byte) error {
	have, want := 0, -1
	for want < 0 || have < want {
		n, err := from.Read(buffer[have:])
		if err != nil {
			return err
		}
		have += n
		if end := bytes.Index(buffer[:have], []byte("\r\n\r\n")); want < 0 && end >= 0 {
			_, after, _ := bytes.Cut(buffer[:end], []byte("Content-Length: "))
			digits, _, _ := bytes.Cut(after, []byte("\r\n"))
			length, err := strconv.Atoi(string(digits))
			if err != nil {
				return err
			}
			want = end + 4 + length
		}
	}
	return nil
}
