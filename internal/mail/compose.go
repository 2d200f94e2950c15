package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	netmail "net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"
)

// Envelope is a mail ready to be handed over: the SMTP addresses, ASCII domains, and the bytes of the message.
type Envelope struct {
	ID      uuid.UUID
	Kind    string
	At      time.Time
	From    string
	To      string
	Raw     []byte
	Type    string // the media type of Raw; empty: message/rfc822
	Capture bool   // test mode: see [Message]
}

// These can't be sent whatever the server says.
const (
	errHeader  = trouble("a header holds a line break or control character")
	errName    = trouble("a header's name is not one that a mail may set")
	errAddress = trouble("an address is not valid")
	errEmpty   = trouble("a mail needs a subject and a text")
)

// compose builds the bytes of a mail. It refuses what could smuggle a header, rather than repairing it.
func (p *Post) compose(m Mail, message Message) (*Envelope, error) {
	from := message.From
	if from == (netmail.Address{}) {
		from = p.opt.From
	}
	sender, err := cleanAddress(from)
	if err != nil {
		return nil, err
	}
	returns, err := p.returns(m)
	if err != nil {
		return nil, err
	}
	to, err := cleanAddress(message.To)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundary(m)))
	msg.FromMailAddress(sender)
	msg.ToMailAddress(to)
	if message.ReplyTo != (netmail.Address{}) {
		reply, err := cleanAddress(message.ReplyTo)
		if err != nil {
			return nil, err
		}
		msg.ReplyToMailAddress(reply)
	}
	now := p.opt.Now()
	msg.SetDateWithValue(dated(m, now))
	msg.SetMessageIDWithValue(m.MessageID)
	var raw bytes.Buffer
	if message, err = listed(message); err != nil {
		return nil, err
	}
	if err := setHeaders(msg, &raw, message, !p.kinds[m.Kind].Official); err != nil {
		return nil, err
	}
	if strings.TrimSpace(message.Text) == "" {
		return nil, errEmpty
	}
	msg.SetBodyString(gomail.TypeTextPlain, cleanBody(message.Text))
	if message.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, cleanBody(message.HTML))
	}
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, err
	}
	return &Envelope{
		ID: m.ID, Kind: m.Kind, At: now.UTC(), From: returns, To: to.Address, Raw: raw.Bytes(), Capture: message.Capture,
	}, nil
}

// returns is the envelope sender: where the mail's bounce goes.
func (p *Post) returns(m Mail) (string, error) {
	if p.opt.Returns != nil {
		return p.opt.Returns.Of(m.ID), nil
	}
	from, err := cleanAddress(p.opt.From)
	if err != nil {
		return "", err
	}
	return from.Address, nil
}

// freshDate is how old a mail's Date may be when it goes out: filters distrust one of three hours ago.
const freshDate = 2 * time.Hour

// dated is when a mail was queued, so that one which goes out again after a crash is the same to the byte; one that had to
// wait for hours bears the time of the attempt.
func dated(m Mail, now time.Time) time.Time {
	if age := now.Sub(m.CreatedAt); age < 0 || age > freshDate {
		return now
	}
	return m.CreatedAt
}

// boundary sets the parts of a mail apart: the same at every attempt, and as hard to guess as the Message-ID, which nobody
// knows before the mail has gone.
func boundary(m Mail) string {
	sum := sha256.Sum256([]byte("boundary " + m.MessageID))
	return hex.EncodeToString(sum[:20])
}

// longestLine is what a line of a mail may have, without its end (RFC 5322 §2.1.1).
const longestLine = 998

// setHeaders sets the subject, and writes the kind's own headers to the head of the mail, each on one line and always in the
// same order. What a program sends by itself says so (RFC 3834), so that holiday notices don't answer; a person's letter to
// an office is no such mail.
func setHeaders(msg *gomail.Msg, head *bytes.Buffer, message Message, automatic bool) error {
	if !headerSafe(message.Subject) {
		return errHeader
	}
	subject := oneLine(message.Subject)
	if subject == "" {
		return errEmpty
	}
	setSubject(msg, subject)
	for _, name := range slices.Sorted(maps.Keys(message.Headers)) {
		value := message.Headers[name]
		if !headerName(name) {
			return errName
		}
		if !headerSafe(value) || !isASCII(value) || len(name)+2+len(value) > longestLine {
			return errHeader
		}
		if strings.EqualFold(name, "Auto-Submitted") {
			automatic = false // the kind said it itself
		}
		head.WriteString(name + ": " + value + "\r\n")
	}
	if automatic {
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	return nil
}

// encodedWord begins what mail programs show as other text (RFC 2047).
const encodedWord = "=?"

// setSubject sets the subject so that it reads as it is: text that looks encoded is encoded once more, and so is a word that no
// line can hold, which the library does for text beyond ASCII only. 42 bytes and their frame stay within the 75 characters of one encoded word.
func setSubject(msg *gomail.Msg, subject string) {
	if !strings.Contains(subject, encodedWord) && !slices.ContainsFunc(strings.Fields(subject), func(word string) bool { return len(word) > longestLine/2 }) {
		msg.Subject(subject)
		return
	}
	var words []string
	for word := ""; subject != ""; word = "" {
		for _, r := range subject {
			if len(word)+utf8.RuneLen(r) > 42 {
				break
			}
			word += string(r)
		}
		subject = subject[len(word):]
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(word))+"?=")
	}
	msg.SetGenHeaderPreformatted(gomail.HeaderSubject, strings.Join(words, "\r\n "))
}

// headerSafe is false for text that could begin a new header or hide one: control characters, Unicode's line separators,
// broken UTF-8.
func headerSafe(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

// taken are the headers that a kind's Render says by other means.
var taken = []string{
	"from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "return-path", "received",
	"content-type", "content-transfer-encoding", "content-disposition", "dkim-signature",
}

func headerName(s string) bool {
	if s == "" || slices.Contains(taken, strings.ToLower(s)) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// cleanBody makes every line end alike and drops control characters; bodies can't smuggle headers, but a stray carriage
// return confuses servers.
func cleanBody(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
