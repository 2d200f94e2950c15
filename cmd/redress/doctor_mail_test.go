package main

import (
	"path/filepath"
	"strings"
	"testing"

	"redress/internal/config"
	"redress/internal/mail/dkim"
)

func TestDoctorSaysWhetherSignaturesCanBeVerified(t *testing.T) {
	t.Parallel()
	key, err := dkim.NewKey(filepath.Join(t.TempDir(), "dkim.pem"), true)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := dkim.New("example.org", "redress1", key)
	if err != nil {
		t.Fatal(err)
	}
	record, err := signer.Record()
	if err != nil {
		t.Fatal(err)
	}
	for found, want := range map[dkim.Published]struct {
		sick int
		says string
	}{
		dkim.Matching: {0, "is published"}, dkim.Unknown: {0, "DNS doesn't answer"}, dkim.Missing: {1, "is not published"}, dkim.Different: {1, "another key"},
	} {
		var out strings.Builder
		e := examination{out: &out}
		e.published(record, found)
		if e.sick != want.sick || !strings.Contains(out.String(), want.says) || (found != dkim.Matching) != strings.Contains(out.String(), record.Zone()) {
			t.Errorf("%d: %d findings\n%s", found, e.sick, out.String())
		}
	}
}

func TestDoctorSaysWhatBecomesOfBounces(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]config.Config{
		"":                   {},
		"nobody reads":       {SMTPURL: "smtp://h"},
		"to redress bounce":  {SMTPURL: "smtp://h", Bounces: "b@example.org"},
		"mailbox the site":   {SMTPURL: "smtp://h", Bounces: "b@example.org", BouncesIMAP: "imaps://u:geheim@h"},
		"aren't signed here": {SMTPURL: "smtp://h"},
	} {
		var out strings.Builder
		e := examination{out: &out}
		e.signing(t.Context(), &c)
		e.bounces(&c)
		if !strings.Contains(out.String(), want) || want == "" && out.Len() > 0 || strings.Contains(out.String(), "geheim") || e.sick > 0 {
			t.Errorf("want %q in %q", want, out.String())
		}
	}
}
