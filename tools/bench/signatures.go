package main

import (
	"bufio"
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

// compareSignatures measures signing over HTTP at 16 connections against
// pgbench inserting one such row per transaction at 16 clients, in the same
// durable server.
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
	run := 0
	sign := func() (float64, error) {
		run++
		lua := filepath.Join(folder, "sign.lua")
		seed := "r" + strconv.Itoa(run) + "t"
		if err := os.WriteFile(lua, fmt.Appendf(nil, signLua, seed, fields), 0o600); err != nil {
			return 0, err
		}
		return wrkArgs(ctx, seconds, 128, "-s", lua, s.url+issuePath+"/pledge")
	}
	return pair(ctx, rounds, "signatures over HTTP / pgbench, one such row per transaction, 16 clients", "about 0.2 until written together",
		sign, func() (float64, error) { return pgbench(ctx, s.database, script, seconds) })
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

var transactions = regexp.MustCompile(`tps = ([0-9.]+)`)

func pgbench(ctx context.Context, database, script string, seconds time.Duration) (float64, error) {
	cmd := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", strconv.Itoa(int(seconds.Seconds())), "-f", script, database)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, strings.TrimSpace(string(out)))
	}
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	for lines.Scan() {
		if m := transactions.FindStringSubmatch(lines.Text()); m != nil {
			return strconv.ParseFloat(m[1], 64)
		}
	}
	return 0, fmt.Errorf("pgbench printed no rate: %s", out)
}
