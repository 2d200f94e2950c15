package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// keepCaptured is how long a captured mail stays on disk.
const keepCaptured = 28 * 24 * time.Hour

// Capture writes mails into a folder instead of sending them, one .eml file each, readable by its owner only. A file's name
// says when it was written and of what kind it is, and no address.
type Capture struct {
	dir string

	mu   sync.Mutex
	last time.Time // files are named in the order they were written, also within a tick of the clock
}

// NewCapture captures into dir, which is made (0700) when the first mail comes.
func NewCapture(dir string) *Capture { return &Capture{dir: dir} }

// Accepted is [Captured].
func (*Capture) Accepted() string { return Captured }

// Open makes the folder ready.
func (c *Capture) Open(context.Context) (Session, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("capture mail: %w", err)
	}
	return captureSession{c}, nil
}

type captureSession struct{ *Capture }

func (captureSession) Ping() error { return nil }
func (captureSession) Close()      {}

// Send writes the file under another name first, so that a reader or a crash never meets half a mail. What isn't a mail is
// wrapped into one, so that it can be read like the others.
func (c captureSession) Send(_ context.Context, e *Envelope) (err error) {
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return fmt.Errorf("capture mail: %w", err)
	}
	defer root.Close()
	name := c.name(e)
	part := "." + name + ".part"
	if err := writeWhole(root, part, readable(e)); err != nil {
		_ = root.Remove(part)
		return fmt.Errorf("capture mail: %w", err)
	}
	if err := root.Rename(part, name); err != nil {
		_ = root.Remove(part)
		return fmt.Errorf("capture mail: %w", err)
	}
	return nil
}

func writeWhole(root *os.Root, name string, raw []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Sync(), f.Close())
}

const stamp = "20060102T150405.000000000Z"

// name is unique by the mail's id; its time never repeats within this process.
func (c *Capture) name(e *Envelope) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := e.At.UTC()
	if !at.After(c.last) {
		at = c.last.Add(time.Nanosecond)
	}
	c.last = at
	return at.Format(stamp) + "_" + fileWord(e.Kind) + "_" + e.ID.String() + ".eml"
}

func fileWord(kind string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(kind))
}

// CapturedMail is what a file's name says.
type CapturedMail struct {
	Name string // the file's name, to pass to Read
	Kind string
	At   time.Time
	ID   uuid.UUID // of the mail's row
}

var captureName = regexp.MustCompile(`^(\d{8}T\d{6}\.\d{9}Z)_([a-z0-9.-]+)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.eml$`)

func parseName(name string) (CapturedMail, bool) {
	parts := captureName.FindStringSubmatch(name)
	if parts == nil {
		return CapturedMail{}, false
	}
	at, err := time.Parse(stamp, parts[1])
	if err != nil {
		return CapturedMail{}, false
	}
	id, err := uuid.Parse(parts[3])
	if err != nil {
		return CapturedMail{}, false
	}
	return CapturedMail{Name: name, Kind: parts[2], At: at, ID: id}, true
}

// List gives the newest captured mails first, at most limit (0: all).
func (c *Capture) List(limit int) ([]CapturedMail, error) {
	entries, err := os.ReadDir(c.dir) // sorted by name, which is by time
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list captured mail: %w", err)
	}
	var list []CapturedMail
	for _, entry := range slices.Backward(entries) {
		if limit > 0 && len(list) == limit {
			break
		}
		if m, ok := parseName(entry.Name()); ok {
			list = append(list, m)
		}
	}
	return list, nil
}

// Read gives one captured mail, like ReadRaw, with what its name says.
func (c *Capture) Read(name string) (CapturedMail, []byte, error) {
	raw, err := c.ReadRaw(name)
	file, _ := parseName(name)
	return file, raw, err
}

// ReadRaw gives the bytes of one captured mail. A name that List wouldn't give is fs.ErrNotExist; nothing outside the folder can
// be read.
func (c *Capture) ReadRaw(name string) ([]byte, error) {
	if _, ok := parseName(name); !ok {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return root.ReadFile(name)
}

// Erase deletes captured mails older than 28 days, and what a crash left half written.
func (c *Capture) Erase(now time.Time) error {
	entries, err := os.ReadDir(c.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase captured mail: %w", err)
	}
	var failed error
	for _, entry := range entries {
		name := entry.Name()
		m, ok := parseName(strings.TrimSuffix(strings.TrimPrefix(name, "."), ".part"))
		if !ok || now.Sub(m.At) < keepCaptured {
			continue
		}
		failed = errors.Join(failed, os.Remove(filepath.Join(c.dir, name)))
	}
	return failed
}
