package letter_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

const day = 24 * time.Hour

func (w *world) retain() letter.Retained {
	w.t.Helper()
	r, err := w.Retain(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// moved tells the letters that a delivery's mail moved.
func (w *world) moved(delivery uuid.UUID, state string) {
	w.t.Helper()
	w.movedMail(mail.Mail{Kind: letter.MailDelivery, SubjectID: delivery}, state)
}

func (w *world) movedMail(row mail.Mail, state string) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error {
		return w.Moved(w.t.Context(), tx, row, mail.Outcome{State: state, At: w.clock.now().UTC(), Code: 250, Enhanced: "2.0.0"})
	})
	if err != nil && !errors.Is(err, mail.ErrUnwanted) {
		w.t.Fatal(err)
	}
}

func TestUnconfirmedIsErasedAfterTwoWeeks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(maya(w.byAddress(civicstest.Denver)))
	w.clock.add(14*day - time.Hour)
	if r := w.retain(); r.Messages != 0 {
		t.Fatal("erased too early")
	}
	w.clock.add(2 * time.Hour)
	if r := w.retain(); r.Messages != 1 || w.count("SELECT count(*) FROM message_person") != 0 || w.count("SELECT count(*) FROM message_text") != 0 {
		t.Errorf("kept after two weeks: %+v", r)
	}
	if w.count("SELECT n FROM letter_tally WHERE event = 'written'") != 1 {
		t.Error("the count went with it")
	}
}

// A mail that had to wait is drawn late; its link still dies with the message.
func TestTheLinkWorksNoLongerThanTheMessageIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.messageID(w.submit(maya(w.byAddress(civicstest.Denver))))
	for _, at := range []struct {
		wait time.Duration // since the last
		want time.Duration // that the link works, from then
	}{{0, 7 * day}, {6 * day, 7 * day}, {4 * day, 4 * day}} {
		w.clock.add(at.wait)
		m, err := w.ConfirmMail(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if want := w.clock.now().Add(at.want); !m.Expires.Equal(want) {
			t.Errorf("the mail says that its link works until %v, want %v", m.Expires, want)
		}
		if _, err := w.box.Verify(m.Confirm, seal.Confirm, m.Expires.Add(time.Second)); err == nil {
			t.Errorf("the link works longer than until %v", m.Expires)
		}
	}
}

func TestDeliveredIsErasedAfterFourWeeks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	w.confirm(w.confirmToken(receipt))
	w.clock.add(20 * day)
	for _, l := range w.receipt(receipt).Ours() {
		w.moved(l.ID, mail.Sending)
		w.moved(l.ID, mail.Sent)
	}
	w.clock.add(27 * day)
	if r := w.retain(); r.Messages != 0 {
		t.Fatal("erased less than 28 days after the last delivery")
	}
	w.clock.add(2 * day)
	if r := w.retain(); r.Messages != 1 {
		t.Fatal("kept over 28 days after the last delivery")
	}
	if w.count("SELECT sum(n) FROM letter_tally WHERE event = 'sent'") != 2 || w.count("SELECT count(*) FROM message_proof") != 1 {
		t.Error("counts or proof went with the message")
	}
	w.clock.add(365 * day)
	if r := w.retain(); r.Proofs != 1 {
		t.Error("the proof outlived its year")
	}
}

func TestNothingIsKeptOverSixtyDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	w.confirm(w.confirmToken(receipt))
	w.clock.add(59 * day)
	w.moved(w.receipt(receipt).Ours()[0].ID, mail.Deferred) // still on its way
	if r := w.retain(); r.Messages != 0 {
		t.Fatal("erased before sixty days while on its way")
	}
	w.clock.add(2 * day)
	if r := w.retain(); r.Messages != 1 {
		t.Error("kept over sixty days")
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	receipt := w.submit(s)
	message := w.messageID(receipt)
	token := w.confirmToken(receipt)
	w.confirm(token)
	other := s
	other.Email = "other@example.org"
	w.submit(other)
	delivery := w.receipt(receipt).Ours()[0].ID
	err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		n, err := w.Erase(t.Context(), tx, supporter.MailboxKey(w.box, s.Email))
		if n != 1 {
			t.Errorf("%d messages erased, want hers", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.count("SELECT count(*) FROM message WHERE status = 'erased' AND mailbox_key IS NULL AND digest IS NULL") != 1 || w.count("SELECT count(*) FROM message_person") != 1 {
		t.Error("hers stayed, or another's went")
	}
	for name, err := range map[string]error{
		"receipt": second(w.Receipt(t.Context(), receipt)), "confirm": second(w.Confirm(t.Context(), token)),
		"letter to an office": second(w.Outgoing(t.Context(), delivery)), "copy": second(w.CopyMail(t.Context(), message)),
		"confirm mail": second(w.ConfirmMail(t.Context(), message)),
	} {
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s after erasing: %v, want not found, so that its mail is dropped", name, err)
		}
	}
	w.moved(delivery, mail.Dropped) // a mail whose subject is gone moves nothing and harms nothing
}

func second[T any](_ T, err error) error { return err }

func TestMovesAreLegalAndRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	w.confirm(w.confirmToken(receipt))
	l := w.receipt(receipt).Ours()[0]
	for _, state := range []string{mail.Sending, mail.Deferred, mail.Sending, mail.Sent, mail.Deferred, mail.Failed, mail.Sent} {
		w.clock.add(time.Minute)
		w.moved(l.ID, state)
	}
	var moves []letter.DeliveryMove
	if err := w.db.Read(t.Context()).Where("delivery_id = ?", l.ID).Order("id").Find(&moves).Error; err != nil {
		t.Fatal(err)
	}
	var got string
	for _, m := range moves {
		got += string(m.FromState) + ">" + string(m.ToState) + " "
	}
	if want := "queued>sending sending>deferred deferred>sending sending>sent "; got != want {
		t.Errorf("history: %s, want %s: what was accepted stays accepted", got, want)
	}
	if w.count("SELECT sum(n) FROM letter_event WHERE event = 'sent'") != 1 {
		t.Error("one acceptance is counted once")
	}
	if err := w.Done(t.Context(), receipt, l.ID); err != nil || w.receipt(receipt).Ours()[0].State != letter.Sent {
		t.Error("a sent letter was marked as sent by hand")
	}
}
