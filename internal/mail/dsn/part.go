package dsn

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
)

// The library's readers stop at the first thing that is not as it should be. Bounces often aren't, and the interesting part
// comes late, so these read on.

type field struct{ name, value string } // name in lower case, value unfolded

type header []field

func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (h header) all(name string) []string {
	var values []string
	for _, f := range h {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	return values
}

// part is a message, or a part of one.
type part struct {
	header header
	kind   string            // media type, "text/plain" when none is told
	params map[string]string // of the media type
	body   string            // as it came
}

// lines makes every line end in a line feed: also those that end in a bare carriage return, or in several before their feed.
func lines(raw []byte) string {
	var out bytes.Buffer
	out.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\r' {
			out.WriteByte(raw[i])
			continue
		}
		end := i
		for end < len(raw) && raw[end] == '\r' {
			end++
		}
		if end == len(raw) || raw[end] != '\n' {
			out.WriteString(strings.Repeat("\n", end-i))
			i = end - 1
			continue
		}
		out.WriteByte('\n')
		i = end
	}
	return out.String()
}

// read takes a message or a part apart: its header, up to the first empty line, and its body.
func read(text string) part {
	head, body := text, ""
	if strings.HasPrefix(text, "\n") {
		head, body = "", text[1:]
	} else if end := strings.Index(text, "\n\n"); end >= 0 {
		head, body = text[:end], text[end+2:]
	}
	p := part{header: fields(head), body: body}
	p.kind, p.params = media(p.header.get("content-type"))
	return p
}

// fields reads header fields; lines that are none, such as mbox's "From ", are passed over.
func fields(text string) header {
	var h header
	var value strings.Builder
	open := false // the last field may go on
	finish := func() {
		if open {
			h[len(h)-1].value = strings.TrimSpace(value.String())
		}
		value.Reset()
		open = false
	}
	for line := range strings.SplitSeq(text[:min(len(text), maxHeader)], "\n") {
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			value.WriteString(" " + strings.TrimSpace(line))
			continue
		}
		finish()
		name, rest, ok := strings.Cut(line, ":")
		name = strings.TrimRight(name, " \t")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			continue
		}
		if len(h) >= maxFields {
			break
		}
		h, open = append(h, field{name: strings.ToLower(name)}), true
		value.WriteString(rest)
	}
	finish()
	return h
}

// media reads a content type, also one that is not quite right.
func media(value string) (kind string, params map[string]string) {
	if value == "" {
		return "text/plain", nil
	}
	if kind, params, err := mime.ParseMediaType(value); err == nil {
		return kind, params
	}
	kind, rest, _ := strings.Cut(value, ";")
	params = map[string]string{}
	for param := range strings.SplitSeq(rest, ";") {
		if name, text, ok := strings.Cut(param, "="); ok {
			params[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(text), `"`)
		}
	}
	return strings.ToLower(strings.TrimSpace(kind)), params
}

// text is the body, decoded: some gateways encode what must not be.
func (p part) text() string {
	var from io.Reader = strings.NewReader(p.body)
	switch word(p.header.get("content-transfer-encoding")) {
	case "base64":
		from = base64.NewDecoder(base64.StdEncoding, from)
	case "quoted-printable":
		from = quotedprintable.NewReader(from)
	default:
		return p.body
	}
	text, _ := io.ReadAll(from) // up to where it breaks
	return lines(text)
}

// parts splits a multipart, also one that was cut off.
func (p part) parts(left *int) []part {
	boundary := p.params["boundary"]
	if boundary == "" {
		return nil
	}
	var all []part
	begin := -1
	finish := func(end int) {
		if begin >= 0 && *left > 0 {
			*left--
			all = append(all, read(p.body[begin:max(begin, end)]))
		}
	}
	for at := 0; at < len(p.body); {
		next := len(p.body)
		if n := strings.IndexByte(p.body[at:], '\n'); n >= 0 {
			next = at + n + 1
		}
		line := strings.TrimRight(p.body[at:next], " \t\n")
		if line == "--"+boundary || line == "--"+boundary+"--" {
			finish(at - 1) // the line feed before a boundary belongs to it
			begin = next
			if line != "--"+boundary {
				return all
			}
		}
		at = next
	}
	finish(len(p.body))
	return all
}

// findReport looks for a multipart/report, also in a multipart that a gateway has put around it; never in a mail that is
// attached, which somebody only shows.
func findReport(p part, depth int, left *int) ([]part, bool) {
	if !strings.HasPrefix(p.kind, "multipart/") || depth == 0 {
		return nil, false
	}
	all := p.parts(left)
	if p.kind == "multipart/report" {
		return all, true
	}
	for _, each := range all {
		if found, ok := findReport(each, depth-1, left); ok {
			return found, true
		}
	}
	return nil, false
}
