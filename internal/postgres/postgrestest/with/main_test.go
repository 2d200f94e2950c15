//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandFindsAServerThatEndsWithIt(t *testing.T) {
	t.Setenv("REDRESS_TEST_DATABASE_URL", "")
	out := filepath.Join(t.TempDir(), "out")
	status, err := run([]string{"sh", "-c", `echo "$REDRESS_TEST_DATABASE_URL" > "$0"; exit 7`, out})
	if err != nil || status != 7 {
		t.Errorf("status %d, %v", status, err)
	}
	url, err := os.ReadFile(out)
	if err != nil || !strings.HasPrefix(string(url), "postgres://") {
		t.Fatalf("%q, %v", url, err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "redress-test-*", "*")); contains(left, string(url)) {
		t.Errorf("files are left: %v", left)
	}
}

func contains(paths []string, url string) bool {
	for _, path := range paths {
		if strings.Contains(url, strings.ReplaceAll(filepath.Dir(path), "/", "%2F")) {
			return true
		}
	}
	return false
}

func TestGivenServerIsUsed(t *testing.T) {
	t.Setenv("REDRESS_TEST_DATABASE_URL", "postgres://given")
	if status, err := run([]string{"sh", "-c", `test "$REDRESS_TEST_DATABASE_URL" = postgres://given`}); status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	if status, err := run([]string{"no-such-command"}); status == 0 || err == nil {
		t.Errorf("status %d, %v", status, err)
	}
}
