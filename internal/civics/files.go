package civics

import (
	"archive/zip"
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

	"redress/internal/civics/boundary"
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
		return nil, fmt.Errorf("%s: %w", baseOf(path), err)
	}
	return struct {
		io.Reader
		io.Closer
	}{unpacked, f}, nil
}

// baseOf is a file's name as errors say it: one that came out of an archive may
// hold what a terminal takes for a command.
func baseOf(path string) string { return tidy(filepath.Base(path)) }

// readPublished reads one file with read.
func readPublished(path string, read func(io.Reader) (Tables, error)) (Tables, error) {
	f, err := openPublished(path)
	if err != nil {
		return Tables{}, err
	}
	defer f.Close()
	t, err := read(f)
	if err != nil {
		return Tables{}, fmt.Errorf("%s: %w", baseOf(path), err)
	}
	return t, nil
}

// staged is what was read of published files. Parts says of which part of a
// dataset they tell, when it isn't all of it: the rest of what stands is kept.
type staged struct {
	Tables
	parts map[string][]part // by dataset
}

// part is a part of a dataset: a state, a chamber, or both; "" is every one.
type part struct {
	state   string
	chamber Chamber
}

func (p part) holds(state string, chamber Chamber) bool {
	return (p.state == "" || p.state == state) && (p.chamber == "" || p.chamber == chamber)
}

// openTable opens a published table, which may be gzipped or lie alone in a zip
// archive, and tells its name.
func openTable(path string) (name string, table io.ReadCloser, err error) {
	name = baseOf(path)
	if !strings.EqualFold(filepath.Ext(path), ".zip") {
		table, err = openPublished(path)
		return name, table, err
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return name, nil, fmt.Errorf("%s: %w", name, err)
	}
	tables := slices.DeleteFunc(slices.Clone(archive.File), func(f *zip.File) bool { return !isTable(f.Name) })
	if len(tables) != 1 {
		_ = archive.Close()
		return name, nil, fmt.Errorf("%s holds %d tables (.txt, .csv), not one", name, len(tables))
	}
	entry, err := tables[0].Open()
	if err != nil {
		_ = archive.Close()
		return name, nil, fmt.Errorf("%s: %w", name, err)
	}
	return filepath.Base(tables[0].Name), struct {
		io.Reader
		io.Closer
	}{entry, archive}, nil
}

// isTable tells tables by their names.
func isTable(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(filepath.Base(name)), ".gz")
	return !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".txt"))
}

// congressNames are the files of congress-legislators, without their ending.
const (
	legislatorsName = "legislators-current"
	officesName     = "legislators-district-offices"
	committeesName  = "committees-current"
	membershipName  = "committee-membership-current"
	socialName      = "legislators-social-media"
)

// readCongressDir reads the files of congress-legislators in a folder, as JSON
// or, as its repository keeps them, as YAML. The list of legislators is needed;
// what else is there is taken.
func readCongressDir(dir string) (Tables, error) {
	for _, format := range []struct {
		ending string
		read   func(CongressFiles, time.Time) (Tables, error)
	}{{".json", ReadCongress}, {".yaml", ReadCongressYAML}} {
		list := filepath.Join(dir, legislatorsName+format.ending)
		if _, err := os.Stat(list); err != nil {
			continue
		}
		files, done, err := openCongress(dir, format.ending)
		defer done()
		if err != nil {
			return Tables{}, err
		}
		return format.read(files, asOf(list))
	}
	return Tables{}, fmt.Errorf("%s holds no %s.json and no %[2]s.yaml", baseOf(dir), legislatorsName)
}

// openCongress opens those of the files that are there, until done.
func openCongress(dir, ending string) (files CongressFiles, done func(), err error) {
	var open []io.Closer
	file := func(name string) io.Reader {
		f, openErr := openPublished(filepath.Join(dir, name+ending))
		switch {
		case errors.Is(openErr, fs.ErrNotExist):
			return nil
		case openErr != nil:
			err = errors.Join(err, openErr)
			return nil
		}
		open = append(open, f)
		return f
	}
	files = CongressFiles{
		Legislators: file(legislatorsName), Offices: file(officesName), Committees: file(committeesName),
		Membership: file(membershipName), Social: file(socialName),
	}
	return files, func() {
		for _, c := range open {
			_ = c.Close()
		}
	}, err
}

// readOpenStatesPath reads one state's file, or every state's in a folder.
func readOpenStatesPath(path string, progress func(string)) (Tables, error) {
	s, err := stageOpenStates(path, progress)
	return s.Tables, err
}

// stageOpenStates reads one state's file, which tells of that state alone, or
// every state's in a folder. A file is named by its state: co.csv.
func stageOpenStates(path string, progress func(string)) (staged, error) {
	files, folder, err := filesAt(path, func(name string) bool { return strings.HasSuffix(name, ".csv") })
	if err != nil {
		return staged{}, err
	}
	if len(files) == 0 {
		return staged{}, fmt.Errorf("%s holds no CSV file", baseOf(path))
	}
	all := staged{Tables: Tables{Datasets: []Dataset{describe(DatasetOpenStates, 0, time.Time{}, 0)}}}
	for _, file := range files {
		state := strings.ToUpper(strings.TrimSuffix(filepath.Base(file), ".csv"))
		if placeByCode[state].capital == "" {
			return staged{}, fmt.Errorf("%s: a file of legislators is named by its state, as Open States publishes it: co.csv", baseOf(file))
		}
		date := asOf(file)
		t, err := readPublished(file, func(r io.Reader) (Tables, error) { return ReadOpenStates(state, r, date) })
		if err != nil {
			return staged{}, err
		}
		all.merge(t)
		progress(fmt.Sprintf("%s: %d legislators", StateName(state), len(t.People)))
		if !folder {
			all.parts = map[string][]part{DatasetOpenStates: {{state: state}}}
		}
	}
	all.sort()
	return all, nil
}

// filesAt lists a file, or those in a folder whose names are wanted.
func filesAt(path string, wanted func(name string) bool) (files []string, folder bool, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, false, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, true, err
	}
	for _, e := range entries {
		if !e.IsDir() && wanted(e.Name()) {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, true, nil
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

// readZipPath reads a ZIP table, or all in a folder.
func readZipPath(path string) (Tables, error) {
	s, err := stageZip(path)
	return s.Tables, err
}

// stageZip reads a ZIP table, or all in a folder, plain, gzipped or zipped. What
// a file tells of shows in its columns; that it is of one state only, as the
// Census publishes some, in its name.
func stageZip(path string) (staged, error) {
	files, _, err := filesAt(path, func(name string) bool {
		return isTable(name) || strings.HasSuffix(strings.ToLower(name), ".zip")
	})
	if err != nil {
		return staged{}, err
	}
	all := staged{parts: map[string][]part{}}
	from := map[string]string{}
	for _, file := range files {
		t, of, err := readZipFile(file)
		if err != nil {
			return staged{}, fmt.Errorf("%s: %w", baseOf(file), err)
		}
		d := t.Datasets[0]
		other, twice := from[d.ID]
		if twice && (of == part{} || slices.Contains(all.parts[d.ID], of) || len(all.parts[d.ID]) == 0) {
			return staged{}, fmt.Errorf("%s and %s tell of the same districts: import one of them", other, baseOf(file))
		}
		if from[d.ID] = baseOf(file); of != (part{}) {
			all.parts[d.ID] = append(all.parts[d.ID], of)
		}
		if !twice {
			all.add(t)
			continue
		}
		i := slices.IndexFunc(all.Datasets, func(have Dataset) bool { return have.ID == d.ID })
		all.Datasets[i].Rows += d.Rows
		if d.AsOf.Before(all.Datasets[i].AsOf) {
			all.Datasets[i].AsOf = d.AsOf
		}
		t.Datasets = nil
		all.add(t)
	}
	if len(all.Datasets) == 0 {
		return staged{}, fmt.Errorf("%s holds no ZIP table", baseOf(path))
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
	return leadingNumber(m[1])
}

var nameOfState = regexp.MustCompile(`_st([0-9]{2})\.`)

// readZipFile reads one ZIP table, and tells which part of its dataset it is.
func readZipFile(path string) (Tables, part, error) {
	name, table, err := openTable(path)
	if err != nil {
		return Tables{}, part{}, err
	}
	defer func() { _ = table.Close() }()
	buffered := bufio.NewReader(table)
	head, _ := buffered.Peek(512)
	line, _, _ := strings.Cut(string(head), "\n")
	switch {
	case strings.Contains(line, "|"):
		t, err := ReadTab20(buffered)
		if err != nil {
			return Tables{}, part{}, err
		}
		return t, partOf(name, t), nil
	case strings.Contains(line, "chamber"):
		t, err := ReadZipState(buffered, plan2024Begins)
		return t, part{}, err
	}
	congress := congressInName(name)
	if congress == 0 {
		return Tables{}, part{}, errors.New("the file's name doesn't say of which Congress the districts are: name it as the Census does, with cd119 in it")
	}
	t, err := ReadZipCongress(buffered, congress, CongressBegins(congress))
	return t, part{}, err
}

// partOf says which part of its dataset a relationship file is: a file of state
// legislative districts is of one chamber.
func partOf(name string, t Tables) part {
	var p part
	if m := nameOfState.FindStringSubmatch(strings.ToLower(name)); m != nil {
		p.state = placeByFIPS[m[1]].code
	}
	if t.Datasets[0].ID == DatasetZipState {
		p.chamber = t.Divisions[0].Chamber
	}
	return p
}

// readBoundariesPath reads the map of one Congress's districts from a published
// file, a shapefile with its table beside it, or the only one of them in a folder.
func readBoundariesPath(path string) (Tables, error) {
	if info, err := os.Stat(path); err != nil {
		return Tables{}, err
	} else if info.IsDir() {
		if path, err = onlyMap(path); err != nil {
			return Tables{}, err
		}
	}
	if strings.EqualFold(filepath.Ext(path), ".shp") {
		return readShapefilePath(path)
	}
	f, err := openPublished(path)
	if err != nil {
		return Tables{}, err
	}
	defer f.Close()
	return ReadBoundaries(baseOf(path), f)
}

// onlyMap is the one file of a folder, or its one shapefile among that one's parts.
func onlyMap(dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	shapes, err := filepath.Glob(filepath.Join(dir, "*.shp"))
	switch {
	case err != nil:
		return "", err
	case len(shapes) == 1:
		return shapes[0], nil
	case len(files) == 1:
		return filepath.Join(dir, files[0].Name()), nil
	}
	return "", fmt.Errorf("%s holds %d files, not one map: name the file", baseOf(dir), len(files))
}

// readShapefilePath reads a shapefile and the table beside it.
func readShapefilePath(path string) (Tables, error) {
	shapes, err := os.Open(path)
	if err != nil {
		return Tables{}, err
	}
	defer shapes.Close()
	table, err := os.Open(strings.TrimSuffix(path, filepath.Ext(path)) + ".dbf")
	if err != nil {
		return Tables{}, fmt.Errorf("%s needs its table, the .dbf file, beside it: %w", baseOf(path), err)
	}
	defer table.Close()
	set, warnings, err := boundary.ReadShapefile(shapes, table)
	if err != nil {
		return Tables{}, err
	}
	return stageBoundaries(baseOf(path), set, warnings)
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
