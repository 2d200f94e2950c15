package config_test

import (
	"strings"
	"testing"

	"redress/internal/config"
)

func TestAFirstRunNeedsNoSettings(t *testing.T) {
	c, err := config.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.BaseURL != "http://localhost:8080" || c.Delivery != config.Capture || !bool(c.RateLimit) || !c.Private() {
		t.Fatalf("%+v", c)
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	_, err := config.Read(map[string]string{
		"PORT": "eighty", "DATABASE_URL": "mysql://x", "REDRESS_DELIVERY": "live", "REDRESS_TRUSTED_PROXIES": "10.0.0.0/8,ten",
		"REDRESS_TIMEZONE": "Denver", "REDRESS_RATE_LIMIT": "perhaps", "REDRESS_GEOCODER_URL": "census", "REDRESS_DB_CONNS": "1", "REDRESS_CHALLENGE": "maybe",
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"PORT", "DATABASE_URL must", "REDRESS_SECRET is required", "REDRESS_MAIL_FROM", "REDRESS_SMTP_URL is required", "REDRESS_TRUSTED_PROXIES", "REDRESS_TIMEZONE", "REDRESS_RATE_LIMIT", "REDRESS_GEOCODER_URL", "REDRESS_DB_CONNS", "REDRESS_CHALLENGE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in:\n%v", want, err)
		}
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	const secret = "hunter2-hunter2"
	_, err := config.Read(map[string]string{"REDRESS_SECRET": secret, "REDRESS_SMTP_URL": "ftp://u:" + secret + "@h", "PORT": secret, "DATABASE_URL": "http://u:" + secret + "@h/"})
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Fatalf("%v", err)
	}
	vars := map[string]string{"REDRESS_SECRET": strings.Repeat(secret, 3), "DATABASE_URL": "postgres://u:" + secret + "@h/db?password=" + secret, "REDRESS_SMTP_URL": "smtp://u:" + secret + "@h:25", "REDRESS_BASE_URL": "https://act.example.org", "REDRESS_MAIL_FROM": "a@example.org"}
	c, err := config.Read(vars)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Describe(vars) {
		if strings.Contains(s.Value, secret) {
			t.Errorf("%s shows the password", s.Name)
		}
		if s.Name == "DATABASE_URL" && !s.Set {
			t.Error("DATABASE_URL counts as unset")
		}
	}
}

func TestListeningBeyondThisMachineNeedsABaseURL(t *testing.T) {
	if _, err := config.Read(map[string]string{"REDRESS_ADDR": "0.0.0.0:8080"}); err == nil {
		t.Fatal("accepted without REDRESS_BASE_URL")
	}
	c, err := config.Read(map[string]string{"REDRESS_ADDR": "0.0.0.0:8080", "REDRESS_BASE_URL": "https://act.example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "https://act.example.org" || c.Private() {
		t.Fatalf("%+v", c)
	}
	for _, bad := range []string{"act.example.org", "https://act.example.org/path", "https://u:p@act.example.org", "javascript:alert(1)"} {
		if _, err := config.Read(map[string]string{"REDRESS_BASE_URL": bad}); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestMailToOthersNeedsALinkThatOthersCanOpen(t *testing.T) {
	vars := map[string]string{"REDRESS_SMTP_URL": "smtp://mail.example.org", "REDRESS_MAIL_FROM": "a@example.org"}
	if _, err := config.Read(vars); err == nil || !strings.Contains(err.Error(), "REDRESS_BASE_URL") {
		t.Errorf("links to localhost would be mailed: %v", err)
	}
	vars["REDRESS_SMTP_URL"] = "smtp://localhost:1025" // a mail server to look at on this machine
	if _, err := config.Read(vars); err != nil {
		t.Error(err)
	}
}
