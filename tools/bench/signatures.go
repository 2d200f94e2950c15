package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// signLua signs as somebody new with every request: a fast visitor, not a robot
// that repeats itself. The seed differs from run to run.
const signLua = `
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
local n = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
function request()
  n = n + 1
  local who = "%s" .. id .. "n" .. n
  return wrk.format(nil, nil, nil, "given_name=Maya&family_name=Ortiz&email=" .. who .. "%%40example.org&zip=80203%s")
end
`

// rowSQL is the table that pgbench inserts into: a row as wide as a signature,
// with the same keys to keep unique.
const rowSQL = `CREATE TABLE IF NOT EXISTS bench_row (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), pledge text NOT NULL, state text NOT NULL, signer_key bytea NOT NULL, mailbox_key bytea NOT NULL,
  mailbox_slot smallint, zip text, created_at timestamptz NOT NULL DEFAULT now(), sealed bytea NOT NULL,
  UNIQUE (pledge, signer_key), UNIQUE (pledge, mailbox_key, mailbox_slot))`

const rowScript = `INSERT INTO bench_row (pledge, state, signer_key, mailbox_key, mailbox_slot, zip, sealed)
VALUES ('qualified-immunity', 'pending', sha256(gen_random_uuid()::text::bytea), sha256(gen_random_uuid()::text::bytea), 1, '80203', sha512(gen_random_uuid()::text::bytea) || sha512('x'));
`

// compareSignatures measures signing over HTTP at 128 and 256 connections, each
// signature with its sealed person and its mail's row durable before the answer,
// against pgbench inserting one plain row per transaction at 16 clients, in the
// same server; then how long signers wait at half of the rate that was reached,
// against the mean time of pgbench's transactions; then the issue page while 1,000
// sign a second, against nobody signing. The site's mail server is away, so that
// no mail is sent on the same processors meanwhile.
func compareSignatures(ctx context.Context, s *site, folder string, seconds time.Duration, rounds int) error {
	fields, err := extraFields(ctx, s.url+issuePath+"/pledge")
	if err != nil {
		return err
	}
	script := filepath.Join(folder, "row.sql")
	if err := os.WriteFile(script, []byte(rowScript), 0o600); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "psql", "-q", "-d", s.database, "-c", rowSQL).CombinedOutput(); err != nil {
		return fmt.Errorf("psql: %w: %s", err, strings.TrimSpace(string(out)))
	}
	run, most := 0, 0.0
	sign := func(connections int) (float64, error) {
		run++
		lua := filepath.Join(folder, "sign.lua")
		seed := "r" + strconv.Itoa(run) + "t"
		if err := os.WriteFile(lua, fmt.Appendf(nil, signLua, seed, fields), 0o600); err != nil {
			return 0, err
		}
		rate, err := wrkArgs(ctx, seconds, connections, "-s", lua, s.url+issuePath+"/pledge")
		most = max(most, rate)
		return rate, err
	}
	var took []float64 // pgbench's mean milliseconds per transaction
	row := func() (float64, error) {
		rate, mean, err := pgbench(ctx, s.database, script, seconds)
		took = append(took, mean)
		return rate, err
	}
	if _, err := sign(128); err != nil { // warms up, and makes the table one of a size
		return err
	}
	for _, connections := range []int{128, 256} {
		name := fmt.Sprintf("signatures over HTTP at %d connections / pgbench, one row per transaction, 16 clients", connections)
		if err := pair(ctx, rounds, name, "goal 1.5", func() (float64, error) { return sign(connections) }, row); err != nil {
			return err
		}
	}
	signer := newSigner(s.url+issuePath+"/pledge", fields)
	if err := measurePatience(ctx, signer, most/2, median(took), seconds); err != nil {
		return err
	}
	return comparePageUnderSigners(ctx, s, signer, seconds, rounds)
}

// measurePatience prints how long signers wait who come at a steady rate.
func measurePatience(ctx context.Context, signer *signer, rate, mean float64, seconds time.Duration) error {
	waits, err := signer.steadily(ctx, rate, seconds)
	if err != nil {
		return err
	}
	p99 := waits[len(waits)*99/100]
	fmt.Printf("%-78s %.2f  (goal at most 10; p99 %.1f ms at %.0f/s, pgbench's mean %.2f ms)\n", "p99 of signing at half of the most / pgbench's mean time",
		float64(p99.Microseconds())/1000/mean, float64(p99.Microseconds())/1000, rate, mean)
	return nil
}

// comparePageUnderSigners measures the issue page while 1,000 sign a second
// against nobody signing.
func comparePageUnderSigners(ctx context.Context, s *site, signer *signer, seconds time.Duration, rounds int) error {
	page := func() (float64, error) { return wrk(ctx, s.url+issuePath, "gzip", seconds) }
	return pair(ctx, rounds, "issue page while 1,000 sign a second / while nobody does", "goal 0.7", func() (float64, error) {
		signing, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() {
			_, err := signer.steadily(signing, 1000, time.Minute)
			done <- err
		}()
		rate, err := page()
		stop()
		if signErr := <-done; signErr != nil && ctx.Err() == nil {
			return 0, signErr
		}
		return rate, err
	}, page)
}

var hiddenField = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)

// extraFields are the hidden fields that the form sends along.
func extraFields(ctx context.Context, url string) (string, error) {
	page, err := fetchPlain(ctx, url)
	if err != nil {
		return "", err
	}
	var extra strings.Builder
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		fmt.Fprintf(&extra, "&%s=%s", m[1], m[2])
	}
	return extra.String(), nil
}

var (
	transactions = regexp.MustCompile(`tps = ([0-9.]+)`)
	meanLatency  = regexp.MustCompile(`latency average = ([0-9.]+) ms`)
)

// pgbench gives transactions per second and the mean milliseconds of one.
func pgbench(ctx context.Context, database, script string, seconds time.Duration) (rate, mean float64, err error) {
	cmd := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", strconv.Itoa(int(seconds.Seconds())), "-f", script, database)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("pgbench: %w: %s", err, strings.TrimSpace(string(out)))
	}
	tps, latency := transactions.FindSubmatch(out), meanLatency.FindSubmatch(out)
	if tps == nil || latency == nil {
		return 0, 0, fmt.Errorf("pgbench printed no rate: %s", out)
	}
	if rate, err = strconv.ParseFloat(string(tps[1]), 64); err == nil {
		mean, err = strconv.ParseFloat(string(latency[1]), 64)
	}
	return rate, mean, err
}
