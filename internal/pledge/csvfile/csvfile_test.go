package csvfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func all(t testing.TB, r io.Reader) []Record {
	t.Helper()
	reader, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	var records []Record
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
}

func TestTablesOfManyHands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []Record
	}{
		"plain":           {"a,b\n1,2\n", []Record{{1, []string{"a", "b"}, ""}, {2, []string{"1", "2"}, ""}}},
		"no last break":   {"a,b\n1,2", []Record{{1, []string{"a", "b"}, ""}, {2, []string{"1", "2"}, ""}}},
		"windows":         {"a,b\r\n\r\n1,2\r\n", []Record{{1, []string{"a", "b"}, ""}, {3, []string{"1", "2"}, ""}}},
		"old mac":         {"a,b\r1,2\r", []Record{{1, []string{"a", "b"}, ""}, {2, []string{"1", "2"}, ""}}},
		"mark":            {"\xef\xbb\xbfa,b\n", []Record{{1, []string{"a", "b"}, ""}}},
		"semicolons":      {"a;b\n1;2,5\n", []Record{{1, []string{"a", "b"}, ""}, {2, []string{"1", "2,5"}, ""}}},
		"tabs":            {"a\tb\n1\t\n", []Record{{1, []string{"a", "b"}, ""}, {2, []string{"1", ""}, ""}}},
		"quotes":          {"a,b\n\"x \"\"y\"\"\",\"1,\r\n2\"\nc,d\n", []Record{{1, []string{"a", "b"}, ""}, {2, []string{`x "y"`, "1,\r\n2"}, ""}, {4, []string{"c", "d"}, ""}}},
		"quote inside":    {"a\nO\"Neil\n", []Record{{1, []string{"a"}, ""}, {2, []string{`O"Neil`}, ""}}},
		"behind a quote":  {"a,b\n\"x\"y,1\nc,d\n", []Record{{1, []string{"a", "b"}, ""}, {2, nil, BadQuote}, {3, []string{"c", "d"}, ""}}},
		"never closed":    {"a,b\n\"x,1\nc,d\n", []Record{{1, []string{"a", "b"}, ""}, {2, nil, BadQuote}}},
		"not text":        {"a\n\xff\nb\n", []Record{{1, []string{"a"}, ""}, {2, nil, NotText}, {3, []string{"b"}, ""}}},
		"zero byte":       {"abc\nx\x00\n", []Record{{1, []string{"abc"}, ""}, {2, nil, NotText}}},
		"empty":           {"", nil},
		"only blanks":     {"\n \n\r\n", nil},
		"too many fields": {"a\n" + strings.Repeat(",", 2*MaxFields) + "\nb\n", []Record{{1, []string{"a"}, ""}, {2, nil, TooLong}, {3, []string{"b"}, ""}}},
	} {
		if got := all(t, strings.NewReader(c.text)); !slices.EqualFunc(got, c.want, same) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func same(a, b Record) bool {
	return a.Line == b.Line && a.Fault == b.Fault && slices.Equal(a.Fields, b.Fields)
}

func TestUTF16(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]struct {
		order unicode.Endianness
		mark  unicode.BOMPolicy
	}{
		"little, marked": {unicode.LittleEndian, unicode.UseBOM}, "big, marked": {unicode.BigEndian, unicode.UseBOM},
		"little": {unicode.LittleEndian, unicode.IgnoreBOM}, "big": {unicode.BigEndian, unicode.IgnoreBOM},
	} {
		text, err := unicode.UTF16(e.order, e.mark).NewEncoder().String("a\tb\r\nZoë\t\"x\ny\"\r\n")
		if err != nil {
			t.Fatal(err)
		}
		got := all(t, strings.NewReader(text))
		if len(got) != 2 || !slices.Equal(got[1].Fields, []string{"Zoë", "x\ny"}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLongLinesTakeNoMemory(t *testing.T) { // alone, since it measures
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := all(t, io.MultiReader(strings.NewReader("a,b\n"), io.LimitReader(letters{}, 10<<20), strings.NewReader("\n1,2\n\""), io.LimitReader(letters{}, 10<<20)))
	runtime.ReadMemStats(&after)
	if len(got) != 4 || got[1].Fault != TooLong || got[1].Line != 2 || !slices.Equal(got[2].Fields, []string{"1", "2"}) || got[3].Fault != TooLong {
		t.Errorf("%+v", got)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes for lines of 10 MB", grown)
	}
}

// letters is a line without an end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestReadsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`[a-zé"' ,;\n=+@-]{0,12}`)
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 8).Draw(t, "rows")
		rows = append([][]string{{"a", "b", "c"}}, rows...)
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		reader, err := New(&out)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			got, err := reader.Next()
			if err != nil || !slices.Equal(got.Fields, row) {
				t.Fatalf("%+v, %v; want %q", got, err, row)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\xff\xfea\x00\n\x00", "\"", "a\r\r\n\"b\"c\"\"\n", ";;;\n\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		last := int64(0)
		for _, record := range all(t, bytes.NewReader(file)) {
			if record.Line <= last {
				t.Fatalf("line %d after %d", record.Line, last)
			}
			last = record.Line
			if (record.Fault == "") == (record.Fields == nil) {
				t.Fatalf("%+v", record)
			}
		}
	})
}
