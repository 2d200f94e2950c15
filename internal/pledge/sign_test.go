package pledge_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/pledge"
	"redress/internal/seal"
)

const slug = "qualified-immunity"

func TestSigningCountsOnceItsMailboxConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.sign(t, ana(slug))
	w.mustCount(t, slug, 0)
	token := w.token(t)

	seen, err := w.ByToken(t.Context(), token)
	if err != nil || seen.Again || seen.GivenName != "Ana" || seen.FamilyName != "Reyes" || seen.Signature.StateCode != "CO" {
		t.Fatalf("ByToken = %+v, %v", seen, err)
	}
	w.mustCount(t, slug, 0) // looking confirms nothing

	if c := w.confirm(t, token); c.Again || c.Signature.State != pledge.Confirmed {
		t.Errorf("first confirmation: %+v", c)
	}
	w.mustCount(t, slug, 1)
	if c := w.confirm(t, token); !c.Again {
		t.Error("the second confirmation isn't told to be one")
	}
	w.mustCount(t, slug, 1)
}

func TestTheSamePersonCountsOnceHoweverTheyWriteThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	again := ana(slug)
	again.GivenName, again.FamilyName, again.Email, again.Zip = "  ANA ", "reyes", "Ana@Mail.Example", "30301-1234"
	w.sign(t, again)
	note, kind, ok := w.lastMail(t)
	if kind != pledge.MailAlready || !ok {
		t.Fatalf("mail is %s, %v", kind, ok)
	}
	if note.To.Address != "ana@mail.example" || note.GivenName != "Ana" || note.Token != "" || note.SignedOn.IsZero() {
		t.Errorf("note = %+v", note)
	}
	w.mustCount(t, slug, 1)
	if n := w.one(t, `SELECT count(*) FROM signature`); n != 1 {
		t.Errorf("%d signatures", n)
	}
}

func TestAMailboxIsToldThatItSignedOnceADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	for _, step := range []struct {
		wait time.Duration
		told bool
	}{{0, true}, {time.Minute, false}, {23 * time.Hour, false}, {time.Hour, true}, {time.Second, false}} {
		w.clock.turn(step.wait)
		before := len(w.mails(t))
		w.sign(t, ana(slug))
		if n := len(w.mails(t)); n != before+1 {
			t.Fatalf("%d rows after %d: the statements differ", n, before)
		}
		if _, kind, told := w.lastMail(t); told != step.told || kind != pledge.MailAlready {
			t.Errorf("after %v: %s, told %v", step.wait, kind, told)
		}
	}
}

func TestAThirdPersonOnAMailboxIsToldByMailOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for _, name := range []string{"Ana", "Ben"} {
		s := ana(slug)
		s.GivenName = name
		w.signed(t, s)
	}
	third := ana(slug)
	third.GivenName = "Cleo"
	w.sign(t, third)
	note, kind, ok := w.lastMail(t)
	if kind != pledge.MailFull || !ok {
		t.Fatalf("mail is %s, %v", kind, ok)
	}
	if note.To.Address != "ana@mail.example" || note.Token != "" || note.GivenName != "" || note.To.Name != "" {
		t.Errorf("note = %+v", note)
	}
	w.mustCount(t, slug, 2)

	// Another pledge is another matter.
	w.publish(t, "public-records")
	third.Pledge = "public-records"
	w.signed(t, third)
	w.mustCount(t, "public-records", 1)
}

// Somebody who types another's address, under however many names and for however
// many days, must not keep them from signing, nor be taken for people who signed.
func TestInventedNamesHoldNoPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for day := range 4 {
		for n := range 5 {
			s := ana(slug)
			s.GivenName = "Mal" + string(rune('a'+5*day+n))
			w.sign(t, s)
			if _, kind, _ := w.lastMail(t); kind != pledge.MailConfirm {
				t.Fatalf("mail is %s: nobody has confirmed", kind)
			}
		}
		w.clock.turn(24 * time.Hour)
		if n := w.one(t, `SELECT count(*) FROM signature`); n > pledge.MailboxWaiting {
			t.Fatalf("%d signatures wait for one mailbox", n)
		}
	}
	w.signed(t, ana(slug))
	ben := ana(slug)
	ben.GivenName = "Ben"
	w.signed(t, ben)
	w.mustCount(t, slug, 2)
}

// Of those who wait for one mailbox, the oldest make way, never the one who
// signs and never one who has confirmed.
func TestTheOldestThatWaitMakesWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	var tokens []string
	for n := range pledge.MailboxWaiting + 1 {
		s := ana(slug)
		s.GivenName = "Mal" + string(rune('a'+n))
		w.clock.turn(time.Minute)
		w.sign(t, s)
		tokens = append(tokens, w.token(t))
	}
	_, err := w.Confirm(t.Context(), tokens[0])
	mustBe(t, err, fault.KindNotFound, "token.unknown")
	w.confirm(t, tokens[1])
	w.mustCount(t, slug, 2)
	if n := w.one(t, `SELECT count(*) FROM signature_person`); n != 1+pledge.MailboxWaiting {
		t.Errorf("%d people are kept", n)
	}
}

func TestTheThirdToConfirmIsToldThatThereIsNoPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	var tokens []string
	var first pledge.Confirmation
	for i, name := range []string{"Ana", "Ben", "Cleo"} {
		s := ana(slug)
		s.GivenName = name
		w.sign(t, s)
		tokens = append(tokens, w.token(t))
		if i == 0 {
			first = w.confirm(t, tokens[0])
		}
	}
	if c, err := w.ByToken(t.Context(), tokens[2]); err != nil || c.Full {
		t.Fatalf("before the second has confirmed: full %v, %v", c.Full, err)
	}
	w.confirm(t, tokens[1])
	for range 2 {
		c, err := w.Confirm(t.Context(), tokens[2])
		mustBe(t, err, fault.KindConflict, "pledge.full")
		if !c.Full || c.Again || c.Pledge.IssueSlug != slug {
			t.Errorf("third: %+v", c)
		}
	}
	w.mustCount(t, slug, 2)
	if c, err := w.Confirm(t.Context(), tokens[1]); err != nil || !c.Again || c.Full {
		t.Errorf("the second again: %+v, %v", c, err)
	}

	// Who waits is told the same as who comes new, and asked again once there is room.
	third := ana(slug)
	third.GivenName = "Cleo"
	w.sign(t, third)
	if _, kind, ok := w.lastMail(t); kind != pledge.MailFull || !ok {
		t.Errorf("mail is %s, %v", kind, ok)
	}
	if err := w.Withdraw(t.Context(), first.Signature.ID); err != nil {
		t.Fatal(err)
	}
	w.confirm(t, tokens[2])
	w.mustCount(t, slug, 2)
}

func TestASecondPosterChangesNothingOfTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.sign(t, ana(slug))
	w.clock.turn(time.Hour)
	again := ana(slug)
	again.Zip, again.ShowName, again.Updates, again.UpdatesWords = "30301", true, true, "Send me updates."
	again.GivenName, again.Email = "ANA", "ANA@mail.example"
	w.sign(t, again)
	note, kind, ok := w.lastMail(t)
	if kind != pledge.MailConfirm || !ok || note.GivenName != "" || note.To.Name != "" || note.To.Address != "ana@mail.example" {
		t.Errorf("%s %v: %+v", kind, ok, note)
	}
	c := w.confirm(t, note.Token)
	if c.GivenName != "Ana" || c.Signature.StateCode != "CO" || c.Signature.ShowName || c.Signature.UpdatesWords != "" {
		t.Errorf("signature = %+v", c.Signature)
	}
	if n := w.one(t, `SELECT count(*) FROM consent`); n != 0 {
		t.Errorf("%d consents that nobody gave", n)
	}
}

func TestUpdatesAreAgreedToWhenTheMailboxConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	s := ana(slug)
	s.Updates, s.UpdatesWords = true, "Send me updates on this issue."
	w.sign(t, s)
	if n := w.one(t, `SELECT count(*) FROM consent`); n != 0 {
		t.Errorf("%d consents before the mailbox agreed", n)
	}
	w.confirm(t, w.token(t))
	if n := w.one(t, `SELECT count(*) FROM consent WHERE words = ? AND source_kind = 'signature' AND given = ?`, s.UpdatesWords, noon); n != 1 {
		t.Errorf("%d consents", n)
	}
	words := "Send me updates on this issue."
	unasked := person(slug, 9)
	unasked.UpdatesWords = words // shown beside a box that stayed empty
	w.signed(t, unasked)
	if n := w.one(t, `SELECT count(*) FROM consent`); n != 1 {
		t.Errorf("%d consents: an empty box was taken for a yes", n)
	}
}

func TestEveryFieldAtFaultIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	_, err := w.Sign(t.Context(), pledge.Signing{Pledge: slug, Email: "not an address", Zip: "8020"})
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid {
		t.Fatalf("error is %v", err)
	}
	var fields []string
	for _, field := range f.Fields {
		fields = append(fields, field.Name+"="+field.Key)
	}
	want := []string{"given_name=pledge.given_name.missing", "family_name=pledge.family_name.missing", "email=supporter.email.space", "zip=pledge.zip.wrong"}
	if !slices.Equal(fields, want) {
		t.Errorf("fields = %q", fields)
	}
	if len(w.mails(t)) != 0 {
		t.Error("a mail was queued")
	}
}

func TestNamesOfPeopleAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for name, fault := range map[string]string{
		"Renée": "", "Jean-Luc": "", "O’Brien": "", "O'Neill": "", "J.R.": "", "St. John": "", "Nguyễn Thị": "", "محمد": "",
		"李": "", "Łukasz": "", "ʻAulani": "", "Gal·la": "", "अदिति": "", "می\u200cخواهم": "",
		"Ana1": "digits", "Ana٣": "digits", "buy.now.com": "link", "https://x": "characters", "a@b": "characters", "<b>": "characters",
		"Ana\u202eanA": "characters", "Ana\u200banA": "characters", "A\u200dna": "characters", "😀": "characters", "-": "characters",
		"Z\u0302\u0303\u0304\u0305\u0306\u0307a": "characters", "": "missing", "   ": "missing",
		strings.Repeat("a", 61): "long", "a\xff": "characters",
	} {
		s := person(slug, 1)
		s.GivenName = name
		_, err := w.Sign(t.Context(), s)
		switch f, ok := asFault(err); {
		case fault == "" && err != nil:
			t.Errorf("%q: %v", name, err)
		case fault != "" && (!ok || len(f.Fields) != 1 || f.Fields[0].Key != "pledge.given_name."+fault):
			t.Errorf("%q: %v, want %s", name, err, fault)
		}
	}
}

func asFault(err error) (*fault.Error, bool) { return fault.As(err) }

func TestZipCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for zip, want := range map[string]string{
		"80203": "", " 80203 ": "", "80203-1234": "", "802031234": "",
		"": "missing", "8020": "wrong", "80203-": "wrong", "ABCDE": "wrong", "８０２０３": "wrong", "00000": "unknown",
	} {
		s := person(slug, 2)
		s.Zip = zip
		_, err := w.Sign(t.Context(), s)
		f, _ := fault.As(err)
		if want == "" && err != nil || want != "" && (f == nil || f.Fields[0].Key != "pledge.zip."+want) {
			t.Errorf("%q: %v, want %q", zip, err, want)
		}
	}
}

func TestTokensOfAnotherPurposeAreUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	receipt := w.sign(t, ana(slug))
	token := w.token(t)
	id := w.mails(t)[0].SubjectID
	_, err := w.ByReceipt(t.Context(), token)
	mustBe(t, err, fault.KindNotFound, "token.unknown")
	wrong := []string{receipt, "", "x", token + "A"}
	for _, purpose := range []seal.Purpose{seal.Receipt, seal.Manage, seal.Unsubscribe} {
		wrong = append(wrong, w.box.Sign(seal.Token{Purpose: purpose, ID: id, Expires: noon.Add(time.Hour)}))
	}
	wrong = append(wrong,
		w.box.Sign(seal.Token{Purpose: seal.Confirm, ID: id, Expires: noon.Add(time.Hour), Epoch: 1}),
		w.box.Sign(seal.Token{Purpose: seal.Confirm, ID: unknownID(), Expires: noon.Add(time.Hour)}))
	for _, token := range wrong {
		_, err := w.Confirm(t.Context(), token)
		mustBe(t, err, fault.KindNotFound, "token.unknown")
	}
	w.mustCount(t, slug, 0)

	w.clock.turn(seal.ConfirmFor)
	_, err = w.Confirm(t.Context(), token)
	mustBe(t, err, fault.KindNotFound, "token.expired")
	if p, err := w.ByExpired(t.Context(), token); err != nil || p.IssueSlug != slug {
		t.Errorf("ByExpired = %s, %v", p.IssueSlug, err)
	}
	_, err = w.ByExpired(t.Context(), receipt)
	mustBe(t, err, fault.KindNotFound, "token.unknown")
	w.mustCount(t, slug, 0)
}

// A receipt is made of the pledge alone, so that it can't tell one signer from
// another, nor when an earlier signature was made.
func TestReceiptsAreTheSameForEveryone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	first := w.sign(t, ana(slug))
	w.confirm(t, w.token(t))
	again := w.sign(t, ana(slug))
	other := w.sign(t, person(slug, 1))
	if first != again || first != other {
		t.Error("receipts differ")
	}
	if p, err := w.ByReceipt(t.Context(), first); err != nil || p.IssueSlug != slug {
		t.Errorf("ByReceipt = %+v, %v", p, err)
	}
}

func TestAPledgeIsSignedBetweenItsDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug, "2026-11-20", "2026-11-23", "2026-12-31", "2026-11-24")
	_, err := w.Sign(t.Context(), ana(slug))
	mustBe(t, err, fault.KindConflict, "pledge.not_open_yet")

	w.clock.turn(12 * time.Hour) // midnight
	w.sign(t, ana(slug))
	early := w.token(t)
	w.clock.turn(48*time.Hour - time.Second) // the last second of the last day
	w.sign(t, person(slug, 1))
	late := w.token(t)
	w.clock.turn(time.Second)
	_, err = w.Sign(t.Context(), person(slug, 2))
	mustBe(t, err, fault.KindConflict, "pledge.has_closed")

	w.confirm(t, late) // signed in time, and the mail takes a while
	w.mustCount(t, slug, 1)
	w.clock.turn(24 * time.Hour)
	_, err = w.Confirm(t.Context(), early)
	mustBe(t, err, fault.KindConflict, "pledge.has_closed")
	w.mustCount(t, slug, 1)

	_, err = w.Sign(t.Context(), ana("no-such-pledge"))
	mustBe(t, err, fault.KindNotFound, "pledge.unknown")
}

// What a person typed must not be found in any row, but for what the design
// keeps in clear: the state.
func TestNothingPersonalStandsInClear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	s := pledge.Signing{Pledge: slug, GivenName: "Xanthippe", FamilyName: "Quillfeather", Email: "canary.bird@mail.example", Zip: "80203", ShowName: true,
		Updates: true, UpdatesWords: "Send me updates."}
	w.signed(t, s)
	w.sign(t, s)
	var tables []string
	if err := w.db.Read(t.Context()).Raw(`SELECT table_name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`).Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(tables, "signature_person") || !slices.Contains(tables, "river_job") {
		t.Fatalf("tables are %q", tables)
	}
	for _, table := range tables {
		rows, err := w.db.Pool.Query(context.Background(), `SELECT to_jsonb(t)::text, t::text FROM "`+table+`" t`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var asJSON, asRow string
			if err := rows.Scan(&asJSON, &asRow); err != nil {
				t.Fatal(err)
			}
			for _, plain := range []string{"xanthippe", "quillfeather", "canary.bird", "canarybird", "80203"} {
				for _, text := range []string{asJSON, asRow} {
					lower := bytes.ToLower([]byte(text))
					if bytes.Contains(lower, []byte(plain)) || bytes.Contains(lower, hexOf(plain)) {
						t.Errorf("%s holds %q", table, plain)
					}
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	names, err := w.Latest(t.Context(), w.bySlug(t, slug), 5)
	if err != nil || len(names) != 1 || names[0].GivenName != "Xanthippe" {
		t.Errorf("Latest = %+v, %v", names, err)
	}
}

// hexOf is how bytea prints a text, small letters only.
func hexOf(s string) []byte {
	const digits = "0123456789abcdef"
	var out []byte
	for _, b := range []byte(s) {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return out
}

func (w *world) bySlug(t rapid.TB, slug string) pledge.Pledge {
	t.Helper()
	p, err := w.BySlug(context.Background(), slug)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
