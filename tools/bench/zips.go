package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"redress/internal/web/pagecache"
)

const lookupPath = "/representatives?zip="

// hotZip lies in one congressional district and in several state districts:
// half of all ZIP codes do.
const hotZip = "80203"

// zipLua asks for a ZIP code of the list at random with every request. All
// requests are written before the load begins, so that wrk's own work is that
// of asking for one page.
const zipLua = `
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
local requests = {}
function init()
  math.randomseed(%d * 1000 + id)
  for zip in io.lines(%q) do requests[#requests + 1] = wrk.format("GET", %q .. zip) end
end
function request() return requests[math.random(#requests)] end
`

// compareLookups measures the answer for a ZIP code against the cached issue
// page, both in brotli: one ZIP code that everybody asks for, and all of the
// tables' at random, many more than the cache holds.
func compareLookups(ctx context.Context, site *site, folder string, seconds time.Duration, rounds int) error {
	issue := func() (float64, error) { return wrk(ctx, site.url+issuePath, "br", seconds) }
	if _, err := settled(ctx, site.url+issuePath, "br"); err != nil {
		return err
	}
	hot, err := settled(ctx, site.url+lookupPath+hotZip, "br")
	if err != nil {
		return err
	}
	fmt.Printf("lookup page of one ZIP code: %d bytes as brotli\n", len(hot.Body))
	if err := pair(ctx, rounds, "lookup page, one hot ZIP code (cached, brotli) / issue page", "goal >= 0.7",
		func() (float64, error) { return wrk(ctx, site.url+lookupPath+hotZip, "br", seconds) }, issue); err != nil {
		return err
	}
	zips, err := zipsOf(ctx, site.database)
	if err != nil {
		return err
	}
	began := time.Now()
	mean, err := askAll(ctx, site.url, zips)
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Printf("every ZIP code once, to fill the cache: %d pages in %.1f s, %.0f bytes each as brotli; the cache is bounded at %d MB, the process holds %d MB\n",
		len(zips), took.Seconds(), mean, pagecache.DefaultMaxBytes>>20, site.resident()>>20)
	list := filepath.Join(folder, "zips.txt")
	if err := os.WriteFile(list, []byte(strings.Join(zips, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	run := 0
	random := func() (float64, error) {
		run++
		lua := filepath.Join(folder, "zips.lua")
		if err := os.WriteFile(lua, fmt.Appendf(nil, zipLua, run, list, lookupPath), 0o600); err != nil {
			return 0, err
		}
		return wrkArgs(ctx, seconds, 64, "-H", "Accept-Encoding: br", "-s", lua, site.url)
	}
	if err := pair(ctx, rounds, "lookup page, ZIP codes at random (brotli) / issue page", "goal >= 0.12", random, issue); err != nil {
		return err
	}
	fmt.Printf("the process holds %d MB after it\n", site.resident()>>20)
	return nil
}

// zipsOf lists the ZIP codes that the tables know, of one district and of several.
func zipsOf(ctx context.Context, database string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "psql", "-q", "-At", "-d", database, "-c",
		"SELECT DISTINCT lpad(unnest(zips)::text, 5, '0') AS zip FROM division_zips ORDER BY zip").Output()
	if err != nil {
		return nil, fmt.Errorf("psql: %w", err)
	}
	zips := strings.Fields(string(out))
	if len(zips) < 30_000 {
		return nil, fmt.Errorf("the tables hold %d ZIP codes", len(zips))
	}
	return zips, nil
}

// askAll asks for the page of every ZIP code once, in a random order, and
// returns the mean size of the answers in bytes.
func askAll(ctx context.Context, url string, zips []string) (float64, error) {
	const workers = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	order := rand.Perm(len(zips)) //nolint:gosec // nothing secret
	var (
		all    sync.WaitGroup
		mu     sync.Mutex
		total  int64
		failed error
	)
	for worker := range workers {
		all.Go(func() {
			for at := worker; at < len(order); at += workers {
				n, err := ask(ctx, client, url+lookupPath+zips[order[at]])
				mu.Lock()
				total += n
				if err != nil {
					failed = err
				}
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	all.Wait()
	return float64(total) / float64(len(zips)), failed
}

// ask is the size of one page in brotli.
func ask(ctx context.Context, client *http.Client, url string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "br")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", url, resp.StatusCode)
	}
	return n, err
}
