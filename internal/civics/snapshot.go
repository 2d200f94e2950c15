package civics

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed" // the snapshot
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
const snapshotFormat = "redress-civics-1"

// snapshot is a Tables whose ZIP pairs are folded: divisions by number, the
// numbers of each ZIP code behind it.
type snapshot struct {
	Format string
	Tables Tables
	Zips   []zipGroup
}

type zipGroup struct {
	Dataset   string
	Divisions []string
	Pairs     []string // "80203 12 13"
}

// BuildSnapshot reads the published files under dir (congress, openstates, zip)
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
	s.Tables.Zips = nil
	s.Zips = foldZips(t.Zips)
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(packed).Encode(s); err != nil {
		return err
	}
	return packed.Close()
}

func foldZips(pairs []ZipDivision) []zipGroup {
	var groups []zipGroup
	for _, dataset := range []string{DatasetZipCongress, DatasetZipState} {
		group := zipGroup{Dataset: dataset}
		number := map[string]int{}
		zip := ""
		for _, pair := range pairs {
			if pair.Dataset != dataset {
				continue
			}
			n, known := number[pair.DivisionID]
			if !known {
				n = len(group.Divisions)
				number[pair.DivisionID] = n
				group.Divisions = append(group.Divisions, pair.DivisionID)
			}
			if pair.Zip != zip {
				zip = pair.Zip
				group.Pairs = append(group.Pairs, zip)
			}
			group.Pairs[len(group.Pairs)-1] += fmt.Sprintf(" %d", n)
		}
		groups = append(groups, group)
	}
	return groups
}

// ReadSnapshot unpacks a snapshot and adds the corrections that the program carries.
func ReadSnapshot(r io.Reader) (Tables, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return Tables{}, fmt.Errorf("snapshot: %w", err)
	}
	var s snapshot
	if err := decodeJSON(unpacked, &s); err != nil {
		return Tables{}, fmt.Errorf("snapshot: %w", err)
	}
	if s.Format != snapshotFormat {
		return Tables{}, errors.New("snapshot: its format is not this program's")
	}
	t := s.Tables
	for _, group := range s.Zips {
		if err := group.unfold(&t); err != nil {
			return Tables{}, fmt.Errorf("snapshot: %w", err)
		}
	}
	t.sort()
	t.Corrections, err = shippedCorrections()
	return t, err
}

func (g zipGroup) unfold(t *Tables) error {
	for _, line := range g.Pairs {
		zip, numbers, _ := strings.Cut(line, " ")
		if !zipCode.MatchString(zip) {
			return errors.New("a ZIP code is none")
		}
		for word := range strings.FieldsSeq(numbers) {
			var n int
			if _, err := fmt.Sscanf(word, "%d", &n); err != nil || n < 0 || n >= len(g.Divisions) {
				return errors.New("a ZIP code names a division that isn't there")
			}
			t.Zips = append(t.Zips, ZipDivision{Zip: zip, DivisionID: g.Divisions[n], Dataset: g.Dataset})
		}
	}
	return nil
}

// storeOrder lists the datasets so that what a row points at is stored first.
var storeOrder = []string{DatasetCongress, DatasetZipState, DatasetZipCongress, DatasetOpenStates, DatasetContactForms}

// civicsLock is held by whoever writes civic facts, so that two nodes that start
// at once don't both load the snapshot.
const civicsLock = 0x63697669

// LoadSnapshot stores a snapshot in one transaction. A dataset that is already
// there as new as the snapshot's, or was imported by hand at that date or later,
// stays as it is; so loading twice changes nothing and notifies nobody.
func LoadSnapshot(ctx context.Context, db *postgres.DB, r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	sum := sha256.Sum256(raw)
	origin := "snapshot:" + hex.EncodeToString(sum[:8])
	if current, err := holds(ctx, db, origin); err != nil || current {
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
		for _, dataset := range storeOrder {
			part := t.only(dataset)
			if len(part.Datasets) == 0 || !outdated(stored, part.Datasets[0], origin) {
				continue
			}
			if err := replaceDataset(ctx, tx, dataset, part, origin, time.Now()); err != nil {
				return fmt.Errorf("snapshot: %w", err)
			}
		}
		return storeShippedCorrections(ctx, tx)
	})
}

// holds reports whether every dataset came from this very snapshot.
func holds(ctx context.Context, db *postgres.DB, origin string) (bool, error) {
	stored, err := datasetTable.all(ctx, db.Pool)
	if err != nil {
		return false, err
	}
	return len(stored) == len(storeOrder) &&
		!slices.ContainsFunc(stored, func(d storedDataset) bool { return d.Origin != origin }), nil
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
