package supporter

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func world(t *testing.T) (*Supporters, *postgres.DB) {
	t.Helper()
	db := postgrestest.New(t)
	return New(db, box(t), func() time.Time { return start }), db
}

func in(t *testing.T, db *postgres.DB, do func(ctx context.Context, tx *postgres.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), func(tx *postgres.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func yes(email string) Consent {
	return Consent{Email: email, Kind: Updates, Words: "Mail me what becomes of this", SourceKind: "signature", SourceID: uuid.New()}
}

func TestStructsFitTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), Consent{}, Person{}, Suppression{}, Request{})
}

func TestConsentIsKeptAndWithdrawn(t *testing.T) {
	t.Parallel()
	s, db := world(t)
	first, second := yes("Maya.Ortiz@gmail.com"), yes("mayaortiz+news@gmail.com")
	second.Kind = "other"
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Consent(ctx, tx, first) })
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Consent(ctx, tx, first) }) // the same again
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Consent(ctx, tx, second) })

	var rows []Consent
	if err := db.Read(t.Context()).Order("id").Find(&rows).Error; err != nil || len(rows) != 2 {
		t.Fatalf("%d consents, %v", len(rows), err)
	}
	if c := rows[0]; c.Words != first.Words || !c.Given.Equal(start) || c.Withdrawn != nil || c.SourceID != first.SourceID || c.KeyVersion == 0 {
		t.Errorf("consent %+v", c)
	}
	key := MailboxKey(s.box, "mayaortiz@gmail.com")
	if address, err := s.Address(t.Context(), key); err != nil || address != first.Email {
		t.Errorf("address opens as %q, %v", address, err)
	}
	var text string
	db.Read(t.Context()).Raw(`SELECT (SELECT string_agg(consent::text, '') FROM consent) || (SELECT string_agg(p::text || encode(email, 'escape'), '') FROM supporter_person p)`).Scan(&text)
	if text == "" || strings.Contains(strings.ToLower(text), "ortiz") {
		t.Fatalf("the address stands open in %s", text)
	}

	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Withdraw(ctx, tx, key, Updates) })
	if stands, err := s.Consented(t.Context(), key, Updates); err != nil || stands {
		t.Errorf("stands after withdrawing: %v %v", stands, err)
	}
	if stands, _ := s.Consented(t.Context(), key, "other"); !stands {
		t.Error("another kind was withdrawn too")
	}
	if address, _ := s.Address(t.Context(), key); address == "" {
		t.Error("the address was erased while a consent stands")
	}
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Withdraw(ctx, tx, key, "other") })
	if address, _ := s.Address(t.Context(), key); address != "" {
		t.Error("the address outlived the last consent")
	}
	var n int64
	db.Read(t.Context()).Raw(`SELECT count(*) FROM consent WHERE withdrawn IS NOT NULL`).Scan(&n)
	if n != 2 {
		t.Errorf("%d dated proofs, want 2", n)
	}
}

func TestConsentRefusesWhatProvesNothing(t *testing.T) {
	t.Parallel()
	s, db := world(t)
	for name, spoil := range map[string]func(*Consent){
		"no words":  func(c *Consent) { c.Words = "" },
		"no kind":   func(c *Consent) { c.Kind = "" },
		"no source": func(c *Consent) { c.SourceID = uuid.Nil },
	} {
		c := yes("maya@example.org")
		spoil(&c)
		if err := db.InTx(t.Context(), func(tx *postgres.Tx) error { return s.Consent(t.Context(), tx, c) }); err == nil {
			t.Error(name)
		}
	}
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error { return s.Consent(t.Context(), tx, yes("nobody")) })
	if fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("no address: %v", err)
	}
}

func TestSealedAddressOpensInItsRowOnly(t *testing.T) {
	t.Parallel()
	s, db := world(t)
	for _, email := range []string{"maya@example.org", "ben@example.org"} {
		in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Consent(ctx, tx, yes(email)) })
	}
	err := db.Read(t.Context()).Exec(`
		UPDATE supporter_person SET email = (SELECT email FROM supporter_person WHERE mailbox_key = ?) WHERE mailbox_key = ?`,
		MailboxKey(s.box, "ben@example.org"), MailboxKey(s.box, "maya@example.org")).Error
	if err != nil {
		t.Fatal(err)
	}
	if address, err := s.Address(t.Context(), MailboxKey(s.box, "maya@example.org")); err == nil {
		t.Errorf("another row's address opens as %q", address)
	}
}

func TestSuppression(t *testing.T) {
	t.Parallel()
	s, db := world(t)
	key := MailboxKey(s.box, "maya@example.org")
	check := func(want bool) {
		t.Helper()
		in(t, db, func(ctx context.Context, tx *postgres.Tx) error {
			got, err := s.Suppressed(ctx, tx, key)
			if got != want {
				t.Errorf("suppressed %v, want %v", got, want)
			}
			return err
		})
	}
	check(false)
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Suppress(ctx, tx, key, Asked) })
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Suppress(ctx, tx, key, Bounced) })
	check(true)
	var reason string
	db.Read(t.Context()).Raw(`SELECT reason FROM suppression`).Scan(&reason)
	if reason != Asked {
		t.Errorf("reason %q, want the first", reason)
	}
	in(t, db, func(ctx context.Context, tx *postgres.Tx) error { return s.Unsuppress(ctx, tx, key) })
	check(false)
}
