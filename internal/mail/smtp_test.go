package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"redress/internal/mail"
	"redress/internal/mail/mailtest"
)

func TestNewSMTPRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "http://mail.example.org", "smtp://", "smtp:mail.example.org", "smtp://u:geheim@mail.example.org:port", "smtp://mail.example.org:0",
		"smtp://mail.example.org:70000", "smtp://mail.example.org/path", "smtp://mail.example.org?tls=none", "smtp://u:gehe%im@mail.example.org",
	} {
		_, err := mail.NewSMTP(url, "")
		if err == nil {
			t.Errorf("%q was taken", url)
		} else if strings.Contains(err.Error(), "gehe") {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
	for _, url := range []string{"smtps://u:p%40ss@mail.example.org", "smtp://mail.example.org", "smtp://localhost:2525", "smtp://[::1]:25/"} {
		if _, err := mail.NewSMTP(url, ""); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	server := mailtest.New(t, mailtest.WithLogin("center", "right"))
	try(t, server.URL(), nil, true)
	try(t, strings.Replace(server.URL(), "right", "wrong", 1), nil, false)
	try(t, "smtp://"+server.Addr(), nil, true) // opens; the server refuses the first mail
}

func TestTLS(t *testing.T) {
	t.Parallel()
	serverConfig, trust := certificates(t)
	for _, implicit := range []bool{false, true} {
		server := mailtest.New(t, mailtest.WithTLS(serverConfig, implicit), mailtest.WithLogin("center", "right"))
		if implicit {
			try(t, server.URL(), trust, true)
			try(t, server.URL(), nil, false) // an authority that nobody knows
			continue
		}
		sender, err := mail.NewSMTP(server.URL(), "center.test")
		if err != nil {
			t.Fatal(err)
		}
		mail.RequireStartTLS(sender) // as for a host that isn't this machine
		sender.TLS = trust
		session, err := sender.Open(t.Context())
		if err != nil {
			t.Fatalf("STARTTLS: %v", err)
		}
		session.Close()
	}
}

// A server that offers no STARTTLS (or whose offer was cut out on the way) gets nothing, least of all the password.
func TestNoFallbackToPlainText(t *testing.T) {
	t.Parallel()
	server := mailtest.New(t, mailtest.WithLogin("center", "right"))
	sender, err := mail.NewSMTP(server.URL(), "center.test")
	if err != nil {
		t.Fatal(err)
	}
	mail.RequireStartTLS(sender)
	if session, err := sender.Open(t.Context()); err == nil {
		session.Close()
		t.Fatal("opened without TLS")
	}
}

func try(t *testing.T, url string, trust *tls.Config, want bool) {
	t.Helper()
	sender, err := mail.NewSMTP(url, "center.test")
	if err != nil {
		t.Fatal(err)
	}
	sender.TLS, sender.Greet = trust, 5*time.Second
	session, err := sender.Open(t.Context())
	if (err == nil) != want {
		t.Errorf("open %v: %v", want, err)
	}
	if err == nil {
		if err := session.Ping(); err != nil {
			t.Errorf("ping: %v", err)
		}
		session.Close()
	}
}

func certificates(t *testing.T) (server, trust *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake.test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		&tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}
