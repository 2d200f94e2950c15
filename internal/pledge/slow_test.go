package pledge_test

import (
	"testing"
	"time"

	"redress/internal/mail"
	"redress/internal/pledge"
)

// The slow lane makes the mail wait, whichever mail it is.
func TestASlowSignaturesMailWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, "qualified-immunity")
	for _, slow := range []bool{false, true, true} {
		_, err := w.Sign(t.Context(), pledge.Signing{Pledge: "qualified-immunity", GivenName: "Ana", FamilyName: "Reyes", Email: "ana@mail.example", Zip: "80203", Slow: slow})
		if err != nil {
			t.Fatal(err)
		}
		w.clock.turn(time.Minute)
	}
	var rows []mail.Mail
	if err := w.db.Read(t.Context()).Order("created_at, id").Find(&rows).Error; err != nil || len(rows) != 3 {
		t.Fatalf("%d mails, %v", len(rows), err)
	}
	for i, row := range rows {
		wait := row.NotBefore.Sub(row.CreatedAt)
		if slow := wait >= 10*time.Minute && wait <= 20*time.Minute; slow != (i > 0) || i == 0 && wait != 0 {
			t.Errorf("mail %d waits %v", i, wait)
		}
	}
}
