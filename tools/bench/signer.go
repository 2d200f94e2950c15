package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// signer signs as somebody new each time.
type signer struct {
	url    string
	fields string
	client *http.Client
	number atomic.Int64
}

func newSigner(url, fields string) *signer {
	return &signer{url: url, fields: fields, client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256},
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// steadily signs so many times a second, whether or not those before have been
// answered, and gives the waits in order of length. Each wait counts from when it
// was that signer's turn, so that a server that falls behind isn't spared.
func (s *signer) steadily(ctx context.Context, rate float64, seconds time.Duration) ([]time.Duration, error) {
	const together = 5 * time.Millisecond // the clock's step; those of one step come together
	var mu sync.Mutex
	var waits []time.Duration
	var faults []error
	var group sync.WaitGroup
	begun, sent := time.Now(), 0
	tick := time.NewTicker(together)
	defer tick.Stop()
	for ctx.Err() == nil && time.Since(begun) < seconds {
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
		for ; float64(sent) < rate*time.Since(begun).Seconds(); sent++ {
			turn := begun.Add(time.Duration(float64(sent) / rate * float64(time.Second)))
			group.Go(func() {
				err := s.sign(context.WithoutCancel(ctx))
				wait := time.Since(turn)
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, wait)
				if err != nil && len(faults) < 3 {
					faults = append(faults, err)
				}
			})
		}
	}
	group.Wait()
	slices.Sort(waits)
	if len(waits) == 0 {
		faults = append(faults, errors.New("nobody signed"))
	}
	return waits, errors.Join(faults...)
}

func (s *signer) sign(ctx context.Context) error {
	form := fmt.Sprintf("given_name=Maya&family_name=Ortiz&email=steady%d%%40example.org&zip=80203%s", s.number.Add(1), s.fields)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(form))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("a signer was answered %d", resp.StatusCode)
	}
	return nil
}
