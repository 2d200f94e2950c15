package cwc

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"redress/internal/civics"
	"redress/internal/config"
)

// Refusal is a service's no.
type Refusal struct {
	Chamber   civics.Chamber
	Status    int     // of HTTP
	Count     int     // how many errors the answer lists
	Faults    []Fault // those of which the field is known; never in the answer's words, which quote the letter
	Permanent bool    // asking again is pointless
	Ours      bool    // it refuses this site, not this message: a person must look
}

// Error names the status and the fields.
func (r *Refusal) Error() string {
	text := fmt.Sprintf("cwc: the %s's service refused with %d", r.Chamber, r.Status)
	if r.Count > 0 {
		text += fmt.Sprintf(", naming %d errors", r.Count)
	}
	for _, f := range r.Faults {
		text += "; " + f.String()
	}
	return text
}

// Trouble means that a service gave no answer that counts. It is never
// permanent.
type Trouble struct {
	Chamber civics.Chamber
	Doing   string // "send", "validate", "list offices", "reach"
	Why     string
	// Unknown means that the service may have the message. Sent again with the
	// same DeliveryId it is not delivered twice.
	Unknown bool
	Late    bool // a time ran out
}

// Error says what failed, without URL, key or answer.
func (t *Trouble) Error() string { return t.Plain() }

// Plain is the trouble in words for a log: it quotes nothing that was sent.
func (t *Trouble) Plain() string {
	text := "cwc: the " + string(t.Chamber) + "'s service: " + t.Doing + ": " + t.Why
	if t.Unknown {
		text += "; it may have the message"
	}
	return text
}

// Timeout tells whether a time ran out.
func (t *Trouble) Timeout() bool { return t.Late }

// withWritten tells whether anything of the request was written.
func withWritten(ctx context.Context) (context.Context, *atomic.Bool) {
	var wrote atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}), &wrote
}

// trouble puts an error of the network into words of our own: a *url.Error
// quotes the URL, and with it the key.
func (s *service) trouble(doing string, err error, wrote bool) *Trouble {
	var (
		network interface{ Timeout() bool }
		resolve *net.DNSError
		record  tls.RecordHeaderError
		check   *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
	)
	t := &Trouble{Chamber: s.chamber, Doing: doing, Why: "no connection", Unknown: wrote && doing == "send"}
	switch {
	case errors.Is(err, context.Canceled):
		t.Why = "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		t.Why, t.Late = "timed out", true
	case errors.As(err, &resolve):
		t.Why = "its name can't be resolved"
	case errors.As(err, &check), errors.As(err, &unknown):
		t.Why = "its certificate is not valid"
	case errors.As(err, &record):
		t.Why = "it does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		t.Why = "connection refused"
	case wrote:
		t.Why = "connection closed"
	}
	return t
}

const (
	restBusy    = 30 * time.Second
	restRefused = 10 * time.Minute
	longestRest = time.Hour
)

// refused reads an answer that is no yes, and lets the service rest where
// asking it again at once would be wrong.
func (s *service) refused(doing string, a answered) error {
	r := &Refusal{Chamber: s.chamber, Status: a.status}
	switch {
	case a.status == http.StatusBadRequest, a.status == http.StatusUnprocessableEntity, a.status == http.StatusRequestEntityTooLarge:
		r.Count, r.Faults = readErrors(a.body)
		r.Ours = len(r.Faults) > 0 && !slices.ContainsFunc(r.Faults, func(f Fault) bool { return !aboutAgent(f.Field) })
		r.Permanent = !r.Ours
	case a.status == http.StatusTooManyRequests, a.status == http.StatusRequestTimeout, a.status >= 500:
		s.rest(s.retryAfter(a.retry), "it asked for a pause")
	default: // 401, 403, 404, 415, a redirect, a yes of another kind
		r.Ours = a.status >= 300
	}
	if r.Ours {
		s.rest(restRefused, "it refuses this site")
		s.log.Error("a service of Congress refuses this site: look at key, address, agent and base URL",
			"chamber", string(s.chamber), "doing", doing, "status", r.Status, "fields", fields(r.Faults))
	} else if r.Permanent {
		s.log.Warn("a service of Congress refused a message",
			"chamber", string(s.chamber), "doing", doing, "status", r.Status, "errors", r.Count, "fields", fields(r.Faults))
	}
	return r
}

func fields(faults []Fault) string {
	names := make([]string, len(faults))
	for i, f := range faults {
		names[i] = f.Field
	}
	return strings.Join(names, " ")
}

// aboutAgent tells whether a field is what an operator set, not a writer.
func aboutAgent(field string) bool { return strings.HasPrefix(field, "DeliveryAgent") }

func (s *service) retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds >= 0 {
		return min(max(time.Duration(min(seconds, 1e6))*time.Second, time.Second), longestRest)
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(s.now()), time.Second), longestRest)
	}
	return restBusy
}

// rest keeps messages back for a while.
func (s *service) rest(d time.Duration, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := s.now().Add(d); until.After(s.restUntil) {
		s.restUntil, s.restWhy = until, why
	}
}

func (s *service) resting() (why string, resting bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restWhy, s.now().Before(s.restUntil)
}

// sandbox tells whether a host can't reach an office: one of the House's for
// tests, or this machine.
func sandbox(host string) bool {
	return strings.HasSuffix(host, "-cwc.house.gov") || config.IsLoopback(host)
}

const mostErrors = 50

// readErrors counts the errors that an answer lists, and finds out which fields
// they speak of. Of its words only names of elements are kept.
func readErrors(body []byte) (int, []Fault) {
	var faults []Fault
	texts := errorTexts(body)
	for _, text := range texts {
		for _, field := range fieldsIn(text) {
			f := Fault{Field: field, Reason: reasonIn(text)}
			if !slices.ContainsFunc(faults, func(known Fault) bool { return known.Field == field }) {
				faults = append(faults, f)
			}
		}
	}
	return len(texts), faults
}

// errorTexts are the contents of the elements named Error, or whatever texts a
// JSON answer holds.
func errorTexts(body []byte) []string {
	var texts []string
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		var tree any
		if json.Unmarshal(trimmed, &tree) == nil {
			return jsonTexts(tree, nil, 0)
		}
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var text strings.Builder
	inside := 0
	for len(texts) < mostErrors {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if inside > 0 || strings.EqualFold(t.Name.Local, "Error") {
				inside++
			}
		case xml.CharData:
			if inside > 0 {
				text.Write(t)
			}
		case xml.EndElement:
			if inside == 0 {
				continue
			}
			if inside--; inside == 0 {
				texts = append(texts, text.String())
				text.Reset()
			}
		}
	}
	return texts
}

func jsonTexts(value any, texts []string, depth int) []string {
	if depth > deepest || len(texts) >= mostErrors {
		return texts
	}
	switch v := value.(type) {
	case string:
		texts = append(texts, v)
	case []any:
		for _, each := range v {
			texts = jsonTexts(each, texts, depth+1)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			texts = jsonTexts(v[key], texts, depth+1)
		}
	}
	return texts
}

var nameInText = regexp.MustCompile(`[A-Za-z0-9]+`)

// fieldsIn are the names of elements in a text. Of several the last ones in
// the schema's tree tell the most, so those that only hold others are left out
// beside them.
func fieldsIn(text string) []string {
	var leaves, holders []string
	for _, word := range nameInText.FindAllString(text, -1) {
		if !schema().names[word] || slices.Contains(leaves, word) || slices.Contains(holders, word) {
			continue
		}
		if schema().holds[word] {
			holders = append(holders, word)
		} else {
			leaves = append(leaves, word)
		}
	}
	if len(leaves) > 0 {
		return leaves
	}
	return holders
}

// reasonIn sorts what a service says into reasons of our own.
func reasonIn(text string) Reason {
	text = strings.ToLower(text)
	for _, known := range []struct {
		word   string
		reason Reason
	}{
		{"missing", Missing}, {"required", Missing}, {"empty", Missing}, {"blank", Missing},
		{"too short", TooShort}, {"minimum", TooShort}, {"at least", TooShort},
		{"too long", TooLong}, {"maximum", TooLong}, {"at most", TooLong}, {"exceed", TooLong},
		{"format", Malformed}, {"pattern", Malformed}, {"malformed", Malformed},
		{"not active", NotAllowed}, {"inactive", NotAllowed}, {"unknown", NotAllowed}, {"not found", NotAllowed}, {"not valid", NotAllowed}, {"invalid", NotAllowed},
		{"unexpected", Unexpected}, {"not expected", Unexpected}, {"not allowed", Unexpected},
	} {
		if strings.Contains(text, known.word) {
			return known.reason
		}
	}
	return Other
}
