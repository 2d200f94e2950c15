package civics

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// openPublished opens a published file, unpacking it when it is gzipped.
func openPublished(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(f, 64<<10)
	if magic, _ := buffered.Peek(2); string(magic) != "\x1f\x8b" {
		return struct {
			io.Reader
			io.Closer
		}{buffered, f}, nil
	}
	unpacked, err := gzip.NewReader(buffered)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return struct {
		io.Reader
		io.Closer
	}{unpacked, f}, nil
}

// readPublished reads one file with read.
func readPublished(path string, read func(io.Reader) (Tables, error)) (Tables, error) {
	f, err := openPublished(path)
	if err != nil {
		return Tables{}, err
	}
	defer f.Close()
	t, err := read(f)
	if err != nil {
		return Tables{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return t, nil
}

// readCongressDir reads the files of congress-legislators in a folder. The list
// of legislators is needed; what else is there is taken.
func readCongressDir(dir string) (Tables, error) {
	var open []io.Closer
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	var failed error
	file := func(name string) io.Reader {
		f, err := openPublished(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			failed = errors.Join(failed, err)
			return nil
		}
		open = append(open, f)
		return f
	}
	files := CongressFiles{
		Legislators: file("legislators-current.json"), Offices: file("legislators-district-offices.json"),
		Committees: file("committees-current.json"), Membership: file("committee-membership-current.json"),
		Social: file("legislators-social-media.json"),
	}
	if failed != nil {
		return Tables{}, failed
	}
	if files.Legislators == nil {
		return Tables{}, fmt.Errorf("%s holds no legislators-current.json", filepath.Base(dir))
	}
	return ReadCongress(files, asOf(filepath.Join(dir, "legislators-current.json")))
}

// readOpenStatesPath reads one state's file, or every state's in a folder. A
// file is named by its state: co.csv.
func readOpenStatesPath(path string, progress func(string)) (Tables, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return Tables{}, err
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.csv")); err != nil {
			return Tables{}, err
		}
		slices.Sort(files)
	}
	if len(files) == 0 {
		return Tables{}, fmt.Errorf("%s holds no CSV file", filepath.Base(path))
	}
	all := Tables{Datasets: []Dataset{describe(DatasetOpenStates, 0, time.Time{}, 0)}}
	for _, file := range files {
		state := strings.ToUpper(strings.TrimSuffix(filepath.Base(file), ".csv"))
		date := asOf(file)
		t, err := readPublished(file, func(r io.Reader) (Tables, error) { return ReadOpenStates(state, r, date) })
		if err != nil {
			return Tables{}, err
		}
		all.merge(t)
		progress(fmt.Sprintf("%s: %d legislators", StateName(state), len(t.People)))
	}
	all.sort()
	return all, nil
}

// merge adds another file of the same dataset: the oldest date counts for all.
func (t *Tables) merge(other Tables) {
	total := &t.Datasets[0]
	for _, d := range other.Datasets {
		total.Rows += d.Rows
		if total.AsOf.IsZero() || d.AsOf.Before(total.AsOf) {
			total.AsOf = d.AsOf
		}
	}
	other.Datasets = nil
	t.add(other)
}

// readZipPath reads a ZIP table, or both in a folder, plain or gzipped. Which of
// the two a file is shows in its columns.
func readZipPath(path string) (Tables, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return Tables{}, err
	} else if info.IsDir() {
		files, err = filepath.Glob(filepath.Join(path, "*.csv*"))
		if err != nil {
			return Tables{}, err
		}
		slices.Sort(files)
	}
	var all Tables
	for _, file := range files {
		congress := congressInName(file)
		t, err := readPublished(file, func(r io.Reader) (Tables, error) { return readZipFile(congress, r) })
		if err != nil {
			return Tables{}, err
		}
		all.add(t)
	}
	if len(all.Datasets) == 0 {
		return Tables{}, fmt.Errorf("%s holds no ZIP table", filepath.Base(path))
	}
	all.sort()
	return all, nil
}

var nameOfCongress = regexp.MustCompile(`cd(1[0-9]{2})`)

// congressInName is the Congress that a file's name tells, as the Census names
// its files (zcta_cd119.csv, cb_2024_us_cd119_500k.zip); 0 when it tells none.
func congressInName(path string) int {
	m := nameOfCongress.FindStringSubmatch(strings.ToLower(filepath.Base(path)))
	if m == nil {
		return 0
	}
	return int(leadingNumber(m[1]))
}

func readZipFile(congress int, r io.Reader) (Tables, error) {
	buffered := bufio.NewReader(r)
	head, _ := buffered.Peek(256)
	line, _, _ := strings.Cut(string(head), "\n")
	if strings.Contains(line, "chamber") {
		return ReadZipState(buffered, plan2024Begins)
	}
	if congress == 0 {
		return Tables{}, errors.New("the file's name doesn't say of which Congress the districts are: name it as the Census does, with cd119 in it")
	}
	return ReadZipCongress(buffered, congress, CongressBegins(congress))
}

// readBoundariesPath reads the map of one Congress's districts from a published
// file, or from the only one in a folder.
func readBoundariesPath(path string) (Tables, error) {
	if info, err := os.Stat(path); err != nil {
		return Tables{}, err
	} else if info.IsDir() {
		files, err := os.ReadDir(path)
		if err != nil {
			return Tables{}, err
		}
		if len(files) != 1 {
			return Tables{}, fmt.Errorf("%s holds %d files, not one map: name the file", filepath.Base(path), len(files))
		}
		path = filepath.Join(path, files[0].Name())
	}
	f, err := openPublished(path)
	if err != nil {
		return Tables{}, err
	}
	defer f.Close()
	return ReadBoundaries(filepath.Base(path), f)
}

func readContactFormsFile(path string) (Tables, error) {
	date := asOf(path)
	return readPublished(path, func(r io.Reader) (Tables, error) { return ReadContactForms(r, date) })
}

var listedDate = regexp.MustCompile(`\b(\d{4}-\d{2}-\d{2})\b`)

// asOf says how old a published file is: the date that a README.md beside the
// files gives for it in its table, else the day the file was written here.
func asOf(path string) time.Time {
	dir, name := filepath.Dir(path), filepath.Base(path)
	for _, place := range []struct{ readme, key string }{
		{filepath.Join(dir, "README.md"), "`" + name},
		{filepath.Join(filepath.Dir(dir), "README.md"), "`" + filepath.Base(dir) + "/" + name},
		{filepath.Join(filepath.Dir(dir), "README.md"), "`" + filepath.Base(dir) + "/<"},
	} {
		text, err := os.ReadFile(place.readme)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(strings.TrimPrefix(line, "| "), place.key) {
				continue
			}
			if m := listedDate.FindString(line); m != "" {
				if date, err := time.Parse(time.DateOnly, m); err == nil {
					return date
				}
			}
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime().UTC().Truncate(24 * time.Hour)
}
