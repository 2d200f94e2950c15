package jobs_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/mail"
)

// factsWorld is a letterWorld whose civic facts stand in its database and move
// with its clock.
func factsWorld(t *testing.T, live bool) *letterWorld {
	t.Helper()
	return letterWorldOn(t, live, func(w *letterWorld) *civics.Atlas {
		return civicstest.Atlas(t, w.db, civics.WithClock(w.now))
	})
}

// facts changes civic facts as an import does.
func (w *letterWorld) facts(change string, args ...any) {
	w.t.Helper()
	if err := w.db.Gorm.Exec(change, args...).Error; err != nil {
		w.t.Fatal(err)
	}
	if err := w.atlas.Reload(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// asOf dates what is known of state legislators.
func (w *letterWorld) asOf(day time.Time) {
	w.t.Helper()
	w.facts("UPDATE official SET as_of = ? WHERE dataset = 'openstates'", day)
}

func (w *letterWorld) mark(official, field, value string) {
	w.t.Helper()
	w.facts("INSERT INTO correction (official_id, field, value, source) VALUES (?, ?, ?, 'court order of June 1')", official, field, value)
}

func (w *letterWorld) unmark(official string) {
	w.t.Helper()
	w.facts("DELETE FROM correction WHERE official_id = ?", official)
}

// ours are the deliveries that go out from here.
func (w *letterWorld) ours(receipt string) []letter.Tracked {
	w.t.Helper()
	r, err := w.Receipt(w.t.Context(), receipt)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Ours()
}

// wantHeld checks that a delivery stands held for a reason, and that the last row
// of its history says the same.
func (w *letterWorld) wantHeld(d letter.Tracked, want letter.Hold) {
	w.t.Helper()
	if d.State != letter.Held || d.HeldFor != want {
		w.t.Fatalf("it stands %s for %q, want held for %q", d.State, d.HeldFor, want)
	}
	last := w.history(d.ID)
	if row := last[len(last)-1]; row.ToState != letter.Held || row.HeldFor != want {
		w.t.Errorf("its history ends with %+v", row)
	}
}

func (w *letterWorld) history(delivery uuid.UUID) []letter.DeliveryMove {
	w.t.Helper()
	var moves []letter.DeliveryMove
	if err := w.db.Gorm.Where("delivery_id = ?", delivery).Order("id").Find(&moves).Error; err != nil || len(moves) == 0 {
		w.t.Fatalf("no history: %v", err)
	}
	return moves
}

// written are the letters that reached an office.
func (w *letterWorld) written(address string) int { return len(w.inbox(address)) }

// openMails counts the mails that a worker may still send.
func (w *letterWorld) openMails() int64 {
	w.t.Helper()
	var n int64
	if err := w.db.Gorm.Table("mail").Where("state IN ? AND not_before <= ?", []string{mail.Queued, mail.Sending, mail.Deferred}, w.now()).Count(&n).Error; err != nil {
		w.t.Fatal(err)
	}
	return n
}

func sent(r letter.Released, err error) int {
	if err != nil {
		return -1
	}
	return r.Sent
}

var past = 121 * 24 * time.Hour

// Live mail that rests on an old list waits; newer data sends it on by itself
// where the office's address is still the one it was written to.
func TestOldDataHoldsLiveMailUntilNewerCame(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	w.asOf(civicstest.Day.Add(-past))
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	ours := w.ours(receipt)
	if len(ours) != 2 {
		t.Fatalf("%d letters", len(ours))
	}
	for _, d := range ours {
		w.wantHeld(d, letter.HoldOldData)
		if w.written(d.SentTo) != 0 {
			t.Fatal("a letter went out on old data")
		}
	}
	inbox := w.inbox("maya.ortiz@example.org")
	if last := inbox[len(inbox)-1]; !strings.Contains(last.Text, "hasn’t gone out yet") {
		t.Errorf("the copy says that the letters went: %s", last.Text)
	}
	if n := w.openMails(); n != 0 {
		t.Errorf("%d mails still wait", n)
	}
	if n := sent(w.Recheck(t.Context())); n != 0 {
		t.Fatalf("%d letters sent on without newer data", n)
	}
	// Newer data comes; one of the offices has another address now.
	changed, same := ours[0], ours[1]
	w.facts("UPDATE channel SET value = 'new.office@legislature.test' WHERE official_id = ? AND kind = 'email'", changed.OfficialID)
	w.asOf(civicstest.Day)
	done, err := w.Recheck(t.Context())
	if err != nil || done.Sent != 1 || done.Stay[letter.HoldAddress] != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	w.work()
	after := w.ours(receipt)
	w.wantHeld(after[0], letter.HoldAddress)
	if after[1].State != letter.Sent || w.written(same.SentTo) != 1 {
		t.Fatalf("with newer data the letter is %s", after[1].State)
	}
	states := []letter.State{}
	for _, move := range w.history(same.ID) {
		states = append(states, move.ToState)
	}
	if !slices.Equal(states, []letter.State{letter.Held, letter.Queued, letter.Sending, letter.Sent}) {
		t.Errorf("its history is %v", states)
	}
	// The operator has checked the new address.
	if n := sent(w.ReleaseOldData(t.Context())); n != 0 {
		t.Errorf("%d letters to a changed address went with those that were only old", n)
	}
	if n := sent(w.ReleaseOfficial(t.Context(), changed.OfficialID)); n != 1 {
		t.Fatalf("%d letters released", n)
	}
	w.work()
	if w.written("new.office@legislature.test") != 1 || w.written(changed.SentTo) != 0 {
		t.Error("the letter didn't go to the address that is published now")
	}
	if waits, err := letter.ReadWaiting(t.Context(), w.db); err != nil || len(waits) != 0 {
		t.Errorf("%v %v", waits, err)
	}
}

// 120 days are young enough, a minute more is not.
func TestTheAgeAtWhichMailWaits(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	w.asOf(civicstest.Day.Truncate(24*time.Hour).AddDate(0, 0, -119))
	receipt := w.submit(w.maya())
	w.later(12*time.Hour - 30*time.Second) // 120 days, but for the moments that letters keep between them
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Sent)
	second := w.maya()
	second.Story = "Another story."
	receipt = w.submit(second)
	w.later(time.Minute)
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Held)
}

// Captured letters reach nobody, so none waits for its address.
func TestCapturedLettersDontWait(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, false)
	w.asOf(civicstest.Day.Add(-past))
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantStates(receipt, letter.Captured)
}

// The operator's release covers the age, and nothing that comes after.
func TestOperatorReleasesOldData(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	w.asOf(civicstest.Day.Add(-past))
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	first := w.ours(receipt)[0]
	w.mark(first.OfficialID, "offer", "no")
	waits, err := letter.ReadWaiting(t.Context(), w.db)
	if err != nil || len(waits) != 2 || waits[0].Letters != 1 || !waits[0].Since.Equal(civicstest.Day) || waits[0].ErasedFrom.Sub(civicstest.Day) != 60*24*time.Hour {
		t.Fatalf("%+v, %v", waits, err)
	}
	done, err := w.ReleaseOldData(t.Context())
	if err != nil || done.Sent != 1 || done.Stay[letter.HoldNotOffered] != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if n := sent(w.ReleaseOldData(t.Context())); n != 0 {
		t.Error("released twice")
	}
	w.work()
	after := w.ours(receipt)
	w.wantHeld(after[0], letter.HoldNotOffered)
	if after[1].State != letter.Sent || w.written(after[1].SentTo) != 1 {
		t.Errorf("a released letter is %s", after[1].State)
	}
	// The mark stands: naming the official doesn't send it either.
	if done, err = w.ReleaseOfficial(t.Context(), first.OfficialID); err != nil || done.Sent != 0 || done.Stay[letter.HoldNotOffered] != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	w.unmark(first.OfficialID)
	if n := sent(w.Recheck(t.Context())); n != 0 {
		t.Error("what was marked goes on without the operator")
	}
	if n := sent(w.ReleaseOfficial(t.Context(), first.OfficialID)); n != 1 {
		t.Errorf("%d released", n)
	}
	w.work()
	w.wantStates(receipt, letter.Sent)
}

// A mark that comes while letters wait for their server holds them; so does it
// when the newest list no longer names the official. The other letter goes.
func TestMarkHoldsWhatIsQueued(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]bool{"live": true, "captured": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := factsWorld(t, live)
			receipt := w.submit(w.maya())
			marked, gone := w.ours(receipt)[0], w.ours(receipt)[1]
			w.work()
			w.mark(marked.OfficialID, "offer", "no")
			w.facts("DELETE FROM tenure WHERE official_id = ?", gone.OfficialID)
			w.facts("DELETE FROM official WHERE id = ?", gone.OfficialID)
			w.confirmFromMail("maya.ortiz@example.org")
			w.work()
			after := w.ours(receipt)
			w.wantHeld(after[0], letter.HoldNotOffered)
			w.wantHeld(after[1], letter.HoldLeft)
			if after[1].Official.Offered() {
				t.Error("the receipt offers someone who has left")
			}
			for _, d := range after {
				if w.written(d.SentTo) != 0 {
					t.Error("a letter went out")
				}
			}
			if done, err := w.ReleaseOfficial(t.Context(), gone.OfficialID); err != nil || done.Sent != 0 || done.Stay[letter.HoldLeft] != 1 {
				t.Errorf("%+v, %v", done, err)
			}
		})
	}
}

// Between writing and confirming days may pass. An address that was taken back
// meanwhile gets nothing, and the writer is told before they confirm.
func TestAWithdrawnAddressGetsNothing(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]bool{"live": true, "captured": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := factsWorld(t, live)
			receipt := w.submit(w.maya())
			moved, silent := w.ours(receipt)[0], w.ours(receipt)[1]
			w.work()
			w.mark(moved.OfficialID, "email", "new.office@legislature.test")
			w.mark(silent.OfficialID, "email", "")
			w.confirmFromMail("maya.ortiz@example.org")
			w.work()
			for i, d := range w.ours(receipt) {
				w.wantHeld(d, letter.HoldAddress)
				if w.written([]string{moved.SentTo, silent.SentTo}[i]) != 0 {
					t.Error("a letter went to an address that was taken back")
				}
			}
			if done, err := w.Recheck(t.Context()); err != nil || done.Sent != 0 {
				t.Errorf("%+v, %v", done, err)
			}
			if done, err := w.ReleaseOfficial(t.Context(), silent.OfficialID); err != nil || done.Sent != 0 || done.Stay[letter.HoldAddress] != 1 {
				t.Errorf("nowhere to send it: %+v, %v", done, err)
			}
			if n := sent(w.ReleaseOfficial(t.Context(), moved.OfficialID)); n != 1 {
				t.Fatalf("%d released", n)
			}
			w.work()
			want := map[bool]letter.State{true: letter.Sent, false: letter.Captured}[live]
			if d := w.ours(receipt)[0]; d.State != want || d.SentTo != "new.office@legislature.test" {
				t.Errorf("it is %s, to %s", d.State, d.SentTo)
			}
			// So is what waits for its server: the next try finds the address gone.
			w.unmark(silent.OfficialID)
			if n := sent(w.ReleaseOfficial(t.Context(), silent.OfficialID)); n != 1 {
				t.Fatalf("%d released", n)
			}
			w.mark(silent.OfficialID, "email", "")
			w.work()
			w.wantHeld(w.ours(receipt)[1], letter.HoldAddress)
		})
	}
}

// Who sits in the other chamber now represents other people, and the letter
// addresses them by an office that they have left.
func TestWhoChangedChambersGetsNothing(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	receipt := w.submit(w.maya())
	w.work()
	moved := w.ours(receipt)[0]
	w.facts("UPDATE seat SET title = 'State Delegate' WHERE id = (SELECT seat_id FROM tenure WHERE official_id = ?)", moved.OfficialID)
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	after := w.ours(receipt)
	w.wantHeld(after[0], letter.HoldLeft)
	if w.written(moved.SentTo) != 0 || after[1].State != letter.Sent {
		t.Errorf("%d letters went, and the other is %s", w.written(moved.SentTo), after[1].State)
	}
	if done, err := w.ReleaseOfficial(t.Context(), moved.OfficialID); err != nil || done.Sent != 0 || done.Stay[letter.HoldLeft] != 1 {
		t.Errorf("%+v, %v", done, err)
	}
}

// What was deferred by its server is held at the next try.
func TestMarkHoldsWhatIsDeferred(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.server.Stop()
	_ = w.post.Work(t.Context())
	w.server.Start()
	for _, d := range w.ours(receipt) {
		w.mark(d.OfficialID, "left", "resigned")
	}
	w.later(12 * time.Hour)
	w.work()
	for _, d := range w.ours(receipt) {
		w.wantHeld(d, letter.HoldLeft)
	}
}

// A worker that died after it held a letter comes back when the letter was
// released: its mail no longer carries the letter, and the office gets it once.
func TestALateMailDoesNotRepeatAReleasedLetter(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	w.asOf(civicstest.Day.Add(-past))
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	var late []mail.Mail
	if err := w.db.Gorm.Where("kind = ?", letter.MailDelivery).Find(&late).Error; err != nil || len(late) != 2 {
		t.Fatalf("%d mails, %v", len(late), err)
	}
	for _, row := range late { // held, and then the worker dies
		if _, err := w.Dispatch(t.Context(), row); fault.KindOf(err) != fault.KindNotFound {
			t.Fatal(err)
		}
	}
	if n := sent(w.ReleaseOldData(t.Context())); n != 2 {
		t.Fatalf("%d released", n)
	}
	w.work()
	w.wantStates(receipt, letter.Sent)
	for _, d := range w.ours(receipt) {
		if n := w.written(d.SentTo); n != 1 {
			t.Errorf("an office got the letter %d times", n)
		}
	}
	if n := w.openMails(); n != 0 {
		t.Errorf("%d mails still wait", n)
	}
}

// Held letters wait for as long as anything is kept, and are erased then.
func TestHeldLettersAreKeptSixtyDays(t *testing.T) {
	t.Parallel()
	w := factsWorld(t, true)
	w.asOf(civicstest.Day.Add(-past))
	receipt := w.submit(w.maya())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.later(59 * 24 * time.Hour)
	if r, err := w.Retain(t.Context()); err != nil || r.Messages != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	w.wantStates(receipt, letter.Held)
	w.later(48 * time.Hour)
	if r, err := w.Retain(t.Context()); err != nil || r.Messages != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	if waits, err := letter.ReadWaiting(context.Background(), w.db); err != nil || len(waits) != 0 {
		t.Errorf("%v %v", waits, err)
	}
}
