package mail

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// rfc822 is the media type of a mail, which an envelope needn't name.
const rfc822 = "message/rfc822"

// readable gives what an envelope holds as a mail that a person can read: itself, or a mail of plain text around a document
// that is none.
func readable(e *Envelope) []byte {
	if e.Type == "" || e.Type == rfc822 {
		return e.Raw
	}
	var raw bytes.Buffer
	line := func(name, value string) {
		if value != "" && headerSafe(value) {
			fmt.Fprintf(&raw, "%s: %s\r\n", name, mime.QEncoding.Encode("utf-8", value))
		}
	}
	line("From", e.From)
	line("To", e.To)
	line("Subject", e.Kind)
	line("Date", e.At.Format(time.RFC1123Z))
	line("Captured-Type", e.Type)
	raw.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	body := quotedprintable.NewWriter(&raw)
	_, _ = body.Write([]byte(strings.ToValidUTF8(string(e.Raw), "\uFFFD"))) // into memory
	_ = body.Close()
	return raw.Bytes()
}
