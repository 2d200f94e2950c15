//go:build unix

package local

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

func TestInstalledBinariesAreFound(t *testing.T) {
	t.Parallel()
	installed := Installed()
	if len(installed) == 0 {
		t.Fatal("none found, though other tests need them")
	}
	for i, b := range installed {
		if b.Major < oldestMajor || !strings.HasPrefix(b.Version, strconv.Itoa(b.Major)) {
			t.Errorf("%+v", b)
		}
		if i > 0 && installed[i-1].Major < b.Major {
			t.Error("the newest is not first")
		}
	}
	for _, name := range []string{"pg_dump", "pg_restore"} {
		if path, err := Program(name, installed[0].Major); err != nil || filepath.Base(path) != name {
			t.Errorf("%s: %q, %v", name, path, err)
		}
	}
	if _, err := Program("pg_dump", 99); !errors.Is(err, ErrNoBinaries) {
		t.Errorf("pg_dump 99: %v", err)
	}
}

func TestBinariesMustMatchTheData(t *testing.T) {
	t.Parallel()
	installed := []Binaries{{Dir: "/17", Major: 17}, {Dir: "/15", Major: 15}}
	for major, want := range map[int]string{0: "/17", 15: "/15", 17: "/17"} {
		if b, err := choose(installed, major); err != nil || b.Dir != want {
			t.Errorf("%d: %+v, %v", major, b, err)
		}
	}
	_, err := choose(installed, 16)
	if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "postgresql-16") {
		t.Errorf("16: %v", err)
	}
	_, err = choose(nil, 0)
	if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "install the package postgresql") {
		t.Errorf("none: %v", err)
	}
}

// pretend makes a data folder that another major version has written.
func pretend(t *testing.T, major int) string {
	t.Helper()
	dir := folder(t)
	cluster := files{filepath.Join(dir, "postgres")}.cluster()
	if err := os.MkdirAll(cluster, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cluster, "PG_VERSION"), []byte(strconv.Itoa(major)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDataOfAnotherMajorIsLeftAlone(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{Dir: pretend(t, 99), NoSync: true})
	if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "postgresql-99") {
		t.Errorf("error is %v", err)
	}
	dir := pretend(t, 15)
	if err := os.Remove(filepath.Join(dir, "postgres", "cluster", "PG_VERSION")); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir, NoSync: true}); err == nil || !strings.Contains(err.Error(), "PG_VERSION is missing") {
		t.Errorf("error is %v", err)
	}
}

// uninstalled is a release that can be fetched and isn't installed here.
func uninstalled(t *testing.T) int {
	t.Helper()
	for _, release := range releases {
		if _, err := Find(release.major); err != nil {
			return release.major
		}
	}
	t.Skip("every release is installed")
	return 0
}

// repository serves an archive like those of the embedded binaries; its programs only say a version.
func repository(t *testing.T, version string, sum func([]byte) string) (url string, asked *atomic.Int32) {
	t.Helper()
	jar := jarOf(t, map[string]string{
		"bin/postgres": "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n",
		"bin/initdb":   "#!/bin/sh\nexit 1\n",
		"bin/pg_ctl":   "#!/bin/sh\nexit 1\n",
	})
	asked = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.HasSuffix(r.URL.Path, ".sha256") {
			_, _ = io.WriteString(w, sum(jar))
			return
		}
		_, _ = w.Write(jar)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func jarOf(t *testing.T, programs map[string]string) []byte {
	t.Helper()
	var plain bytes.Buffer
	archive := tar.NewWriter(&plain)
	for name, text := range programs {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	xz := exec.Command("xz", "--stdout")
	xz.Stdin = &plain
	packed, err := xz.Output()
	if err != nil {
		t.Skipf("xz is needed to make an archive: %v", err)
	}
	var jar bytes.Buffer
	outer := zip.NewWriter(&jar)
	inner, err := outer.Create("postgres-linux-x86_64.txz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inner.Write(packed); err != nil {
		t.Fatal(err)
	}
	if err := outer.Close(); err != nil {
		t.Fatal(err)
	}
	return jar.Bytes()
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestBinariesAreFetchedOnce(t *testing.T) {
	t.Parallel()
	major := uninstalled(t)
	url, asked := repository(t, strconv.Itoa(major)+".9", sha)
	dir := pretend(t, major)
	for range 2 {
		s, err := prepare(Options{Dir: dir, Fetch: true, fetchFrom: url})
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.findBinaries(t.Context())
		s.unlock()
		if err != nil || b.Major != major || !strings.HasPrefix(b.Dir, s.files.binaries()) {
			t.Fatalf("%+v, %v", b, err)
		}
		leftovers, _ := filepath.Glob(filepath.Join(s.files.dir, "fetch-*"))
		if len(leftovers) > 0 {
			t.Errorf("left over: %v", leftovers)
		}
	}
	if n := asked.Load(); n != 2 { // archive and sum
		t.Errorf("%d requests", n)
	}
}

func TestFetchedBinariesAreChecked(t *testing.T) {
	t.Parallel()
	major := uninstalled(t)
	url, _ := repository(t, strconv.Itoa(major)+".9", func([]byte) string { return sha([]byte("another")) })
	_, err := Start(t.Context(), Options{Dir: pretend(t, major), Fetch: true, fetchFrom: url})
	if err == nil || !strings.Contains(err.Error(), "checksums do not match") {
		t.Errorf("error is %v", err)
	}
}

func TestNothingIsFetchedUnasked(t *testing.T) {
	t.Parallel()
	major := uninstalled(t)
	url, asked := repository(t, strconv.Itoa(major)+".9", sha)
	_, err := Start(t.Context(), Options{Dir: pretend(t, major), fetchFrom: url})
	if !errors.Is(err, ErrNoBinaries) || asked.Load() != 0 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}
