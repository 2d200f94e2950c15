// Package web is the HTML site. routes.go is the whole route table; a handler
// binds, calls one subject, and renders or redirects; errors.go turns every
// error into an answer. Each subject's handlers have a file of their own.
//
// What holds by construction:
//   - A form can only be registered with its guards: same origin, a bounded
//     body, a limit per network.
//   - A cached page is rendered from its route, language and declared
//     parameters alone: the render never sees headers, cookies or the address
//     of the visitor, so that it is the same bytes for everyone.
//   - Logs and metrics carry route patterns, nothing that a visitor sent.
package web

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/records"
	"redress/internal/seal"
	"redress/internal/search"
	"redress/internal/supporter"
	"redress/internal/telemetry"
	"redress/internal/web/pagecache"
	"redress/static"
)

// Deps is everything the site works with.
type Deps struct {
	Config        *config.Config
	Log           *slog.Logger
	DB            *postgres.DB
	Box           *seal.Box
	Post          *mail.Post
	Limits        *abuse.Limits
	Challenges    *abuse.Challenges // nil: signed by this process alone
	Siege         *abuse.Siege      // nil: by the setting, telling nobody but the log
	Atlas         *civics.Atlas
	Centers       *center.Centers
	Issues        *issue.Issues
	Terms         *glossary.Glossary
	Organizations *organization.Directory
	Letters       *letter.Letters
	Pledges       *pledge.Pledges
	Supporters    *supporter.Supporters
	Links         *supporter.Links // to self-service
	Trends        *abuse.Trends    // nil: new ones
	Newsletter    *newsletter.Newsletter
	Records       *records.Records // nil: those in DB
	Search        *search.Search
	Mailings      *newsletter.Mailings // nil: those in DB, which nothing sends
	Now           func() time.Time     // nil: time.Now
	Metrics       *telemetry.Metrics   // nil: a new registry
}

// Site serves the HTML pages, the public API and the static files.
type Site struct {
	Deps
	echo    *echo.Echo
	cache   *pagecache.Cache
	assets  *static.Assets
	headers []headerLine // on every answer
	pages   map[string]*pageRoute
	ready   atomic.Bool
	frame   atomic.Pointer[keptFrame] // the last one read, also for when PostgreSQL is away
	ids     requestIDs

	watching *watching // open receipts

	frameMoves   atomic.Uint64 // grows when the center may have changed
	unnamedProxy sync.Once     // guards the one warning about it
}

// New builds the site. It reads nothing from the database; Start does.
func New(d Deps) (*Site, error) {
	if d.Config == nil || d.Log == nil || d.Limits == nil {
		return nil, errors.New("web: Config, Log and Limits are required")
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Records == nil {
		d.Records = records.New(d.DB)
	}
	if d.Mailings == nil {
		d.Mailings = newsletter.NewMailings(newsletter.MailingOptions{
			DB: d.DB, Box: d.Box, Post: d.Post, Terms: glossary.New(d.DB), Schedule: newsletter.Schedule{Zone: d.Config.Location}, Now: d.Now, Log: d.Log,
		})
	}
	if d.Metrics == nil {
		d.Metrics = telemetry.NewMetrics()
	}
	if d.Trends == nil {
		d.Trends = abuse.NewTrends(d.Now)
	}
	d.watch()
	assets, err := static.Load()
	if err != nil {
		return nil, err
	}
	s := &Site{Deps: d, assets: assets, pages: map[string]*pageRoute{}, ids: newRequestIDs()}
	s.headers = securityHeaders(d.Config)
	s.watching = newWatching(func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]letter.Stamp, error) {
		return s.Letters.Stamps(ctx, ids)
	})
	s.cache = pagecache.New(pagecache.Options{
		Now:      d.Now,
		Location: d.Config.Location,
		Away:     isAway,
		Header:   s.cachedHeader(),
	})
	s.echo = s.newEcho()
	s.routes(&router{site: s, echo: s.echo})
	return s, nil
}

func (s *Site) newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner = true
	e.HidePort = true
	e.IPExtractor = clientAddress(s.Config.Proxies)
	e.HTTPErrorHandler = s.fail
	e.Logger.SetOutput(discard{})
	e.Use(s.secure, s.observe, s.recoverPanics, bound, plainParameters)
	return e
}

// discard swallows Echo's own log lines, which quote raw errors; ours is slog.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// Changed tells the site that a tag moved: "content", "civics" or
// "pledge:<slug>". Whoever listens to the database calls it, after those that
// pages are made from have followed the change.
func (s *Site) Changed(tag string) {
	if tag == "content" {
		s.frameMoves.Add(1) // before the pages: who renders one again reads the frame again
	}
	s.cache.Move(tag)
}

// LostTouch tells the site that changes may have gone unheard: nothing in
// memory is trusted until it is rendered again.
func (s *Site) LostTouch() {
	s.frameMoves.Add(1)
	s.cache.Reset()
}

// requestIDs makes ids that tie an error page to its log line. They say nothing
// of the visitor: a random number of this process and a counter.
type requestIDs struct {
	process uint64
	counter *atomic.Uint64
}

func newRequestIDs() requestIDs {
	var seed [8]byte
	_, _ = rand.Read(seed[:]) // crypto/rand.Read doesn't fail
	return requestIDs{process: binary.BigEndian.Uint64(seed[:]), counter: new(atomic.Uint64)}
}

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

func (r requestIDs) next() string {
	n := r.process + r.counter.Add(1)*0x9e3779b97f4a7c15 // spreads neighbors apart
	var id [12]byte
	for i := range id {
		id[i] = idAlphabet[n&31]
		n >>= 5
	}
	return string(id[:])
}

var _ http.Handler = (*Site)(nil)
