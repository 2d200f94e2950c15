package letter_test

import (
	"errors"
	"slices"
	"testing"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/postgres"
)

// marked is a world in which corrections mark officials.
func marked(t *testing.T) (w *world, mark func(official, field, value string)) {
	t.Helper()
	w = worldOn(t, func(db *postgres.DB) *civics.Atlas { return civicstest.Atlas(t, db) })
	return w, func(official, field, value string) {
		t.Helper()
		err := w.db.Gorm.Exec("INSERT INTO correction (official_id, field, value, source) VALUES (?, ?, ?, 'on trial until June')", official, field, value).Error
		if err != nil {
			t.Fatal(err)
		}
		if err := w.atlas.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func ids(officials []*civics.Official) []string {
	var list []string
	for _, o := range officials {
		list = append(list, o.ID)
	}
	return list
}

// Who is marked "do not offer" is named with the reason, gets no letter, and is
// refused in a form that names them, like those who don't represent the address.
func TestMarkedOfficialsGetNoLetters(t *testing.T) {
	t.Parallel()
	w, mark := marked(t)
	before := w.byAddress(civicstest.Denver)
	form := maya(before)
	senator, legislator := before.YouSend[0].Official.ID, before.WeSend[0].Official.ID
	mark(senator, "offer", "no")
	mark(legislator, "offer", "no")

	after := w.byAddress(civicstest.Denver)
	if got := ids(after.Withheld); len(got) != 2 || !slices.Contains(got, senator) || !slices.Contains(got, legislator) {
		t.Errorf("withheld are %v", got)
	}
	if after.Withheld[0].NotOffered != "on trial until June" {
		t.Errorf("the reason is %q", after.Withheld[0].NotOffered)
	}
	for _, r := range after.Recipients() {
		if r.Official.ID == senator || r.Official.ID == legislator {
			t.Errorf("%s is offered", r.Official.Name)
		}
	}
	chosen, err := w.ComposeFor(t.Context(), slug, []string{senator, before.YouSend[1].Official.ID})
	if err != nil || len(chosen.Withheld) != 1 || len(chosen.Recipients()) != 1 {
		t.Errorf("chosen by id: %d withheld, %d recipients, %v", len(chosen.Withheld), len(chosen.Recipients()), err)
	}
	if back := w.Returned(form, nil); slices.Contains(ids(back.Answer.Officials), senator) {
		t.Error("with the database away the form offers them")
	}

	_, err = w.Submit(t.Context(), form)
	var refused *letter.NotRepresented
	if !errors.As(err, &refused) || fault.KindOf(err) != fault.KindInvalid || len(refused.Officials) != 2 {
		t.Fatalf("a form that names them: %v", err)
	}
	if n := w.count("SELECT count(*) FROM message"); n != 0 {
		t.Errorf("%d messages were kept", n)
	}
	receipt := w.submit(maya(after))
	for _, d := range w.receipt(receipt).Letters {
		if d.OfficialID == senator || d.OfficialID == legislator {
			t.Errorf("a delivery to %s", d.OfficialName)
		}
	}
}

// Where the address can't be placed, those of the ZIP code are for sending by
// hand; who is marked isn't.
func TestMarkedOfficialsAreNotForSendingByHand(t *testing.T) {
	t.Parallel()
	w, mark := marked(t)
	form := maya(w.byZIP("80203"))
	form.Address.Street = "9999 Nowhere Xyzzy Lane"
	mark(form.Officials[0], "offer", "no")
	var refused *letter.NotRepresented
	if _, err := w.Submit(t.Context(), form); !errors.As(err, &refused) || len(refused.Officials) != 1 {
		t.Fatalf("%v", err)
	}
	form.Officials = form.Officials[1:]
	for _, d := range w.receipt(w.submit(form)).Letters {
		if d.State != letter.NeedsYou {
			t.Errorf("%s for %s", d.State, d.OfficialName)
		}
	}
}

// Who has left is in no answer; a form that was opened before is refused, and the
// page that comes back names them with what became of them.
func TestWhoHasLeftGetsNoLetters(t *testing.T) {
	t.Parallel()
	w, mark := marked(t)
	form := maya(w.byAddress(civicstest.Denver))
	left := form.Officials[0]
	mark(left, "left", "resigned")
	var refused *letter.NotRepresented
	if _, err := w.Submit(t.Context(), form); !errors.As(err, &refused) || len(refused.Officials) != 1 || refused.Officials[0].ID != left {
		t.Fatalf("%v", err)
	}
	if refused.Officials[0].Offered() {
		t.Error("who has left is offered for calling")
	}
	chosen, err := w.ComposeFor(t.Context(), slug, []string{left})
	if err != nil || len(chosen.Withheld) != 1 || len(chosen.Recipients()) != 0 {
		t.Errorf("%d withheld, %v", len(chosen.Withheld), err)
	}
}

// The confirm page says of each letter whether it will wait, and a marked office
// keeps waiting after it.
func TestPreviewSaysWhatWillWait(t *testing.T) {
	t.Parallel()
	w, mark := marked(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	token := w.confirmToken(receipt)
	preview := func() []letter.Hold {
		t.Helper()
		p, err := w.Preview(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		var holds []letter.Hold
		for _, out := range p.Letters {
			holds = append(holds, out.HeldFor)
		}
		return holds
	}
	if got := preview(); !slices.Equal(got, []letter.Hold{letter.HoldNone, letter.HoldNone}) {
		t.Errorf("%v", got)
	}
	mark(w.receipt(receipt).Ours()[1].OfficialID, "offer", "no")
	if got := preview(); !slices.Equal(got, []letter.Hold{letter.HoldNone, letter.HoldNotOffered}) {
		t.Errorf("%v", got)
	}
}
