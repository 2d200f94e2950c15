package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

func TestUnsuppressReadsTheAddressFromStandardInput(t *testing.T) {
	run := sampleSite(t)
	must(t, run, "source", "list") // the first command that needs the secret writes its check
	db, err := postgres.Open(t.Context(), postgres.Options{URL: os.Getenv("DATABASE_URL"), MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	box, err := seal.New([]byte(os.Getenv("REDRESS_SECRET")))
	if err != nil {
		t.Fatal(err)
	}
	const email = "ana.reyes@gmail.com"
	_, err = db.Pool.Exec(t.Context(), `INSERT INTO suppression (mailbox_key, key_version, reason, since) VALUES ($1, 1, 'asked', '2026-10-01T12:00:00Z')`,
		supporter.MailboxKey(box, email))
	if err != nil {
		t.Fatal(err)
	}
	left := func() (n int) {
		if err := db.Pool.QueryRow(t.Context(), `SELECT count(*) FROM suppression`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	type typed struct {
		line, says string
		left       int
		fails      bool
	}
	for _, test := range []typed{
		{"", "no e-mail address", 1, true},
		{"ana.reyes at gmail", "no e-mail address", 1, true},
		{"someone@else.example\n", "is not suppressed", 1, false},
		{"  Ana.Reyes+news@gmail.com\r\nignored@else.example\n", "since 2026-10-01 (its owner asked for no mail)", 0, false},
		{email, "is not suppressed", 0, false},
	} {
		var out bytes.Buffer
		cmd := root()
		cmd.SetArgs([]string{"supporter", "unsuppress"})
		cmd.SetIn(strings.NewReader(test.line))
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		err := cmd.ExecuteContext(t.Context())
		said := out.String()
		if err != nil {
			said += err.Error()
		}
		if (err != nil) != test.fails || !strings.Contains(said, test.says) || left() != test.left {
			t.Errorf("%q: %s %v, %d left", test.line, said, err, left())
		}
		if strings.Contains(strings.ToLower(said), "reyes") {
			t.Errorf("it says the address: %s", said)
		}
	}
	if _, err := run("supporter", "unsuppress", email); err == nil {
		t.Error("an address is taken from the command line")
	}
}
