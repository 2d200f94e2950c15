package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	requestRate = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	notOK       = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	socketFault = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

// wrk loads a page from 64 connections and returns the answers per second.
// An answer that is not 2xx or 3xx is an error, not a fast answer.
func wrk(ctx context.Context, url, encoding string, seconds time.Duration) (float64, error) {
	return wrkArgs(ctx, seconds, 64, "-H", "Accept-Encoding: "+encoding, url)
}

func wrkArgs(ctx context.Context, seconds time.Duration, connections int, args ...string) (float64, error) {
	args = append([]string{"-t2", "-c" + strconv.Itoa(connections), "-d" + strconv.Itoa(int(seconds.Seconds())) + "s"}, args...)
	out, err := exec.CommandContext(ctx, "wrk", args...).CombinedOutput()
	text := string(out)
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, strings.TrimSpace(text))
	}
	if m := notOK.FindStringSubmatch(text); m != nil {
		return 0, fmt.Errorf("%s answers were refusals or errors", m[1])
	}
	if m := socketFault.FindString(text); m != "" {
		return 0, fmt.Errorf("wrk: %s", m)
	}
	m := requestRate.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("wrk printed no rate: %s", strings.TrimSpace(text))
	}
	return strconv.ParseFloat(m[1], 64)
}
