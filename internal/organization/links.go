package organization

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// LinkResult is what one link of one organization answered.
type LinkResult struct {
	Slug   string
	Field  string // "site_url", "donate_url" …
	URL    string
	Status int    // of the last answer, 0: none
	Fault  string // empty: it works
}

const (
	linksAtOnce  = 8
	linkPatience = 15 * time.Second
	linkHops     = 5
)

// CheckLinks asks every link of every organization whether it still answers:
// HEAD, then GET for servers that don't take HEAD. It follows redirects as
// long as they stay on https. The results stand in the directory's order.
func (d *Directory) CheckLinks(ctx context.Context, client *http.Client) ([]LinkResult, error) {
	all, err := d.everyLanguage(ctx)
	if err != nil {
		return nil, err
	}
	var results []LinkResult
	seen := map[string]bool{"": true}
	for _, o := range all {
		for _, link := range o.links() {
			if !seen[link.URL] {
				seen[link.URL] = true
				results = append(results, link)
			}
		}
	}
	checkAll(ctx, strict(client), results)
	return results, ctx.Err()
}

func (o Organization) links() []LinkResult {
	return []LinkResult{
		{Slug: o.Slug, Field: "site_url", URL: o.SiteURL},
		{Slug: o.Slug, Field: "donate_url", URL: o.DonateURL},
		{Slug: o.Slug, Field: "volunteer_url", URL: o.VolunteerURL},
		{Slug: o.Slug, Field: "follow_url", URL: o.FollowURL},
	}
}

func checkAll(ctx context.Context, client *http.Client, links []LinkResult) {
	var running sync.WaitGroup
	places := make(chan struct{}, linksAtOnce)
	for i := range links {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			links[i].ask(ctx, client)
		})
	}
	running.Wait()
}

var errLeavesHTTPS = errors.New("leads to a page without https")

// strict is the client with redirects bounded and kept on https.
func strict(client *http.Client) *http.Client {
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	own.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" {
			return errLeavesHTTPS
		}
		if len(via) >= linkHops {
			return fmt.Errorf("redirects more than %d times", linkHops)
		}
		return nil
	}
	return &own
}

func (l *LinkResult) ask(ctx context.Context, client *http.Client) {
	ctx, cancel := context.WithTimeout(ctx, linkPatience)
	defer cancel()
	if u, err := url.Parse(l.URL); err != nil || u.Scheme != "https" {
		l.Fault = "is not an https link"
		return
	}
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		l.Status, l.Fault = answer(ctx, client, method, l.URL)
		if l.Fault == "" {
			return
		}
	}
}

func answer(ctx context.Context, client *http.Client, method, link string) (status int, fault string) {
	request, err := http.NewRequestWithContext(ctx, method, link, nil)
	if err != nil {
		return 0, "is not a link"
	}
	request.Header.Set("User-Agent", "Redress link check")
	response, err := client.Do(request)
	if err != nil {
		return 0, causeOf(err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // lets the connection be used again
	if response.StatusCode >= http.StatusBadRequest {
		return response.StatusCode, "answers " + response.Status
	}
	return response.StatusCode, ""
}

// causeOf takes off the address that net/http puts before every error.
func causeOf(err error) string {
	var outer *url.Error
	if errors.As(err, &outer) {
		if outer.Timeout() {
			return "doesn't answer in time"
		}
		return outer.Err.Error()
	}
	return err.Error()
}
