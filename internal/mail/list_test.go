package mail_test

import (
	"context"
	netmail "net/mail"
	"strings"
	"testing"

	"redress/internal/mail"
)

// RFC 8058 wants both headers, each on one line, and nothing else in them.
func TestAListsHeadersAreWhatProvidersTake(t *testing.T) {
	t.Parallel()
	url := "https://act.example.org/subscriptions/" + strings.Repeat("aB3_-", 12) + "/one-click"
	raw := drawn(t, mail.Message{ListUnsubscribe: url, ListID: "newsletter.act.example.org"})
	for _, line := range []string{
		"\r\nList-Unsubscribe: <" + url + ">\r\n",
		"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
		"\r\nList-Id: <newsletter.act.example.org>\r\n",
	} {
		if strings.Count("\r\n"+raw, line) != 1 {
			t.Errorf("no single line %q in\n%s", line, raw)
		}
	}
}

func TestAListsHeadersCantSmuggleAnything(t *testing.T) {
	t.Parallel()
	for _, bad := range []mail.Message{
		{ListUnsubscribe: "https://example.org/\r\nBcc: eve@example.com"},
		{ListUnsubscribe: "https://example.org/a>,<mailto:eve@example.com"},
		{ListUnsubscribe: "https://example.org/a b"},
		{ListUnsubscribe: "mailto:eve@example.com"},
		{ListUnsubscribe: "/relative"},
		{ListUnsubscribe: "https://exämple.org/"},
		{ListID: "news\r\nBcc: eve@example.com"},
		{ListID: "news> <b"},
		{ListID: "a..b"},
	} {
		if _, err := draw(t, bad); err == nil {
			t.Errorf("took %q %q", bad.ListUnsubscribe, bad.ListID)
		}
	}
}

func drawn(t *testing.T, m mail.Message) string {
	t.Helper()
	raw, err := draw(t, m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func draw(t *testing.T, m mail.Message) (string, error) {
	t.Helper()
	m.To, m.Subject, m.Text = netmail.Address{Address: "ana@example.com"}, "Term of the day", "Tort"
	post := mail.New(nil, mail.Options{Sender: mail.NewCapture(t.TempDir()), From: netmail.Address{Address: "act@example.org"}})
	post.Register(mail.Kind{Name: "a", Render: func(context.Context, mail.Mail) (mail.Message, error) { return m, nil }})
	e, err := post.Draw(t.Context(), mail.Mail{Kind: "a", MessageID: "1@example.org"})
	if err != nil {
		return "", err
	}
	return string(e.Raw), nil
}
