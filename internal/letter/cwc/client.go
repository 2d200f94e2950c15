package cwc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"redress/internal/civics"
)

const (
	messagesPerSecond = 5
	// answerTimeout bounds one request; with the wait for its turn before it, a
	// message takes less than the 90 seconds that the mail queue gives one mail.
	answerTimeout = 30 * time.Second
	turnTimeout   = 30 * time.Second

	longestAnswer = 64 << 10
	longestList   = 4 << 20
)

// Endpoint is a chamber's service. Without a key it is not used.
type Endpoint struct {
	BaseURL string // https://cwc.house.gov
	Key     string
}

// Options are what a Client needs.
type Options struct {
	House, Senate Endpoint
	Testing       bool // nothing reaches an office
	HTTP          *http.Client
	Now           func() time.Time
	Log           *slog.Logger
}

// Client talks to both chambers' services. It may be used from many goroutines.
// To each it sends 5 messages a second at most, as they ask for; that is per
// process, so that an operator who runs several divides the services' bound of
// 5 to 10 among them.
type Client struct {
	testing  bool
	services map[civics.Chamber]*service
}

// service is one chamber's: where it is, and what is known of it.
type service struct {
	chamber civics.Chamber
	base    *url.URL
	key     string
	testing bool
	http    *http.Client
	now     func() time.Time
	log     *slog.Logger
	turn    *rate.Limiter
	began   time.Time // when the first list was wanted

	mu        sync.Mutex
	list      []Office
	active    map[string]bool
	listedAt  time.Time
	restUntil time.Time // nothing is sent before: it is overloaded, or refuses us
	restWhy   string
}

// New makes a client of the chambers whose key is set. The error tells of a
// base URL that is none. Run keeps its lists of offices fresh.
func New(o Options) (*Client, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{}
	}
	plain := *o.HTTP
	// A message is for the service alone: it follows nobody elsewhere.
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{testing: o.Testing, services: map[civics.Chamber]*service{}}
	for chamber, e := range map[civics.Chamber]Endpoint{House: o.House, Senate: o.Senate} {
		if e.Key == "" {
			continue
		}
		base, err := url.Parse(strings.TrimSuffix(e.BaseURL, "/"))
		if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
			return nil, fmt.Errorf("cwc: the base URL of the %s's service is none", chamber)
		}
		c.services[chamber] = &service{
			chamber: chamber, base: base, key: e.Key, testing: o.Testing, http: &plain, now: o.Now, log: o.Log,
			turn: rate.NewLimiter(messagesPerSecond, 1), began: o.Now(),
		}
	}
	return c, nil
}

// Configured tells whether the chamber's service has a key here.
func (c *Client) Configured(chamber civics.Chamber) bool { return c.services[chamber] != nil }

// Send hands over a message that [Message.XML] wrote. Nil means that the
// service has it: it answered 201, or 409 because it had it before. A [*Refusal]
// is its no. A [*Trouble] means that it can't be known, or not now; the same
// message, with the same DeliveryId, may be sent again. An [*InvalidError] means
// that the document is none for this chamber, and nothing was sent.
//
// While testing, the Senate's service takes messages for tests. The House's has
// no such thing: there a message is checked and not delivered, unless the
// service is a sandbox of the House (a host like uat-cwc.house.gov) or on this
// machine.
func (c *Client) Send(ctx context.Context, chamber civics.Chamber, message []byte) error {
	s, err := c.service(chamber)
	if err != nil {
		return err
	}
	path, created := s.sendPath()
	return s.post(ctx, "send", path, message, created)
}

// Validate asks the chamber's service what it thinks of a message, without
// sending it: the House by /v2/validate, the Senate by its messages for tests,
// also in production. Errors are those of [Client.Send].
func (c *Client) Validate(ctx context.Context, chamber civics.Chamber, message []byte) error {
	s, err := c.service(chamber)
	if err != nil {
		return err
	}
	if chamber == House {
		return s.post(ctx, "validate", pathValidate, message, false)
	}
	return s.post(ctx, "validate", pathTesting, message, true)
}

func (c *Client) service(chamber civics.Chamber) (*service, error) {
	if s := c.services[chamber]; s != nil {
		return s, nil
	}
	return nil, &Trouble{Chamber: chamber, Doing: "reach", Why: "no key is set"}
}

const (
	pathMessage      = "/v2/message"
	pathValidate     = "/v2/validate"
	pathHouseOffices = "/v2/offices"

	pathTesting       = "/api/testing-messages/"
	pathProduction    = "/api/production-messages/"
	pathSenateOffices = "/api/active_offices/"
)

// sendPath is where messages go, and whether they are created there rather than
// only checked.
func (s *service) sendPath() (path string, created bool) {
	switch {
	case s.chamber == Senate && s.testing:
		return pathTesting, true
	case s.chamber == Senate:
		return pathProduction, true
	case s.testing && !sandbox(s.base.Hostname()):
		return pathValidate, false
	}
	return pathMessage, true
}

// address is a URL with the key in it. It goes into a request and nowhere else.
func (s *service) address(path string) string {
	u := *s.base
	u.Path = strings.TrimSuffix(u.Path, "/") + path
	u.RawQuery = url.Values{"apikey": {s.key}}.Encode()
	return u.String()
}

// post hands a document over and reads the answer. created is whether 201 is
// the yes, rather than 200.
func (s *service) post(ctx context.Context, doing, path string, message []byte, created bool) error {
	m, err := Read(message)
	if err != nil {
		return err
	}
	if m.Chamber() != s.chamber {
		return &InvalidError{Faults: []Fault{{Field: "MemberOffice", Reason: NotAllowed}}}
	}
	if err := s.wait(ctx); err != nil {
		return s.trouble(doing, err, false)
	}
	answer, err := s.ask(ctx, doing, http.MethodPost, path, message, longestAnswer)
	if err != nil {
		return err
	}
	switch {
	case answer.status == http.StatusCreated, answer.status == http.StatusConflict, answer.status == http.StatusOK && !created:
		return nil
	}
	return s.refused(doing, answer)
}

// wait lets a message wait for its turn.
func (s *service) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	return s.turn.Wait(ctx)
}

type answered struct {
	status int
	retry  string // Retry-After
	body   []byte
}

// ask makes one request on a connection of its own, so that whatever a server
// says beyond its answer is never read. The error is a *Trouble.
func (s *service) ask(ctx context.Context, doing, method, path string, body []byte, atMost int64) (answered, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	ctx, wrote := withWritten(ctx)
	request, err := http.NewRequestWithContext(ctx, method, s.address(path), bytes.NewReader(body))
	if err != nil {
		return answered{}, s.trouble(doing, errors.New("the request can't be made"), false)
	}
	request.Close = true
	request.Header.Set("User-Agent", "Redress")
	request.Header.Set("Accept", "application/xml, application/json;q=0.9")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/xml")
	}
	response, err := s.http.Do(request)
	if err != nil {
		return answered{}, s.trouble(doing, err, wrote.Load())
	}
	defer response.Body.Close()
	a := answered{status: response.StatusCode, retry: response.Header.Get("Retry-After")}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, atMost+1))
	if err != nil && method == http.MethodGet {
		return answered{}, s.trouble(doing, err, false)
	}
	return a, nil // what a POST became stands in its status alone
}
