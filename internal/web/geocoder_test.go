package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
)

// waiting is a geocoder that answers when it is let go.
type waiting struct {
	civics.Geocoder
	asked, on chan struct{}
}

func (w waiting) Address(context.Context, int, string) ([]civics.Place, error) {
	w.asked <- struct{}{}
	<-w.on
	return nil, nil
}

// However many addresses a network asks for at once, others get theirs placed.
func TestOneNetworkLeavesTheMapToOthers(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	slow := waiting{asked: make(chan struct{}, 40), on: make(chan struct{})}
	s.Atlas = civicstest.InMemory(t, civics.WithGeocoder(civics.Guard(slow, s.Log)))
	ask := func(from string, n int) *http.Response {
		form := url.Values{"address": {fmt.Sprintf("%d Bannock St, Denver, CO 80203", n)}}
		return s.ask(http.MethodPost, "/representatives", strings.NewReader(form.Encode()), "RemoteAddr", from+":1")
	}
	var askers sync.WaitGroup
	for n := range 8 {
		askers.Go(func() { ask(fmt.Sprintf("203.0.113.%d", n), n) })
	}
	for range 8 {
		<-slow.asked
	}
	if r := ask("203.0.113.200", 9); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("the ninth of a network: %d, %v", r.StatusCode, r.Header)
	}
	other := 0
	askers.Go(func() { other = ask("198.51.100.1", 10).StatusCode })
	<-slow.asked
	close(slow.on)
	askers.Wait()
	if other != http.StatusUnprocessableEntity { // no such address: it was asked
		t.Errorf("another network: %d", other)
	}
	if log := s.log.String(); strings.Contains(log, "203.0.113") {
		t.Error("the log names a network")
	}
}
