package civics

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed" // the snapshot
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

//go:embed snapshot.bin
var embedded []byte

// EmbeddedSnapshot is the snapshot that the program carries.
func EmbeddedSnapshot() io.Reader { return bytes.NewReader(embedded) }

// snapshotFormat names the layout of a snapshot. A program refuses another's.
const snapshotFormat = "redress-civics-2"

// A snapshot is gzipped: the length of a JSON text as a varint, the text, and
// then, as long as it lasts, the maps: each its length and its bytes.
type snapshot struct {
	Format string
	Tables Tables
	Maps   []mapEntry
}

// mapEntry names a map that follows the text.
type mapEntry struct {
	Dataset  string
	Congress int
}

// BuildSnapshot reads the published files under dir (congress, openstates, zip,
// boundaries)
// and writes the compact snapshot. The same files give the same bytes.
func BuildSnapshot(dir string, w io.Writer) ([]string, error) {
	t, err := ReadPublished(dir, func(string) {})
	if err != nil {
		return nil, err
	}
	return t.Warnings, t.write(w)
}

// ReadPublished stages everything under dir.
func ReadPublished(dir string, progress func(string)) (Tables, error) {
	var all Tables
	steps := []func() (Tables, error){
		func() (Tables, error) { return readCongressDir(filepath.Join(dir, "congress")) },
		func() (Tables, error) { return readZipPath(filepath.Join(dir, "zip")) },
		func() (Tables, error) { return readOpenStatesPath(filepath.Join(dir, "openstates"), progress) },
		func() (Tables, error) {
			return readContactFormsFile(filepath.Join(dir, "congress", "contact-forms.csv"))
		},
		func() (Tables, error) { return readBoundariesPath(filepath.Join(dir, "boundaries")) },
	}
	for _, step := range steps {
		t, err := step()
		if err != nil {
			return Tables{}, err
		}
		for _, d := range t.Datasets {
			progress(fmt.Sprintf("%s: %d rows", d.Name, d.Rows))
		}
		all.add(t)
	}
	all.sort()
	return all, nil
}

// write packs the tables, without the time at which they were packed.
func (t Tables) write(w io.Writer) error {
	s := snapshot{Format: snapshotFormat, Tables: t}
	s.Tables.Zips = make([]DivisionZips, len(t.Zips))
	for i, z := range t.Zips {
		z.Zips = differences(z.Zips)
		s.Tables.Zips[i] = z
	}
	for _, b := range t.Boundaries {
		s.Maps = append(s.Maps, mapEntry{b.Dataset, b.Congress})
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	parts := [][]byte{text}
	for _, b := range t.Boundaries {
		parts = append(parts, b.Shape)
	}
	for _, part := range parts {
		if _, err := packed.Write(append(binary.AppendUvarint(nil, uint64(len(part))), part...)); err != nil {
			return err
		}
	}
	return packed.Close()
}

// differences writes an ascending list as its first number and the steps from
// each to the next, which compress better.
func differences(list []int32) []int32 {
	steps := make([]int32, len(list))
	var last int32
	for i, n := range list {
		steps[i], last = n-last, n
	}
	return steps
}

// ReadSnapshot unpacks a snapshot and adds the corrections that the program carries.
func ReadSnapshot(r io.Reader) (Tables, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return Tables{}, fmt.Errorf("snapshot: %w", err)
	}
	in := bufio.NewReader(io.LimitReader(unpacked, maxFile))
	text, err := nextPart(in)
	if err != nil {
		return Tables{}, fmt.Errorf("snapshot: %w", err)
	}
	var s snapshot
	if err := decodeJSON(bytes.NewReader(text), &s); err != nil {
		return Tables{}, fmt.Errorf("snapshot: %w", err)
	}
	if s.Format != snapshotFormat {
		return Tables{}, errors.New("snapshot: its format is not this program's")
	}
	t := s.Tables
	for i := range t.Zips {
		if err := t.Zips[i].sum(); err != nil {
			return Tables{}, fmt.Errorf("snapshot: %w", err)
		}
	}
	for _, m := range s.Maps {
		shape, err := nextPart(in)
		if err != nil {
			return Tables{}, fmt.Errorf("snapshot: %w", err)
		}
		t.Boundaries = append(t.Boundaries, Boundary{m.Dataset, m.Congress, shape})
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) { // only its end proves that it is whole
		return Tables{}, errors.New("snapshot: it is cut off, or something follows it")
	}
	t.sort()
	t.Corrections, err = shippedCorrections()
	return t, err
}

// nextPart reads a length and as many bytes.
func nextPart(in *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil || n > maxFile {
		return nil, errors.New("it is cut off, or not one of this program's")
	}
	var part bytes.Buffer // grows with what is there: a length alone takes no memory
	if _, err := io.CopyN(&part, in, int64(n)); err != nil {
		return nil, errors.New("it is cut off")
	}
	return part.Bytes(), nil
}

// sum turns differences back into ZIP codes.
func (z *DivisionZips) sum() error {
	var zip int32
	for i, step := range z.Zips {
		if zip += step; step < 0 || zip < 0 || zip >= zipCodes {
			return errors.New("a ZIP code is none")
		}
		z.Zips[i] = zip
	}
	return nil
}

// civicsLock is held by whoever writes civic facts, so that two nodes that start
// at once don't both load the snapshot.
const civicsLock = 0x63697669

// LoadSnapshot stores a snapshot in one transaction. A dataset that is already
// there as new as the snapshot's, or was imported by hand at that date or later,
// stays as it is; so loading twice changes nothing and notifies nobody. The
// corrections that the program brings are added where nobody made one.
func LoadSnapshot(ctx context.Context, db *postgres.DB, r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	sum := sha256.Sum256(raw)
	origin := "snapshot:" + hex.EncodeToString(sum[:8])
	corrections := sha256.Sum256([]byte(embeddedCorrections)) // a release may bring new ones with the same snapshot
	shipped := origin + " " + hex.EncodeToString(corrections[:8])
	if current, err := holds(ctx, db, shipped); err != nil || current {
		return err
	}
	t, err := ReadSnapshot(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", civicsLock); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		stored, err := datasetTable.all(ctx, tx)
		if err != nil {
			return err
		}
		for _, d := range t.Datasets {
			if !outdated(stored, d, origin) {
				continue
			}
			if newer, err := holdsNewer(ctx, tx, d); err != nil {
				return err
			} else if newer {
				continue
			}
			if err := replaceDataset(ctx, tx, d.ID, t.only(d.ID), origin, time.Now()); err != nil {
				return fmt.Errorf("snapshot: %w", err)
			}
		}
		if err := storeShippedCorrections(ctx, tx); err != nil {
			return err
		}
		const remember = `INSERT INTO setting (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()`
		_, err = tx.Exec(ctx, remember, snapshotSetting, []byte(shipped))
		return err
	})
}

// holds reports whether this very snapshot with these corrections, or newer data
// over them, is stored.
func holds(ctx context.Context, db *postgres.DB, shipped string) (bool, error) {
	var loaded bool
	err := db.Pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM setting WHERE key = $1 AND value = $2)", snapshotSetting, []byte(shipped)).Scan(&loaded)
	if err != nil {
		return false, fmt.Errorf("snapshot: %w", err)
	}
	return loaded, nil
}

// snapshotSetting remembers which snapshot was loaded last, and with which
// corrections.
const snapshotSetting = "civics-snapshot"

// holdsNewer reports whether an operator imported part of a dataset from a newer
// file than the snapshot was made from, such as one state's legislators: then all
// of it stays, though its oldest part is older.
func holdsNewer(ctx context.Context, tx pgx.Tx, d Dataset) (newer bool, err error) {
	const ask = `SELECT EXISTS (SELECT FROM official o JOIN dataset d ON d.id = o.dataset
		WHERE o.dataset = $1 AND d.origin = 'import' AND o.as_of > $2)`
	if err := tx.QueryRow(ctx, ask, d.ID, day{&d.AsOf}).Scan(&newer); err != nil {
		return false, fmt.Errorf("snapshot: %w", err)
	}
	return newer, nil
}

// outdated reports whether the snapshot's dataset should replace what is stored.
func outdated(stored []storedDataset, d Dataset, origin string) bool {
	i := slices.IndexFunc(stored, func(s storedDataset) bool { return s.ID == d.ID })
	if i < 0 {
		return true
	}
	s := stored[i]
	if s.AsOf.Equal(d.AsOf) {
		return strings.HasPrefix(s.Origin, "snapshot:") && s.Origin != origin
	}
	return s.AsOf.Before(d.AsOf)
}
