package letter_test

import (
	"fmt"
	"testing"
	"time"

	"redress/internal/civics/civicstest"
	"redress/internal/letter"
	"redress/internal/mail"
)

// The slow lane makes the mail wait, and changes nothing else that anybody sees.
func TestASlowLettersMailWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quick := maya(w.byAddress(civicstest.Denver))
	slow := quick
	slow.Slow, slow.Email = true, "somebody.else@example.org"
	one, other := w.receipt(w.submit(quick)), w.receipt(w.submit(slow))
	if len(one.Letters) != len(other.Letters) || one.Waiting() != other.Waiting() || !one.Written.Equal(other.Written) || (other.Confirmed != nil) != (one.Confirmed != nil) {
		t.Error("the receipt tells which lane the mail takes")
	}
	var rows []mail.Mail
	if err := w.db.Read(t.Context()).Order("created_at, id").Find(&rows, "kind = ?", letter.MailConfirm).Error; err != nil || len(rows) != 2 {
		t.Fatalf("%d mails, %v", len(rows), err)
	}
	if wait := rows[0].NotBefore.Sub(rows[0].CreatedAt); wait != 0 || rows[0].Kind != letter.MailConfirm {
		t.Errorf("a %s waits %v", rows[0].Kind, wait)
	}
	if wait := rows[1].NotBefore.Sub(rows[1].CreatedAt); wait < 10*time.Minute || wait > 20*time.Minute || rows[1].Kind != letter.MailConfirm {
		t.Errorf("a slow %s waits %v", rows[1].Kind, wait)
	}
}

// Whoever types somebody's address into more letters than anybody writes gets
// the answer that everyone gets, and the mailbox nothing more that day.
func TestAMailboxGetsTenLettersADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	write := func(n int) letter.Receipt {
		t.Helper()
		s.Story = fmt.Sprintf("Story number %d.", n)
		w.clock.add(time.Minute)
		return w.receipt(w.submit(s))
	}
	first := write(1)
	for n := 2; n <= 10; n++ {
		write(n)
	}
	if confirm, _ := w.asked(); confirm != 10 {
		t.Fatalf("ten letters set off %d mails", confirm)
	}
	full := write(11)
	if len(full.Letters) != len(first.Letters) || full.Waiting() != first.Waiting() || full.Confirmed != nil {
		t.Error("the eleventh receipt differs")
	}
	if confirm, _ := w.asked(); confirm != 10 {
		t.Errorf("eleven letters set off %d mails", confirm)
	}
	if rows := w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailConfirm); rows != 11 {
		t.Errorf("%d rows, want one for each letter", rows)
	}
	if n := w.count("SELECT sum(n) FROM letter_event WHERE event = 'written'"); n != 10 {
		t.Errorf("%d letters counted", n)
	}
	w.clock.add(remindable)
	write(11) // asking for it again doesn't help
	if confirm, _ := w.asked(); confirm != 10 {
		t.Errorf("the eleventh again sets off a mail: %d", confirm)
	}
	write(3) // but one that was taken can be asked for again
	if confirm, _ := w.asked(); confirm != 11 {
		t.Errorf("the third again: %d mails", confirm)
	}
	other := s
	other.Email = "somebody.else@example.org"
	w.submit(other)
	if confirm, _ := w.asked(); confirm != 12 {
		t.Errorf("another mailbox: %d mails", confirm)
	}
	w.clock.add(24 * time.Hour)
	write(12)
	if confirm, _ := w.asked(); confirm != 13 {
		t.Errorf("the next day: %d mails", confirm)
	}
}

const remindable = 11 * time.Minute
