package proof

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/letter"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/supporter"
)

// letterbox is a captured mail as its reader sees it.
type letterbox struct {
	mail.Header
	Kind    string // as the rooms name their mails
	Subject string
	Text    string
	HTML    string
}

// awaitMail waits for a captured mail of this kind to this address.
func (s *site) awaitMail(t testing.TB, to, kind string) letterbox {
	t.Helper()
	return s.awaitMailWhere(t, to, func(m letterbox) bool { return m.Kind == kind })
}

func (s *site) awaitMailWhere(t testing.TB, to string, fits func(letterbox) bool) letterbox {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		for _, m := range s.mails(t) {
			if strings.Contains(m.Get("To"), "<"+to+">") && fits(m) {
				return m
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("the mail to %s didn't come; there are %d mails", to, len(s.mails(t)))
	return letterbox{}
}

// mails reads every captured mail, newest first.
func (s *site) mails(t testing.TB) []letterbox {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.Data, "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	slices.Reverse(names)
	var all []letterbox
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			continue // being renamed into place
		}
		m, err := mail.ReadMessage(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		box := letterbox{Header: m.Header, Kind: kindOf(name)}
		box.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		readParts(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, &box)
		file.Close()
		all = append(all, box)
	}
	return all
}

// The kinds of mail that journeys wait for.
const (
	confirmSignature = pledge.MailConfirm
	alreadySigned    = pledge.MailAlready
	manageLink       = supporter.MailManage
	confirmLetters   = letter.MailConfirm
	copyOfLetters    = letter.MailCopy
	confirmNews      = newsletter.MailConfirm
)

// kindOf reads the kind of a mail from its file's name.
func kindOf(file string) string {
	parts := strings.Split(filepath.Base(file), "_")
	for _, kind := range []string{confirmSignature, alreadySigned, manageLink, pledge.MailFull, confirmLetters, letter.MailAgain, copyOfLetters, letter.MailDelivery,
		confirmNews, newsletter.MailAlready, newsletter.MailChange, newsletter.MailChanging, newsletter.MailUpdate} {
		if len(parts) == 3 && parts[1] == kind {
			return kind
		}
	}
	return ""
}

func readParts(t testing.TB, contentType, encoding string, body io.Reader, into *letterbox) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			readParts(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, into)
		}
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "text/plain":
		into.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		into.HTML = string(text)
	}
}

var linkInMail = regexp.MustCompile(`https?://[^\s<>"]+`)

// link is the first link in the mail's text that contains part.
func (m letterbox) link(t testing.TB, part string) string {
	t.Helper()
	for _, link := range linkInMail.FindAllString(m.Text, -1) {
		if strings.Contains(link, part) {
			return link
		}
	}
	t.Fatalf("no link with %q in:\n%s", part, m.Text)
	return ""
}

// path is a link's path on this site.
func path(t testing.TB, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

// linksOther tells whether the mail links a confirmation other than this one.
func (m letterbox) linksOther(known string) bool {
	for _, link := range linkInMail.FindAllString(m.Text, -1) {
		if strings.Contains(link, "/confirm") && link != known {
			return true
		}
	}
	return false
}
