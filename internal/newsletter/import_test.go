package newsletter_test

import (
	"testing"
	"time"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/supporter"
)

func TestAnImportTakesEachMailboxOnceAndBringsNobodyBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	given := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	one := func(email string) newsletter.Import {
		return newsletter.Import{Email: email, Words: "Yes, the weekly letter", Given: given, Source: "fair", Lang: "en", Rhythm: newsletter.Weekly}
	}
	left := w.joined(t, "left@mail.example")
	if _, err := w.Unsubscribe(t.Context(), left, newsletter.ByPage); err != nil {
		t.Fatal(err)
	}
	w.lose(t, "spam@mail.example", mail.Complaint)
	w.subscribe(t, "waits@mail.example")
	w.work(t)
	for range 2 { // the second time as after a crash
		for email, want := range map[string]newsletter.Taken{
			"left@mail.example": newsletter.TakenLeft, "spam@mail.example": newsletter.TakenSuppressed,
			"waits@mail.example": newsletter.TakenNew, "ana@mail.example": newsletter.TakenNew,
		} {
			if want == newsletter.TakenNew && w.state(t, email) == newsletter.Active {
				want = newsletter.TakenAlready
			}
			if got, err := w.Import(t.Context(), one(email)); err != nil || got != want {
				t.Errorf("%s: %s, %v, want %s", email, got, err, want)
			}
		}
	}
	if got, err := w.Import(t.Context(), one("ANA@mail.example")); err != nil || got != newsletter.TakenAlready {
		t.Errorf("another spelling: %s %v", got, err)
	}
	if n := w.number(t, `SELECT count(*) FROM consent WHERE kind = 'newsletter' AND given = ? AND withdrawn IS NULL`, given); n != 2 {
		t.Errorf("%d consents of that day, want 2", n)
	}
	if more := w.work(t); len(more) != 0 {
		t.Errorf("an import mailed %d", len(more))
	}
	if ok, err := w.supporters.Consented(t.Context(), w.key("ana@mail.example"), supporter.Newsletter); err != nil || !ok {
		t.Errorf("consented: %v %v", ok, err)
	}
	for name, wrong := range map[string]newsletter.Import{
		"no words": {Email: "x@mail.example", Given: given}, "no day": {Email: "x@mail.example", Words: "Yes"},
		"a day to come": {Email: "x@mail.example", Words: "Yes", Given: noon.AddDate(1, 0, 0)}, "no address": {Words: "Yes", Given: given},
		"no rhythm": {Email: "x@mail.example", Words: "Yes", Given: given, Rhythm: "hourly"},
	} {
		if _, err := w.Import(t.Context(), wrong); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
