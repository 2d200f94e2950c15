package pledge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/supporter"
)

const header = "first_name,last_name,email,zip_code,created_at,consent_text\n"

// bring imports a file and lists what was refused as "line: field key".
func (w *world) bring(t testing.TB, file string, o pledge.ImportOptions) (pledge.Imported, []string) {
	t.Helper()
	var why []string
	o.Refused = func(line int64, f fault.Field) error {
		if !i18n.Has(f.Key) {
			t.Errorf("%s has no sentence", f.Key)
		}
		why = append(why, fmt.Sprintf("%d: %s %s", line, f.Name, f.Key))
		return nil
	}
	done, err := w.Import(context.Background(), slug, strings.NewReader(file), o)
	if err != nil {
		t.Fatal(err)
	}
	return done, why
}

func TestImportTakesRefusesAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	left := w.signed(t, person(slug, 7))
	if err := w.Withdraw(t.Context(), left.Signature.ID); err != nil {
		t.Fatal(err)
	}
	file := header +
		"Ana,Reyes,ANA@mail.example,80203,2025-03-01,\n" + // signed here
		"Ben,Reyes,ana@mail.example,80203,2025-03-01,\n" + // the second of the mailbox
		"Cem,Reyes,ana@mail.example,80203,2025-03-01,\n" + // the third
		"Ana,Reyes,ana7@mail.example,80203,2025-03-01,\n" + // withdrew
		"Zoë,\"O’Neil, no\",zoe@mail.example,80203,2025-03-01,\n" + // a comma is in no name
		"Zoë,O’Neil,zoe@mail.example,80203,2025-03-01T23:30:00-05:00,Write to me\n" +
		"zoe,oneil,Zoe@mail.example,30301,2025-03-02,Write to me\n" + // again
		"Dana,Park,dana,80203,2025-03-01,\n" +
		"Dana,Park,dana@mail.example,99999,2025-03-01,\n" +
		"Dana,Park,dana@mail.example,,2025-03-01,\n" + // no ZIP code was asked for
		"Eve,Park,eve@mail.example,80203,13/13/2025,\n" +
		"Eve,Park,eve@mail.example,80203,2031-01-01,\n" +
		"Eve,Park,eve@mail.example,80203,,\n" +
		"=Eve,Park,eve@mail.example,80203,2025-03-01,\n" +
		"Fay,Park,'+fay@mail.example,80203,3/14/2025 1:30 PM,\n" + // as exports keep it from being a formula
		"\"Gil\"x,Park,gil@mail.example,80203,2025-03-01,\n" +
		"Gil,Park,gil@mail.example\n" +
		"Hal,P\x00rk,hal@mail.example,80203,2025-03-01,\n" +
		"Hal,P\xffrk,hal@mail.example,80203,2025-03-01,\n" +
		strings.Repeat("x", 10<<20) + "\n" +
		"Ida,Park,ida@mail.example,80203,2025-03-01,\n"
	trial, tried := w.bring(t, file, pledge.ImportOptions{DryRun: true})
	w.mustCount(t, slug, 1)
	done, why := w.bring(t, file, pledge.ImportOptions{})
	want := []string{
		"4: row pledge.import.full", "5: row pledge.import.withdrawn", "6: family_name pledge.family_name.characters", "9: email supporter.email.no_at",
		"10: zip pledge.zip.unknown", "12: signed_on pledge.import.date", "13: signed_on pledge.import.future", "14: signed_on pledge.import.no_date",
		"15: given_name pledge.given_name.characters", "17: row pledge.import.quote", "18: signed_on pledge.import.no_date", "19: row pledge.import.not_text",
		"20: row pledge.import.not_text", "21: row pledge.import.too_long",
	}
	if !slices.Equal(why, want) || !slices.Equal(tried, want) {
		t.Errorf("refused:\n%s\ntried:\n%s", strings.Join(why, "\n"), strings.Join(tried, "\n"))
	}
	if done.Records != 21 || done.Taken != 5 || done.Here != 2 || done.Refused != 14 || done.Consents != 1 || done.FinishedAt == nil {
		t.Errorf("%+v", done)
	}
	if trial.Records != done.Records || trial.Taken != done.Taken || trial.Here != done.Here || trial.Consents != done.Consents || trial.FinishedAt != nil {
		t.Errorf("the trial said %+v", trial)
	}
	w.mustCount(t, slug, 6)
	for _, e := range w.exported(t, slug, pledge.ExportOptions{EveryEmail: true}) {
		switch e.GivenName {
		case "Zoë":
			at := time.Date(2025, 3, 2, 4, 30, 0, 0, time.UTC)
			if !e.SignedOn.Equal(at) || e.ConsentWords != "Write to me" || !e.ConsentGiven.Equal(at) || e.StateCode != "CO" {
				t.Errorf("%+v", e)
			}
		case "Fay":
			if e.Email != "+fay@mail.example" || !e.SignedOn.Equal(time.Date(2025, 3, 14, 13, 30, 0, 0, time.UTC)) {
				t.Errorf("%+v", e)
			}
		case "Dana":
			if e.Zip != "" || e.StateCode != "" {
				t.Errorf("%+v", e)
			}
		}
	}
	// The same file again changes nothing; another with the same people finds them here.
	again, why := w.bring(t, file, pledge.ImportOptions{})
	if again.Before != 21 || again.Taken != 5 || len(why) > 0 {
		t.Errorf("%+v %q", again, why)
	}
	more, _ := w.bring(t, header+"Ida,Park,ida@mail.example,80203,2025-03-01,\n", pledge.ImportOptions{Consent: "All agreed"})
	if more.Here != 1 || more.Taken != 0 || more.Consents != 0 {
		t.Errorf("%+v", more)
	}
	w.mustCount(t, slug, 6)
	if n := w.one(t, `SELECT count(*) FROM mail WHERE created_at > (SELECT max(confirmed_at) FROM signature WHERE origin = 'form')`); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestImportKeepsWhatItsOwnerSaidHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.publish(t, "another")
	supporters := supporter.New(w.db, w.box, w.clock.now)
	key := func(email string) []byte { return supporter.MailboxKey(w.box, email) }
	left := w.signed(t, willing(ana("another")))
	err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if err := supporters.Withdraw(t.Context(), tx, left.Signature.MailboxKey, supporter.Updates); err != nil {
			return err
		}
		return supporters.Suppress(t.Context(), tx, key("ben@mail.example"), supporter.Asked)
	})
	if err != nil {
		t.Fatal(err)
	}
	done, why := w.bring(t, header+
		"Ana,Reyes,ana@mail.example,80203,2025-03-01,Write to me\n"+
		"Ben,Reyes,ben@mail.example,80203,2025-03-01,Write to me\n"+
		"Cem,Reyes,cem@mail.example,80203,2025-03-01,\n", pledge.ImportOptions{Consent: "All agreed to updates"})
	if done.Taken != 3 || done.Consents != 1 || len(why) > 0 {
		t.Errorf("%+v %q", done, why)
	}
	for email, want := range map[string]bool{"ana@mail.example": false, "ben@mail.example": false, "cem@mail.example": true} {
		if is, err := supporters.Consented(t.Context(), key(email), supporter.Updates); is != want || err != nil {
			t.Errorf("%s: %v %v", email, is, err)
		}
	}
}

func TestImportCountsWhoWaitsForTheirMailbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.sign(t, ana(slug))
	token := w.token(t)
	file := header + "Ana,Reyes,ana@mail.example,30301,2025-03-01,Write to me\n"
	if trial, _ := w.bring(t, file, pledge.ImportOptions{DryRun: true}); trial.Taken != 1 {
		t.Errorf("%+v", trial)
	}
	if done, _ := w.bring(t, file, pledge.ImportOptions{}); done.Taken != 1 || done.Consents != 1 {
		t.Errorf("%+v", done)
	}
	w.mustCount(t, slug, 1)
	if c := w.confirm(t, token); !c.Again {
		t.Error("counted twice")
	}
	w.mustCount(t, slug, 1)
	all := w.exported(t, slug, pledge.ExportOptions{})
	if len(all) != 1 || all[0].Zip != "80203" || all[0].Origin != pledge.OriginImport || all[0].ConsentWords != "Write to me" {
		t.Errorf("%+v", all)
	}
}

func TestImportReadsHeadersOfOtherPrograms(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"marked":     "\ufeffFirst Name,Last Name,Email Address,Zip Code,Date Signed\r\nAna,Reyes,ana@mail.example,80203,2025-03-01\r\n",
		"semicolons": "name;email;Postal Code;timestamp\nAna María Reyes;ana@mail.example;80203;2025-03-01 10:00:00\n",
		"two emails": "e_mail,email,name,signed_on\nold@mail.example,ana@mail.example,Ana Reyes,2025-03-01\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.publish(t, slug)
			wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.TrimPrefix(file, "\ufeff"))
			if err != nil {
				t.Fatal(err)
			}
			if done, why := w.bring(t, file, pledge.ImportOptions{}); done.Taken != 1 {
				t.Errorf("%+v %q", done, why)
			}
			if done, why := w.bring(t, wide, pledge.ImportOptions{}); done.Here != 1 {
				t.Errorf("as UTF-16: %+v %q", done, why)
			}
			if all := w.exported(t, slug, pledge.ExportOptions{EveryEmail: true}); len(all) != 1 || all[0].Email != "ana@mail.example" || all[0].FamilyName != "Reyes" {
				t.Errorf("%+v", all)
			}
		})
	}
}

func TestImportRefusesWholeFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for file, key := range map[string]string{
		"":      "pledge.import.header",
		"\"abc": "pledge.import.header",
		"name,city,state,postal_code,country,signed_on\nAna Reyes,Denver,CO,80203,US,2025-03-01\n": "pledge.import.columns", // no addresses
		"given_name,email,signed_on\n": "pledge.import.columns",
	} {
		_, err := w.Import(t.Context(), slug, strings.NewReader(file), pledge.ImportOptions{})
		mustBe(t, err, fault.KindInvalid, key)
	}
	_, err := w.Import(t.Context(), "nosuch", strings.NewReader(header), pledge.ImportOptions{})
	mustBe(t, err, fault.KindNotFound, "pledge.unknown")
	w.clock.turn(90 * 24 * time.Hour)
	_, err = w.Import(t.Context(), slug, strings.NewReader(header), pledge.ImportOptions{})
	mustBe(t, err, fault.KindConflict, "pledge.has_closed")
}

// many is a petition of n people, every tenth of them twice.
func many(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		who := i - i%10/9
		fmt.Fprintf(&b, "Ana,Reyes,ana%d@mail.example,80203,2025-03-01,Write to me\n", who)
	}
	return b.String()
}

var errKilled = errors.New("killed")

func TestImportGoesOnWhereItWasCutShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	file := many(4500)
	ctx, kill := context.WithCancel(t.Context())
	cut, err := w.Import(ctx, slug, strings.NewReader(file), pledge.ImportOptions{Progress: func(records int64) {
		if records == 2000 {
			kill()
		}
	}})
	if !errors.Is(err, context.Canceled) || cut.Records != 2000 || cut.FinishedAt != nil {
		t.Fatalf("%+v, %v", cut, err)
	}
	w.mustAgree(t)
	// The file can't be read to its end the second time: whole batches are kept, the one that breaks off is not.
	broken := &breaking{Reader: strings.NewReader(file), after: len(file) * 4 / 5}
	cut, err = w.Import(t.Context(), slug, broken, pledge.ImportOptions{})
	if !errors.Is(err, errKilled) || cut.Before != 2000 || cut.Records != 4000 {
		t.Fatalf("%+v, %v", cut, err)
	}
	done, err := w.Import(t.Context(), slug, strings.NewReader(file), pledge.ImportOptions{})
	if err != nil || done.Before != 4000 || done.Records != 4500 || done.Taken != 4050 || done.Here != 450 || done.Consents != 4050 || done.FinishedAt == nil {
		t.Fatalf("%+v, %v", done, err)
	}
	w.mustCount(t, slug, 4050)
}

// TestImportsOfOneFileAtATime lets two read one file at once: each record is taken
// once, whichever of them takes it.
func TestImportsOfOneFileAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	file := many(5000)
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := w.Import(context.Background(), slug, strings.NewReader(file), pledge.ImportOptions{})
			errs <- err
		}()
	}
	a, b := <-errs, <-errs
	if a != nil && b != nil {
		t.Errorf("%v, %v", a, b)
	}
	for _, err := range []error{a, b} {
		if err != nil {
			mustBe(t, err, fault.KindConflict, "pledge.import.elsewhere")
		}
	}
	if _, err := w.Import(t.Context(), slug, strings.NewReader(file), pledge.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	w.mustCount(t, slug, 4500)
}

func TestSigningGoesOnDuringAnImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	done := make(chan error, 1)
	go func() {
		_, err := w.Import(context.Background(), slug, strings.NewReader(many(6000)), pledge.ImportOptions{})
		done <- err
	}()
	for n := 0; ; n++ {
		s := person(slug, n*37%6000) // some of the same people, by other names
		if _, err := w.Sign(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		note, kind, ok := w.lastMail(t)
		if ok && kind == pledge.MailConfirm {
			if _, err := w.Confirm(t.Context(), note.Token); err != nil && fault.KindOf(err) != fault.KindConflict {
				t.Fatal(err)
			}
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			w.mustAgree(t)
			return
		default:
		}
	}
}

// breaking is a file that is whole while it is hashed, and breaks when it is read.
type breaking struct {
	*strings.Reader
	after  int
	sought bool
}

func (b *breaking) Seek(offset int64, whence int) (int64, error) {
	b.sought = true
	return b.Reader.Seek(offset, whence)
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.sought && int(b.Size())-b.Len() >= b.after {
		return 0, errKilled
	}
	return b.Reader.Read(p)
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		header + "Ana,Reyes,ana@mail.example,80203,2025-03-01,\n",
		"\ufeffname;email;date\n=1+1;a@b.example;1/2/2025\n",
		"name\temail\tdate\n\"", header + "a,\x00,\n,,,,,,,\n",
		"\xff\xfen\x00a\x00m\x00e\x00,\x00",
	} {
		f.Add([]byte(seed))
	}
	db := postgrestest.New(f)
	w := worldOn(f, db)
	w.publish(f, slug)
	f.Fuzz(func(t *testing.T, file []byte) {
		refused := int64(0)
		done, err := w.Import(t.Context(), slug, bytes.NewReader(file), pledge.ImportOptions{Refused: func(line int64, why fault.Field) error {
			if refused++; line < 1 || !i18n.Has(why.Key) {
				t.Errorf("line %d: %s", line, why.Key)
			}
			return nil
		}})
		if err != nil {
			mustBe(t, err, fault.KindInvalid, "")
			return
		}
		if done.FinishedAt == nil || done.Taken+done.Here+done.Refused != done.Records || done.Before == 0 && refused != done.Refused {
			t.Errorf("%+v, %d told", done, refused)
		}
		w.mustAgree(t)
	})
}
