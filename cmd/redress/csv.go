package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// table writes rows as CSV (RFC 4180), or as JSON, an object a line. Cells that a
// spreadsheet would take for a formula get an apostrophe in front in CSV.
type table struct {
	columns []string
	csv     *csv.Writer
	json    *json.Encoder
}

func newTable(out io.Writer, format string, columns ...string) (*table, error) {
	t := &table{columns: columns}
	switch format {
	case "csv":
		t.csv = csv.NewWriter(out)
		return t, t.csv.Write(columns)
	case "jsonl":
		t.json = json.NewEncoder(out)
		t.json.SetEscapeHTML(false)
		return t, nil
	}
	return nil, errors.New("--format is csv or jsonl")
}

func (t *table) row(cells ...any) error {
	if len(cells) != len(t.columns) {
		return fmt.Errorf("a row of %d cells in a table of %d columns", len(cells), len(t.columns))
	}
	if t.json != nil {
		object := make(map[string]any, len(cells))
		for i, cell := range cells {
			object[t.columns[i]] = cell
		}
		return t.json.Encode(object)
	}
	line := make([]string, len(cells))
	for i, cell := range cells {
		text, isText := cell.(string)
		if !isText {
			text = fmt.Sprint(cell) // numbers, which may begin with a minus
		} else if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r\n") {
			text = "'" + text
		}
		line[i] = text
	}
	return t.csv.Write(line)
}

func (t *table) end() error {
	if t.csv == nil {
		return nil
	}
	t.csv.Flush()
	return t.csv.Error()
}
