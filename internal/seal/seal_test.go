package seal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/seal"
)

func box(t testing.TB, secret string) *seal.Box {
	t.Helper()
	b, err := seal.New([]byte(strings.Repeat(secret, seal.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextOpensOnlyAtItsPlaceAndWithItsSecret(t *testing.T) {
	b := box(t, "a")
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		at := seal.Place{Table: "message_person", Column: "street", Row: uuid.New()}
		text := b.Seal(plain, at)
		if got, err := b.Open(text, at); err != nil || got != plain {
			t.Fatalf("Open = %q, %v", got, err)
		}
		for _, other := range []seal.Place{
			{Table: "message_persons", Column: "street", Row: at.Row},
			{Table: "message_person", Column: "city", Row: at.Row},
			{Table: "message_person", Column: "street", Row: uuid.New()},
		} {
			if _, err := b.Open(text, other); err == nil {
				t.Fatalf("opened at %v", other)
			}
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "byte")
		damaged := bytes.Clone(text)
		damaged[i] ^= 1
		if _, err := b.Open(damaged, at); err == nil {
			t.Fatal("damaged text opened")
		}
	})
	at := seal.Place{Table: "t", Column: "c"}
	if _, err := box(t, "b").Open(b.Seal("x", at), at); err == nil {
		t.Fatal("another secret opened it")
	}
	if _, err := b.Open(seal.Text("short"), at); err == nil {
		t.Fatal("garbage opened")
	}
}

func TestTextNeverPrints(t *testing.T) {
	b := box(t, "a")
	text := b.Seal("1437 Bannock St", seal.Place{Table: "t", Column: "c"})
	row := struct{ Street seal.Text }{text}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("row", "street", text, "row", row)
	asJSON, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprint(text), fmt.Sprintf("%v %+v %#v %s", row, row, row, text), log.String(), string(asJSON)} {
		if !strings.Contains(out, "[sealed]") || strings.Contains(out, string(text)) {
			t.Errorf("printed %q", out)
		}
	}
}

func TestKeyKeepsPartsAndPurposesApart(t *testing.T) {
	b := box(t, "a")
	keys := [][]byte{b.Key("mailbox", "ab", "c"), b.Key("mailbox", "a", "bc"), b.Key("signer", "ab", "c"), b.Key("mailbox", "ab", "c", ""), box(t, "b").Key("mailbox", "ab", "c")}
	for i := range keys {
		if len(keys[i]) != 32 {
			t.Fatalf("%d bytes", len(keys[i]))
		}
		for j := range keys[:i] {
			if bytes.Equal(keys[i], keys[j]) {
				t.Fatalf("keys %d and %d are the same", i, j)
			}
		}
	}
	if !bytes.Equal(keys[0], b.Key("mailbox", "ab", "c")) {
		t.Fatal("not deterministic")
	}
}

func TestTokenHoldsForItsPurposeAndTime(t *testing.T) {
	b := box(t, "a")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	want := seal.Token{Purpose: seal.Confirm, ID: uuid.New(), Expires: now.Add(seal.ConfirmFor), Epoch: 3}
	text := b.Sign(want)
	if strings.ContainsAny(text, "/+=?&#%") {
		t.Fatalf("%q is not fit for a path", text)
	}
	got, err := b.Verify(text, seal.Confirm, now)
	if err != nil || got.ID != want.ID || got.Epoch != 3 || !got.Expires.Equal(want.Expires) {
		t.Fatalf("Verify = %+v, %v", got, err)
	}
	for _, p := range []seal.Purpose{seal.Receipt, seal.Manage, seal.Unsubscribe} {
		if _, err := b.Verify(text, p, now); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("purpose %c: %v", p, err)
		}
	}
	if _, err := b.Verify(text, seal.Confirm, want.Expires); err == nil {
		t.Error("holds at its expiry")
	}
	if _, err := box(t, "b").Verify(text, seal.Confirm, now); err == nil {
		t.Error("holds under another secret")
	}
}

func FuzzVerify(f *testing.F) {
	b := box(f, "a")
	now := time.Unix(1_800_000_000, 0)
	good := b.Sign(seal.Token{Purpose: seal.Confirm, Expires: now.Add(time.Hour)})
	f.Add(good)
	f.Add(good + "=")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := b.Verify(text, seal.Confirm, now); err == nil && text != good {
			t.Fatalf("%q was taken for a token", text)
		}
	})
}

func TestShortSecretIsRefused(t *testing.T) {
	if _, err := seal.New([]byte("too short")); err == nil {
		t.Fatal("accepted")
	}
	if _, err := seal.New(seal.NewSecret()); err != nil {
		t.Fatal(err)
	}
}
