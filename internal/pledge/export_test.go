package pledge_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"redress/internal/fault"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

func (w *world) exported(t testing.TB, slug string, o pledge.ExportOptions) []pledge.Exported {
	t.Helper()
	var all []pledge.Exported
	err := w.Export(t.Context(), slug, o, func(e *pledge.Exported) error { all = append(all, *e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func willing(s pledge.Signing) pledge.Signing {
	s.Updates, s.UpdatesWords = true, "Send me updates by e-mail"
	return s
}

func TestExportGivesAnAddressOnlyWhereConsentStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.publish(t, "another")
	supporters := supporter.New(w.db, w.box, w.clock.now)
	w.signed(t, ana("another"))
	w.signed(t, person(slug, 1))
	w.signed(t, willing(person(slug, 2)))
	gone := w.signed(t, willing(person(slug, 3)))
	silent := w.signed(t, willing(person(slug, 4)))
	w.sign(t, willing(person(slug, 5))) // waits for its mailbox
	withdrawn := w.signed(t, willing(person(slug, 6)))
	if err := w.Withdraw(t.Context(), withdrawn.Signature.ID); err != nil {
		t.Fatal(err)
	}
	err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if err := supporters.Withdraw(t.Context(), tx, gone.Signature.MailboxKey, supporter.Updates); err != nil {
			return err
		}
		return supporters.Suppress(t.Context(), tx, silent.Signature.MailboxKey, supporter.Bounced)
	})
	if err != nil {
		t.Fatal(err)
	}
	var emails []string
	for _, e := range w.exported(t, slug, pledge.ExportOptions{}) {
		emails = append(emails, e.Email)
		if (e.Email == "") != (e.ConsentWords == "") || (e.Email == "") != e.ConsentGiven.IsZero() || e.GivenName == "" || e.Zip != "80203" || e.Origin != pledge.OriginForm {
			t.Errorf("%+v", e)
		}
	}
	if want := []string{"", "ana2@mail.example", "", ""}; !slices.Equal(emails, want) {
		t.Errorf("addresses: %q, want %q", emails, want)
	}
	if every := w.exported(t, slug, pledge.ExportOptions{EveryEmail: true}); len(every) != 4 || every[0].Email == "" || every[2].ConsentWords != "" {
		t.Errorf("%+v", every)
	}
	err = w.Export(t.Context(), "nosuch", pledge.ExportOptions{}, nil)
	mustBe(t, err, fault.KindNotFound, "pledge.unknown")

	var list []supporter.Exported
	profiles := supporter.Profiles{"signature": w.Profiles}
	err = supporters.Export(t.Context(), supporter.Updates, profiles, func(e supporter.Exported) error { list = append(list, e); return nil })
	if err != nil || len(list) != 2 || list[0].Email != "ana2@mail.example" || list[0].GivenName != "Anaaa" || list[0].Zip != "80203" || list[0].Via != "signature" {
		t.Fatalf("%v %+v", err, list)
	}
	// Of the one who withdrew what they signed, the consent stands but nothing else is kept.
	if list[1].Email != "ana6@mail.example" || list[1].GivenName != "" || list[1].Words == "" {
		t.Errorf("%+v", list[1])
	}
}

// sheet writes what was exported as the command does.
func sheet(t testing.TB, rows []pledge.Exported) []byte {
	t.Helper()
	var out bytes.Buffer
	c := csv.NewWriter(&out)
	lines := [][]string{{"signed_on", "given_name", "family_name", "email", "zip", "language", "source", "show_name", "consent_text", "consent_date"}}
	for _, e := range rows {
		given := ""
		if !e.ConsentGiven.IsZero() {
			given = e.ConsentGiven.Format(time.RFC3339Nano)
		}
		lines = append(lines, []string{e.SignedOn.Format(time.RFC3339Nano), e.GivenName, e.FamilyName, e.Email, e.Zip, e.Lang, e.Source,
			strconv.FormatBool(e.ShowName), e.ConsentWords, given})
	}
	if err := c.WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAPledgeMovesToAnotherSite(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t), newWorld(t)
	w.publish(t, slug)
	other.publish(t, slug)
	if err := w.AddSource(t.Context(), pledge.Source{IssueSlug: slug, Code: "flyer-2", Label: "Flyer", MadeBy: "ana"}); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		s := person(slug, n)
		s.ShowName = n == 1
		if n == 2 {
			s = willing(s)
			s.Source, s.FamilyName = "flyer-2", "O’Neil-Díaz, Jr."
			s.FamilyName = "O’Neil-Díaz Jr."
		}
		w.signed(t, s)
		w.clock.turn(26 * time.Hour)
	}
	had := w.exported(t, slug, pledge.ExportOptions{EveryEmail: true})
	file := sheet(t, had)
	other.clock.turn(7 * 24 * time.Hour)
	done, err := other.Import(t.Context(), slug, bytes.NewReader(file), pledge.ImportOptions{})
	if err != nil || done.Taken != 5 || done.Consents != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	other.mustCount(t, slug, 5)
	has := other.exported(t, slug, pledge.ExportOptions{EveryEmail: true})
	byEmail := func(a, b pledge.Exported) int { return strings.Compare(a.Email, b.Email) }
	slices.SortFunc(had, byEmail)
	slices.SortFunc(has, byEmail)
	for i := range had {
		had[i].Origin = pledge.OriginImport
		if has[i] != had[i] {
			t.Errorf("%+v became %+v", had[i], has[i])
		}
	}
	days, err := other.SourceDays(t.Context(), slug, time.Time{}, time.Time{})
	if err != nil || len(days) != 1 || days[0].Code != "flyer-2" || days[0].N != 1 || !days[0].Day.Equal(had[2].SignedOn.Truncate(24*time.Hour)) {
		t.Errorf("%+v, %v", days, err)
	}
	if n, err := other.ImportedCount(t.Context(), slug); n != 5 || err != nil {
		t.Errorf("%d brought, %v", n, err)
	}
}

func TestExportStopsWhereItIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	demo(t, w, 5000)
	n := 0
	enough := fault.Conflict("pledge.full")
	err := w.Export(t.Context(), slug, pledge.ExportOptions{}, func(*pledge.Exported) error {
		if n++; n == 2500 {
			return enough
		}
		return nil
	})
	if n != 2500 || err == nil || !strings.Contains(err.Error(), "pledge.full") {
		t.Errorf("%d rows, %v", n, err)
	}
}

func demo(t testing.TB, w *world, n int64) {
	t.Helper()
	var told int64
	err := w.LoadDemo(t.Context(), slug, pledge.DemoOptions{Signatures: n, Zips: []string{"80203", "30301"}, Days: 30, Progress: func(done, _ int64) { told = done }})
	if err != nil || told != n {
		t.Fatalf("%d made, %v", told, err)
	}
}

func TestDemonstrationSignaturesAreLikePeoples(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	demo(t, w, 2500)
	demo(t, w, 500) // others
	w.mustCount(t, slug, 3000)
	all := w.exported(t, slug, pledge.ExportOptions{EveryEmail: true})
	if len(all) != 3000 || all[0].Origin != pledge.OriginDemo || all[0].GivenName == "" || !strings.HasSuffix(all[0].Email, "@demo.example") {
		t.Fatalf("%d: %+v", len(all), all[0])
	}
	first := slices.MinFunc(all, func(a, b pledge.Exported) int { return a.SignedOn.Compare(b.SignedOn) })
	if !first.SignedOn.Equal(noon.Add(-30 * 24 * time.Hour)) {
		t.Errorf("began on %v", first.SignedOn)
	}
	w.signed(t, ana(slug))
	w.mustCount(t, slug, 3001)
	mustBe(t, w.LoadDemo(t.Context(), "nosuch", pledge.DemoOptions{}), fault.KindNotFound, "")
	mustBe(t, w.LoadDemo(t.Context(), slug, pledge.DemoOptions{}), fault.KindInvalid, "pledge.demo.nothing")
}
