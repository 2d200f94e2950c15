package boundary

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// maxFile bounds what is read of one file, compressed or not, in bytes. The
// Census's 500k files are 4 MB (TopoJSON) to 30 MB (GeoJSON).
const maxFile = 128 << 20

// Read reads the districts of one Congress in any of the published formats,
// told apart by their content: a TopoJSON topology, a GeoJSON feature
// collection, or a zip file as the Census publishes it (such as
// cb_2024_us_cd119_500k.zip) that holds a shapefile. name is the file's, for
// errors. The warnings list what was left out.
//
// A district is known by its GEOID, the Congress by the name of the property
// CD119FP or by CDSESSN; it is 0, with a warning, when the file has neither.
// Areas of water (ZZ) are no districts.
func Read(name string, r io.Reader) (Set, []string, error) {
	set, warnings, err := read(r)
	if err != nil {
		return Set{}, nil, fmt.Errorf("boundaries in %s: %w", name, err)
	}
	return set, warnings, nil
}

func read(r io.Reader) (Set, []string, error) {
	data, err := readAll(r)
	if err != nil {
		return Set{}, nil, err
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readZip(data)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if text := bytes.TrimLeft(data, " \t\r\n"); len(text) == 0 || text[0] != '{' {
		return Set{}, nil, errors.New("neither TopoJSON nor GeoJSON nor a zipped shapefile")
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return Set{}, nil, err
	}
	switch kind.Type {
	case "Topology":
		return readTopoJSON(data)
	case "FeatureCollection":
		return readGeoJSON(data)
	}
	return Set{}, nil, errors.New("neither a TopoJSON topology nor a GeoJSON feature collection")
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("larger than %d MB", maxFile>>20)
	}
	return data, nil
}

// readZip reads the one shapefile in a zip file.
func readZip(data []byte) (Set, []string, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Set{}, nil, err
	}
	var shp, dbf *zip.File
	for _, f := range archive.File {
		if strings.HasPrefix(path.Base(f.Name), ".") {
			continue // what a Mac adds beside a file
		}
		switch strings.ToLower(path.Ext(f.Name)) {
		case ".shp":
			if shp != nil {
				return Set{}, nil, errors.New("it holds more than one .shp file")
			}
			shp = f
		case ".dbf":
			if dbf != nil {
				return Set{}, nil, errors.New("it holds more than one .dbf file")
			}
			dbf = f
		}
	}
	if shp == nil || dbf == nil {
		return Set{}, nil, errors.New("it holds no .shp file with its .dbf file")
	}
	shapes, err := shp.Open()
	if err != nil {
		return Set{}, nil, err
	}
	defer shapes.Close()
	table, err := dbf.Open()
	if err != nil {
		return Set{}, nil, err
	}
	defer table.Close()
	return readShapefile(shapes, table)
}

// ReadShapefile reads a shapefile of polygons and its table, as they lie in the
// Census's zip files. See [Read].
func ReadShapefile(shp, dbf io.Reader) (Set, []string, error) {
	set, warnings, err := readShapefile(shp, dbf)
	if err != nil {
		return Set{}, nil, fmt.Errorf("boundaries in a shapefile: %w", err)
	}
	return set, warnings, nil
}

// text is a properties object as strings under upper-case names; what is
// neither a string nor a number is left out.
func text(raw json.RawMessage) (map[string]string, error) {
	if len(raw) > 64<<10 {
		return nil, errors.New("a feature's properties are larger than 64 KB")
	}
	out := map[string]string{}
	if len(raw) == 0 {
		return out, nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	for name, value := range values {
		var s string
		var n json.Number
		if json.Unmarshal(value, &s) == nil {
			out[strings.ToUpper(name)] = s
		} else if json.Unmarshal(value, &n) == nil {
			out[strings.ToUpper(name)] = n.String()
		}
	}
	return out, nil
}

// each calls take with every element of a JSON array, at most limit.
func each(raw json.RawMessage, limit int, take func(json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return errors.New("an array is missing")
	}
	for n := 0; d.More(); n++ {
		if n == limit {
			return errTooLarge
		}
		var element json.RawMessage
		if err := d.Decode(&element); err != nil {
			return err
		}
		if err := take(element); err != nil {
			return err
		}
	}
	return nil
}

// members calls take with every member of a JSON object in the order of their
// names, at most limit.
func members(raw json.RawMessage, limit int, take func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("an object is missing")
	}
	found := map[string]json.RawMessage{}
	var names []string
	for d.More() {
		if len(names) == limit {
			return errTooLarge
		}
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if _, twice := found[name]; !twice {
			names = append(names, name)
		}
		found[name] = value
	}
	slices.Sort(names)
	for _, name := range names {
		if err := take(name, found[name]); err != nil {
			return err
		}
	}
	return nil
}
