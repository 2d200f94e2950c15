package jobs_test

import (
	"testing"

	"github.com/google/uuid"

	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/seal"
)

// Whatever staff decide while a letter's mail is under way, an office gets it only
// if it was to go when its mail was marked as being sent.
func TestStoppedLettersDontLeave(t *testing.T) {
	t.Parallel()
	for _, decision := range []letter.Decision{"", letter.DecisionReturn, letter.DecisionRefuse} {
		t.Run("then "+string(decision), func(t *testing.T) {
			t.Parallel()
			w := newLetterWorld(t, true)
			receipt := w.submit(w.maya())
			w.confirmFromMail("maya.ortiz@example.org")
			id := w.message(receipt)
			// The worker has drawn both letters, and not marked them yet.
			for _, row := range w.rows(letter.MailDelivery) {
				if _, err := w.Dispatch(t.Context(), row); err != nil {
					t.Fatal(err)
				}
			}
			if n, err := w.Stop(t.Context(), id); err != nil || n != 2 {
				t.Fatalf("%d stopped, %v", n, err)
			}
			if decision != "" {
				if n, err := w.Decide(t.Context(), id, decision, "It names a family.", "lee"); err != nil || n != 2 {
					t.Fatalf("%d decided, %v", n, err)
				}
			}
			w.work()
			for _, d := range w.ours(receipt) {
				if n := w.written(d.SentTo); n != 0 {
					t.Errorf("%s got %d letters that were stopped", d.SentTo, n)
				}
			}
			for _, row := range w.rows(letter.MailDelivery) {
				if row.State != mail.Dropped {
					t.Errorf("its mail is %s", row.State)
				}
			}
		})
	}
}

func (w *letterWorld) message(receipt string) uuid.UUID {
	w.t.Helper()
	token, err := w.box.Verify(receipt, seal.Receipt, w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return token.ID
}
