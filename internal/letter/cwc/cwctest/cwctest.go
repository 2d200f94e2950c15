// Package cwctest is the services of both chambers for tests: it takes messages
// as they do, holds them to the schema, knows which ones it has, lists offices,
// and fails in every way that a test asks for. It listens on loopback only.
package cwctest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/letter/cwc"
)

// The keys that the services take.
const (
	HouseKey  = "house-key-4f1d"
	SenateKey = "senate-key-9b2c"
)

// Paths of the services.
const (
	PathMessage    = "/v2/message"
	PathValidate   = "/v2/validate"
	PathTesting    = "/api/testing-messages/"
	PathProduction = "/api/production-messages/"
)

// Behavior is what the server does with a message, or with the question for
// offices. The zero Behavior is what the real services do.
type Behavior struct {
	Status     int           // answer with this
	Errors     []string      // the <Error>s of a 400
	Quote      bool          // quote the whole message in each <Error>, as validators like to
	RetryAfter string        // a header
	Wait       time.Duration // before anything else
	Drop       bool          // close the connection without an answer
	Hang       bool          // never answer, until the asker leaves or the server stops
	Accept     bool          // with Drop, Hang or Status: accept the message first all the same
	Twice      bool          // answer two times over
}

// Behaviors that tests ask for.
var (
	Refusing     = Behavior{Status: http.StatusBadRequest, Quote: true, Errors: []string{"Element 'Zip': [facet 'pattern'] The value is not accepted by the pattern."}}
	Broken       = Behavior{Status: http.StatusInternalServerError, Quote: true}
	Overloaded   = Behavior{Status: http.StatusTooManyRequests, RetryAfter: "7"}
	WrongType    = Behavior{Status: http.StatusUnsupportedMediaType}
	Dropping     = Behavior{Drop: true}
	Hanging      = Behavior{Hang: true}
	LostAnswer   = Behavior{Accept: true, Drop: true} // the office has it; the sender doesn't know
	LateAnswer   = Behavior{Accept: true, Hang: true}
	AnswersTwice = Behavior{Twice: true}
)

// Slow answers as always, after a while.
func Slow(d time.Duration) Behavior { return Behavior{Wait: d} }

// Accepted is a message that a service took.
type Accepted struct {
	Chamber civics.Chamber
	Path    string
	At      time.Time
	Message cwc.Message
	Raw     []byte
}

// Server is both services. Its paths are those of the real ones, so one base
// URL serves for both.
type Server struct {
	URL string

	stop chan struct{}

	mu       sync.Mutex
	next     map[civics.Chamber][]Behavior
	always   map[civics.Chamber]Behavior
	lists    map[civics.Chamber]list
	listing  map[civics.Chamber]Behavior
	seen     map[string]bool // chamber and DeliveryId
	accepted []Accepted
	asked    map[civics.Chamber][]time.Time
	answers  map[int]int
	listed   int
}

type list struct {
	contentType string
	body        []byte
}

// Start starts a server and stops it with the test. No office is listed yet.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		stop: make(chan struct{}), next: map[civics.Chamber][]Behavior{}, always: map[civics.Chamber]Behavior{},
		lists: map[civics.Chamber]list{}, listing: map[civics.Chamber]Behavior{}, seen: map[string]bool{},
		asked: map[civics.Chamber][]time.Time{}, answers: map[int]int{},
	}
	s.List(cwc.House)
	s.List(cwc.Senate)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2/offices", func(w http.ResponseWriter, r *http.Request) { s.offices(w, r, cwc.House, HouseKey) })
	mux.HandleFunc("GET /api/active_offices/", func(w http.ResponseWriter, r *http.Request) { s.offices(w, r, cwc.Senate, SenateKey) })
	for _, path := range []string{PathMessage, PathValidate} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) { s.take(w, r, cwc.House, HouseKey) })
	}
	for _, path := range []string{PathTesting, PathProduction} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) { s.take(w, r, cwc.Senate, SenateKey) })
	}
	server := httptest.NewServer(mux)
	s.URL = server.URL
	t.Cleanup(func() {
		close(s.stop)
		server.Close()
	})
	return s
}

// Endpoint is the chamber's service, with the right key.
func (s *Server) Endpoint(chamber civics.Chamber) cwc.Endpoint {
	key := HouseKey
	if chamber == cwc.Senate {
		key = SenateKey
	}
	return cwc.Endpoint{BaseURL: s.URL, Key: key}
}

// List sets a chamber's offices. The House's list is JSON of codes, the
// Senate's XML with names.
func (s *Server) List(chamber civics.Chamber, offices ...cwc.Office) {
	if chamber == cwc.House {
		codes := []string{}
		for _, o := range offices {
			codes = append(codes, o.Code)
		}
		body, _ := json.Marshal(codes)
		s.ListRaw(chamber, "application/json", body)
		return
	}
	var b strings.Builder
	b.WriteString(xml.Header + "<active_offices>")
	for _, o := range offices {
		b.WriteString("<office><office_code>" + escaped(o.Code) + "</office_code><name>" + escaped(o.Name) + "</name></office>")
	}
	b.WriteString("</active_offices>")
	s.ListRaw(chamber, "application/xml", []byte(b.String()))
}

// ListRaw sets what a chamber answers when asked for its offices.
func (s *Server) ListRaw(chamber civics.Chamber, contentType string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[chamber] = list{contentType, body}
}

// ListAs sets how a chamber behaves when asked for its offices.
func (s *Server) ListAs(chamber civics.Chamber, b Behavior) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listing[chamber] = b
}

// Next sets how a chamber's next messages are met, one Behavior each.
func (s *Server) Next(chamber civics.Chamber, behaviors ...Behavior) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[chamber] = append(s.next[chamber], behaviors...)
}

// Always sets how a chamber meets messages that Next says nothing of.
func (s *Server) Always(chamber civics.Chamber, b Behavior) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[chamber] = b
}

// Accepted are the messages that were taken, in order, each once. Those that
// were only checked (/v2/validate) are not among them.
func (s *Server) Accepted() []Accepted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// Answers is how often each status was given for messages.
func (s *Server) Answers(status int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[status]
}

// Asked is how many messages came to a chamber, whatever became of them.
func (s *Server) Asked(chamber civics.Chamber) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked[chamber])
}

// Listed is how often lists of offices were asked for.
func (s *Server) Listed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed
}

// Busiest is the most messages that came to a chamber within any span of time
// so long.
func (s *Server) Busiest(chamber civics.Chamber, span time.Duration) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	most, from := 0, 0
	times := s.asked[chamber]
	for to := range times {
		for times[to].Sub(times[from]) >= span {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

func (s *Server) offices(w http.ResponseWriter, r *http.Request, chamber civics.Chamber, key string) {
	s.mu.Lock()
	s.listed++
	b, l := s.listing[chamber], s.lists[chamber]
	s.mu.Unlock()
	if !s.misbehave(w, r, b, "") {
		if r.URL.Query().Get("apikey") != key {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", l.contentType)
		_, _ = w.Write(l.body)
	}
}

// take meets one message.
func (s *Server) take(w http.ResponseWriter, r *http.Request, chamber civics.Chamber, key string) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	s.asked[chamber] = append(s.asked[chamber], time.Now())
	b := s.always[chamber]
	if len(s.next[chamber]) > 0 {
		b, s.next[chamber] = s.next[chamber][0], s.next[chamber][1:]
	}
	s.mu.Unlock()
	if b.Accept {
		s.judge(r, chamber, key, raw)
	}
	if s.misbehave(w, r, b, string(raw)) {
		return
	}
	status, errs := s.judge(r, chamber, key, raw)
	if b.Twice {
		s.twice(w, status)
		return
	}
	s.answer(w, status, errs)
}

// judge does what the real services do: the key, the type, the schema, the
// chamber, and whether the message came before.
func (s *Server) judge(r *http.Request, chamber civics.Chamber, key string, raw []byte) (int, []string) {
	if r.URL.Query().Get("apikey") != key {
		return http.StatusUnauthorized, []string{"the apikey is not valid"}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/xml" && kind != "text/xml" {
		return http.StatusUnsupportedMediaType, nil
	}
	m, err := cwc.Read(raw)
	if err != nil {
		var errs []string
		if invalid := (*cwc.InvalidError)(nil); errors.As(err, &invalid) {
			for _, f := range invalid.Faults {
				errs = append(errs, f.String())
			}
		}
		return http.StatusBadRequest, errs
	}
	if m.Chamber() != chamber {
		return http.StatusBadRequest, []string{"MemberOffice: not an office of this chamber"}
	}
	if r.URL.Path == PathValidate {
		return http.StatusOK, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := string(chamber) + r.URL.Path + m.Delivery.ID
	if s.seen[id] {
		return http.StatusConflict, []string{"the DeliveryId was seen before"}
	}
	s.seen[id] = true
	s.accepted = append(s.accepted, Accepted{Chamber: chamber, Path: r.URL.Path, At: time.Now(), Message: m, Raw: raw})
	return http.StatusCreated, nil
}

// misbehave does what a test asked for, and tells whether that was all.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, b Behavior, message string) bool {
	if b.Wait > 0 {
		select {
		case <-time.After(b.Wait):
		case <-s.stop:
		}
	}
	switch {
	case b.Hang:
		select {
		case <-r.Context().Done():
		case <-s.stop:
		}
		panic(http.ErrAbortHandler)
	case b.Drop:
		panic(http.ErrAbortHandler)
	case b.Status != 0:
		if b.RetryAfter != "" {
			w.Header().Set("Retry-After", b.RetryAfter)
		}
		errs := slices.Clone(b.Errors)
		if b.Quote {
			for i := range errs {
				errs[i] += " It was: " + message
			}
			errs = append(errs, message)
		}
		s.answer(w, b.Status, errs)
		return true
	}
	return false
}

func (s *Server) answer(w http.ResponseWriter, status int, errs []string) {
	s.count(status)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, errorsXML(errs))
}

func (s *Server) count(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[status]++
}

// twice writes an answer two times, one behind the other.
func (s *Server) twice(w http.ResponseWriter, status int) {
	s.count(status)
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	for range 2 {
		fmt.Fprintf(buffered, "HTTP/1.1 %d %s\r\nContent-Type: application/xml\r\nContent-Length: 0\r\n\r\n", status, http.StatusText(status))
	}
	_ = buffered.Flush()
}

func errorsXML(errs []string) string {
	var b strings.Builder
	b.WriteString(xml.Header + "<Errors>")
	for _, e := range errs {
		b.WriteString("<Error>" + escaped(e) + "</Error>")
	}
	b.WriteString("</Errors>")
	return b.String()
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
