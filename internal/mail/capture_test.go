package mail

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

func capture(t *testing.T, c *Capture, at time.Time, kind string) {
	t.Helper()
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := &Envelope{ID: uuid.New(), Kind: kind, At: at, To: "maya@example.org", Raw: []byte("Subject: " + kind + "\r\n\r\nHello\r\n")}
	if err := s.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func TestCaptureKeepsOrderAndHidesAddresses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "mail")
	c := NewCapture(dir)
	if list, err := c.List(0); err != nil || list != nil {
		t.Fatalf("before the first mail: %v %v", list, err)
	}
	for _, kind := range []string{"first", "second", "Third/../kind"} {
		capture(t, c, start, kind)
	}
	list, err := c.List(0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range list {
		kinds = append(kinds, m.Kind)
		info, err := os.Stat(filepath.Join(dir, m.Name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		if strings.Contains(m.Name, "maya") || strings.Contains(m.Name, "@") {
			t.Errorf("name %q", m.Name)
		}
		if _, err := c.ReadRaw(m.Name); err != nil {
			t.Errorf("read %q: %v", m.Name, err)
		}
	}
	if !slices.Equal(kinds, []string{"third-..-kind", "second", "first"}) {
		t.Errorf("kinds %q", kinds)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("folder %v", info.Mode())
	}
	if list, _ := c.List(2); len(list) != 2 {
		t.Errorf("limit: %d", len(list))
	}
}

func TestCaptureReadsNothingElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := NewCapture(filepath.Join(dir, "mail"))
	capture(t, c, start, "note")
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := start.Format(stamp) + "_note_" + uuid.New().String() + ".eml"
	if err := os.Symlink("../secret", filepath.Join(dir, "mail", link)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "../secret", "/etc/passwd", link, "../mail/" + link, strings.ReplaceAll(link, "_", "/"), link + "\x00"} {
		if raw, err := c.ReadRaw(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %q %v", name, raw, err)
		}
	}
}

func TestCaptureFromManyAtOnce(t *testing.T) {
	t.Parallel()
	c := NewCapture(t.TempDir())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				capture(t, c, start, "note")
			}
		})
	}
	wg.Wait()
	list, err := c.List(0)
	if err != nil || len(list) != 160 {
		t.Fatalf("%d mails, %v", len(list), err)
	}
	for i := 1; i < len(list); i++ {
		if !list[i].At.Before(list[i-1].At) {
			t.Fatal("two mails at the same time")
		}
	}
}

func TestCaptureErasesAfterFourWeeks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := NewCapture(dir)
	capture(t, c, start, "old")
	capture(t, c, start.Add(10*24*time.Hour), "new")
	half := "." + start.Format(stamp) + "_note_" + uuid.New().String() + ".eml.part"
	other := "notes.txt"
	for _, name := range []string{half, other} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Erase(start.Add(28 * 24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, _ := c.List(0)
	if len(list) != 1 || list[0].Kind != "new" {
		t.Errorf("left %v", list)
	}
	if _, err := os.Stat(filepath.Join(dir, half)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("half a mail was left")
	}
	if _, err := os.Stat(filepath.Join(dir, other)); err != nil {
		t.Error("a file that isn't ours was erased")
	}
}
