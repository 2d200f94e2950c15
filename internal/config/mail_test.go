package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redress/internal/config"
	"redress/internal/mail/dkim"
)

// mailing are the settings of a site that sends mail, and others on top.
func mailing(more map[string]string) map[string]string {
	vars := map[string]string{
		"REDRESS_SMTP_URL": "smtp://mail.example.org", "REDRESS_MAIL_FROM": "Action <action@Act.example.org>", "REDRESS_BASE_URL": "https://act.example.org",
	}
	maps.Copy(vars, more)
	return vars
}

func TestMailsAreSignedWhenAKeyIsSet(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "dkim.pem")
	if _, err := dkim.NewKey(key, true); err != nil {
		t.Fatal(err)
	}
	c, err := config.Read(mailing(nil))
	if err != nil || c.DKIM != nil {
		t.Errorf("without a key: %v %v", c, err)
	}
	for domain, want := range map[string]string{"": "act.example.org", "example.org": "example.org", "ACT.example.org": "act.example.org"} {
		vars := mailing(map[string]string{"REDRESS_DKIM_KEY": key, "REDRESS_DKIM_SELECTOR": "redress1"})
		if domain != "" {
			vars["REDRESS_DKIM_DOMAIN"] = domain
		}
		c, err := config.Read(vars)
		if err != nil || c.DKIM == nil || c.DKIM.Domain() != want {
			t.Errorf("%q: %v", domain, err)
		}
	}
	notAKey := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(notAKey, []byte("geheim"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, vars := range map[string]map[string]string{
		"REDRESS_DKIM_SELECTOR is required": {"REDRESS_DKIM_KEY": key},
		"REDRESS_DKIM_KEY is required":      {"REDRESS_DKIM_DOMAIN": "example.org", "REDRESS_DKIM_SELECTOR": "redress1"},
		"REDRESS_DKIM_KEY: the file":        {"REDRESS_DKIM_KEY": notAKey, "REDRESS_DKIM_SELECTOR": "redress1"},
		"REDRESS_DKIM_DOMAIN must be":       {"REDRESS_DKIM_KEY": key, "REDRESS_DKIM_SELECTOR": "redress1", "REDRESS_DKIM_DOMAIN": "other.org"},
		"REDRESS_MAIL_FROM is required":     {"REDRESS_DKIM_KEY": key, "REDRESS_DKIM_SELECTOR": "redress1", "REDRESS_MAIL_FROM": ""},
		"the selector must be":              {"REDRESS_DKIM_KEY": key, "REDRESS_DKIM_SELECTOR": "a b"},
	} {
		vars["PORT"] = "0" // another fault, to be named along with it
		_, err := config.Read(mailing(vars))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "PORT must") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("want %q in: %v", want, err)
		}
	}
}

func TestBounces(t *testing.T) {
	t.Parallel()
	good := mailing(map[string]string{"REDRESS_BOUNCES": "bounces@act.example.org", "REDRESS_BOUNCES_IMAP": "imaps://b:geheim@mail.example.org/INBOX"})
	c, err := config.Read(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Describe(good) {
		if strings.Contains(s.Value, "geheim") {
			t.Errorf("%s shows the password", s.Name)
		}
	}
	for _, bad := range []string{"bounces", "a+b@act.example.org", strings.Repeat("a", 22) + "@act.example.org", `"a b"@act.example.org`, "bünces@act.example.org"} {
		if _, err := config.Read(mailing(map[string]string{"REDRESS_BOUNCES": bad})); err == nil || !strings.Contains(err.Error(), "REDRESS_BOUNCES must") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"mail.example.org", "imap://b:geheim@mail.example.org", "imaps://mail.example.org", "imaps://b:gehe%im@h"} {
		_, err := config.Read(mailing(map[string]string{"REDRESS_BOUNCES": "b@act.example.org", "REDRESS_BOUNCES_IMAP": bad}))
		if err == nil || !strings.Contains(err.Error(), "REDRESS_BOUNCES_IMAP must") || strings.Contains(err.Error(), "gehe") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := config.Read(mailing(map[string]string{"REDRESS_BOUNCES_IMAP": "imaps://b:geheim@h"})); err == nil || !strings.Contains(err.Error(), "REDRESS_BOUNCES is required") {
		t.Error(err)
	}
}
