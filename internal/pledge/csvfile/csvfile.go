// Package csvfile reads tables of people as other programs write them: commas,
// semicolons or tabs, with or without a byte order mark, UTF-8 or UTF-16.
//
// What it promises of a file that nobody can vouch for: memory stays bounded
// whatever the file holds, a record that can't be read is told by its line and the
// next one is read, and no text that it hands out holds a NUL or is not UTF-8.
package csvfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	// MaxRecord is the longest record that is taken, in bytes of UTF-8.
	MaxRecord = 64 << 10
	// MaxFields is the most fields that a record may have.
	MaxFields = 500
)

// Fault says why a record can't be read; "" is none.
type Fault string

// The faults of a record.
const (
	TooLong  Fault = "too_long" // over MaxRecord or MaxFields; often a quote that nothing closes
	NotText  Fault = "not_text" // not UTF-8, or a NUL in it
	BadQuote Fault = "quote"    // text behind a closing quote, or a quote that nothing closes
)

// Record is one row of the table.
type Record struct {
	Line   int64 // on which it begins, from 1
	Fields []string
	Fault  Fault // then Fields are nil
}

// Reader reads records. It is not for use by several goroutines.
type Reader struct {
	in    *bufio.Reader
	comma byte
	line  int64
	buf   []byte
	ends  []int
}

// New finds out how the file is written from its beginning.
func New(r io.Reader) (*Reader, error) {
	raw := bufio.NewReaderSize(r, 64<<10)
	head, err := raw.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	in := raw
	if order, policy, is := utf16(head); is {
		in = bufio.NewReaderSize(transform.NewReader(raw, unicode.UTF16(order, policy).NewDecoder()), 64<<10)
	} else if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // they were just seen
	}
	start, err := in.Peek(8 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &Reader{in: in, comma: separator(start), line: 1}, nil
}

// utf16 knows UTF-16 by its mark, or by the zero beside the first letter.
func utf16(head []byte) (unicode.Endianness, unicode.BOMPolicy, bool) {
	switch {
	case len(head) < 2:
	case head[0] == 0xff && head[1] == 0xfe, head[0] == 0xfe && head[1] == 0xff:
		return unicode.LittleEndian, unicode.UseBOM, true
	case head[0] != 0 && head[1] == 0:
		return unicode.LittleEndian, unicode.IgnoreBOM, true
	case head[0] == 0 && head[1] != 0:
		return unicode.BigEndian, unicode.IgnoreBOM, true
	}
	return unicode.LittleEndian, unicode.IgnoreBOM, false
}

// separator is what stands most often in the first line.
func separator(start []byte) byte {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := byte(','), bytes.Count(line, []byte(","))
	for _, c := range []byte{';', '\t'} {
		if n := bytes.Count(line, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// Next returns the next record that isn't blank; io.EOF ends the table. Any other
// error is the file's own.
func (r *Reader) Next() (Record, error) {
	for {
		record, err := r.next()
		if err != nil || record.Fault != "" || len(record.Fields) != 1 || strings.TrimSpace(record.Fields[0]) != "" {
			return record, err
		}
	}
}

// The places within a field.
const (
	begins = iota
	plain
	quoted
	closing // behind a quote in quotes: the end of them, or the first of two
)

func (r *Reader) next() (Record, error) {
	r.buf, r.ends = r.buf[:0], r.ends[:0]
	record := Record{Line: r.line}
	at, size := begins, 0
	fail := func(f Fault) {
		if record.Fault == "" {
			record.Fault = f
		}
	}
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return r.end(record, at, size, err)
		}
		if c == '\r' && at != quoted {
			if after, _ := r.in.Peek(1); len(after) == 1 && after[0] == '\n' {
				continue
			}
			c = '\n'
		}
		if c == '\n' {
			r.line++
		}
		if size++; size > MaxRecord || len(r.ends) >= MaxFields {
			fail(TooLong)
		}
		switch {
		case at == quoted && c == '"':
			at = closing
			continue
		case at == quoted:
		case c == '\n':
			return r.made(record)
		case c == r.comma:
			r.fieldEnds(record)
			at = begins
			continue
		case at == closing && c == '"':
			at = quoted
		case at == closing && c != ' ':
			fail(BadQuote)
			continue
		case at == closing:
			continue
		case at == begins && c == '"':
			at = quoted
			continue
		default:
			at = plain
		}
		if record.Fault == "" {
			r.buf = append(r.buf, c)
		}
	}
}

func (r *Reader) fieldEnds(record Record) {
	if record.Fault == "" {
		r.ends = append(r.ends, len(r.buf))
	}
}

// end ends the table, with its last record when no line break follows that.
func (r *Reader) end(record Record, at, size int, err error) (Record, error) {
	if !errors.Is(err, io.EOF) || size == 0 {
		return Record{}, err
	}
	if at == quoted && record.Fault == "" {
		record.Fault = BadQuote
	}
	return r.made(record)
}

func (r *Reader) made(record Record) (Record, error) {
	r.fieldEnds(record)
	if record.Fault == "" && (!utf8.Valid(r.buf) || bytes.IndexByte(r.buf, 0) >= 0) {
		record.Fault = NotText
	}
	if record.Fault != "" {
		return record, nil
	}
	text, from := string(r.buf), 0
	record.Fields = make([]string, len(r.ends))
	for i, to := range r.ends {
		record.Fields[i] = text[from:to]
		from = to
	}
	return record, nil
}
