package dkim_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"redress/internal/mail/dkim"
)

const raw = "From: Center <post@act.example.org>\r\nTo: maya@example.net\r\nSubject: Please confirm\r\nDate: Sun, 22 Nov 2026 15:04:05 +0000\r\n" +
	"Message-ID: <abc@act.example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nHello\r\n.\r\n\r\n\r\n"

func signer(t *testing.T, small bool) *dkim.Signer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dkim.pem")
	if _, err := dkim.NewKey(path, small); err != nil {
		t.Fatal(err)
	}
	key, err := dkim.ReadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := dkim.New("example.org", "redress1", key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dns answers with what is published.
type dns map[string][]string

func (d dns) LookupTXT(_ context.Context, name string) ([]string, error) {
	if values, ok := d[strings.TrimSuffix(name, ".")]; ok {
		return values, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func published(t *testing.T, s *dkim.Signer) dns {
	t.Helper()
	record, err := s.Record()
	if err != nil {
		t.Fatal(err)
	}
	return dns{record.Name: {record.TXT}}
}

func verify(t *testing.T, d dns, mail []byte) error {
	t.Helper()
	found, err := msgauth.VerifyWithOptions(bytes.NewReader(mail), &msgauth.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return d.LookupTXT(t.Context(), name) },
	})
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0].Domain != "example.org" {
		t.Fatalf("signatures %+v", found)
	}
	return found[0].Err
}

func TestSignaturesVerify(t *testing.T) {
	t.Parallel()
	for _, small := range []bool{false, true} {
		s := signer(t, small)
		mail, err := s.Sign([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		d := published(t, s)
		if err := verify(t, d, mail); err != nil {
			t.Errorf("small %v: %v\n%s", small, err, mail)
		}
		if !bytes.HasSuffix(mail, []byte(raw)) {
			t.Error("signing changed the mail")
		}
		// What a relay may do.
		kind := strings.Replace(string(mail), "Subject: Please confirm", "subject:   Please\r\n  confirm", 1)
		if err := verify(t, d, []byte("Received: from a\r\n\tby b\r\n"+kind)); err != nil {
			t.Errorf("folded on the way: %v", err)
		}
	}
}

func TestWhatIsChangedOrAddedBreaksTheSignature(t *testing.T) {
	t.Parallel()
	s := signer(t, true)
	signed, err := s.Sign([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	d := published(t, s)
	for name, change := range map[string]func(string) string{
		"body":            func(m string) string { return strings.Replace(m, "Hello", "Hullo", 1) },
		"subject":         func(m string) string { return strings.Replace(m, "Please", "Do not", 1) },
		"second From":     func(m string) string { return "From: Bank <ceo@bank.example>\r\n" + m },
		"second To":       func(m string) string { return "To: all@example.net\r\n" + m },
		"second Subject":  func(m string) string { return "Subject: You won\r\n" + m },
		"a Reply-To":      func(m string) string { return "Reply-To: thief@bank.example\r\n" + m },
		"a Cc":            func(m string) string { return "Cc: all@example.net\r\n" + m },
		"a Sender":        func(m string) string { return "Sender: thief@bank.example\r\n" + m },
		"another type":    func(m string) string { return "Content-Type: text/html\r\n" + m },
		"another date":    func(m string) string { return "Date: Mon, 23 Nov 2026 15:04:05 +0000\r\n" + m },
		"unsubscribe":     func(m string) string { return "List-Unsubscribe: <https://thief.example/>\r\n" + m },
		"another id":      func(m string) string { return "Message-ID: <x@thief.example>\r\n" + m },
		"another machine": func(m string) string { return "Auto-Submitted: no\r\n" + m },
	} {
		if err := verify(t, d, []byte(change(string(signed)))); err == nil {
			t.Errorf("%s: still verifies", name)
		}
	}
}

func TestPublished(t *testing.T) {
	t.Parallel()
	s, other := signer(t, false), signer(t, false)
	record, err := s.Record()
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := other.Record()
	if err != nil {
		t.Fatal(err)
	}
	folded := strings.Replace(record.TXT, "p=MII", "p= MII", 1)
	for name, c := range map[string]struct {
		dns  dkim.Resolver
		want dkim.Published
	}{
		"as it should be":  {dns{record.Name: {record.TXT}}, dkim.Matching},
		"folded":           {dns{record.Name: {folded}}, dkim.Matching},
		"without its kind": {dns{record.Name: {strings.Replace(record.TXT, "k=rsa; ", "", 1)}}, dkim.Matching},
		"beside others":    {dns{record.Name: {"google-site-verification=x", record.TXT}}, dkim.Matching},
		"another key":      {dns{record.Name: {wrong.TXT}}, dkim.Different},
		"withdrawn":        {dns{record.Name: {"v=DKIM1; p="}}, dkim.Different},
		"something else":   {dns{record.Name: {"v=spf1 -all"}}, dkim.Missing},
		"nothing":          {dns{}, dkim.Missing},
		"no answer":        {deaf{}, dkim.Unknown},
	} {
		if got := record.Published(t.Context(), c.dns); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	for part := range strings.SplitSeq(record.Zone(), `"`) {
		if len(part) > 255 {
			t.Errorf("a string of %d bytes", len(part))
		}
	}
	joined := strings.ReplaceAll(record.Zone(), `" "`, "")
	if !strings.Contains(joined, `"`+record.TXT+`"`) || !strings.HasPrefix(joined, "redress1._domainkey.example.org. IN TXT ") {
		t.Error(record.Zone())
	}
}

type deaf struct{}

func (deaf) LookupTXT(context.Context, string) ([]string, error) {
	return nil, &net.DNSError{Err: "timeout", IsTimeout: true}
}

func TestAligned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, signer string
		want         bool
	}{
		{"act.example.org", "act.example.org", true}, {"act.example.org", "example.org", true}, {"a.b.example.org", "B.example.org", true},
		{"example.org", "act.example.org", false}, {"act.example.org", "xample.org", false}, {"act.example.org", "org", false},
		{"act.example.co.uk", "co.uk", false}, {"act.example.co.uk", "example.co.uk", true}, {"localhost", "localhost", true},
		{"other.org", "example.org", false}, {"act.example.org", "", false},
	} {
		if dkim.Aligned(c.from, c.signer) != c.want {
			t.Errorf("%s signed by %s: want %v", c.from, c.signer, c.want)
		}
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string][]byte{
		"1024 bits":       pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)}),
		"neither RSA nor": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		"damaged":         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("geheim")}),
		"password":        pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("geheim")}),
		"no private key":  []byte("geheim"),
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := dkim.ReadKey(path)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := dkim.ReadKey(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "can't be opened") {
		t.Error(err)
	}
}

func TestPKCS1(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.pem")
	text := append([]byte("a comment\n"), pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dkim.ReadKey(path); err != nil {
		t.Error(err)
	}
}

func TestANewKeyIsItsOwnersAndNeverOverwritesOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.pem")
	if _, err := dkim.NewKey(path, true); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	before, _ := os.ReadFile(path)
	if _, err := dkim.NewKey(path, true); err == nil {
		t.Error("overwritten")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("the key changed")
	}
	if _, err := dkim.NewKey(filepath.Join(path, "below"), true); err == nil {
		t.Error("a key below a file")
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	t.Parallel()
	key, err := dkim.NewKey(filepath.Join(t.TempDir(), "key.pem"), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"", "a"}, {"org", "a"}, {"example.org", ""}, {"example.org", "a;b"}, {"example.org\r\n", "a"}, {"bücher.example", "a"}, {"-a.example", "a"}, {"example.org", "a."}} {
		if _, err := dkim.New(c[0], c[1], key); err == nil {
			t.Errorf("%q accepted", c)
		}
	}
	if _, err := dkim.New("example.org", "a", nil); err == nil {
		t.Error(errors.New("no key"))
	}
}
