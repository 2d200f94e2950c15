package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"
)

// Reading is a message as its reader sees it.
type Reading struct {
	From, To, ReplyTo, Subject, Date string
	Headers                          []Header // all of them, decoded, in the order of their names
	Text, HTML                       string
}

// Header is one header line.
type Header struct{ Name, Value string }

const (
	maxParts = 50
	maxPart  = 4 << 20
)

// Parse reads the bytes of a mail: of a captured one, or of one that a test's server received.
func Parse(raw []byte) (Reading, error) {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Reading{}, trouble("not a mail")
	}
	h := textproto.MIMEHeader(msg.Header)
	r := Reading{
		From: decoded(h.Get("From")), To: decoded(h.Get("To")), ReplyTo: decoded(h.Get("Reply-To")),
		Subject: decoded(h.Get("Subject")), Date: h.Get("Date"), Headers: headers(h),
	}
	parts := 0
	return r, r.read(h, msg.Body, &parts)
}

func (r *Reading) read(h textproto.MIMEHeader, body io.Reader, parts *int) error {
	if *parts++; *parts > maxParts {
		return trouble("a mail of too many parts")
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		each := multipart.NewReader(body, params["boundary"])
		for {
			part, err := each.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return trouble("a mail with a broken part")
			}
			if err := r.read(part.Header, part, parts); err != nil {
				return err
			}
		}
	}
	text, err := io.ReadAll(io.LimitReader(transfer(h, body), maxPart))
	if err != nil {
		return trouble("a mail with a broken part")
	}
	switch kind {
	case "text/plain":
		r.Text += strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		r.HTML += strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return nil
}

func transfer(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

func decoded(s string) string {
	if text, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return text
	}
	return s
}

func headers(h textproto.MIMEHeader) []Header {
	var all []Header
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			all = append(all, Header{name, decoded(value)})
		}
	}
	return all
}
