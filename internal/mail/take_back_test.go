package mail_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/postgres"
)

func (w *world) takeBack(subjects ...uuid.UUID) (taken []uuid.UUID) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) (err error) {
		taken, err = w.post.TakeBack(w.t.Context(), tx, subjects...)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return taken
}

// A worker draws a mail, and only then marks it: what is taken back between the
// two goes to nobody.
func TestMailIsTakenBackThoughItIsDrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var taken []uuid.UUID
	w.post.Register(mail.Kind{Name: "late", Moved: w.moved, Render: func(ctx context.Context, m mail.Mail) (mail.Message, error) {
		message, err := w.render(ctx, m)
		taken = w.takeBack(m.SubjectID)
		return message, err
	}})
	id, other := w.queue("late", "maya@example.org"), w.queue("note", "omar@example.org")
	w.work()
	w.wantState(id, mail.Dropped)
	w.wantState(other, mail.Sent)
	w.wantAccepted(1)
	w.wantMoves("note sending", "note sent")
	if !slices.Equal(taken, []uuid.UUID{w.row(id).SubjectID}) {
		t.Errorf("took %v back", taken)
	}
}

func TestWhatAServerHasIsNotTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.queue("note", "maya@example.org")
	var taken []uuid.UUID
	w.follow = func(m mail.Mail, o mail.Outcome) error {
		if o.State == mail.Sent {
			taken = append(taken, m.SubjectID)
		}
		return nil
	}
	w.work()
	if got := w.takeBack(w.row(id).SubjectID, uuid.New()); len(got) != 0 || len(taken) != 1 {
		t.Errorf("took %v back, of %v that went", got, taken)
	}
	w.wantState(id, mail.Sent)
	if got := w.takeBack(); got != nil {
		t.Errorf("took %v back for nobody", got)
	}
}
