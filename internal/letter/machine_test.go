package letter_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/postgres"
)

// machine is one letter to an office, the mails that carry it, and what the office
// has been handed.
type machine struct {
	*rapid.T
	w        *world
	receipt  string
	message  uuid.UUID
	delivery uuid.UUID
	official string
	drawn    map[uuid.UUID]bool // mails that a worker has drawn and not begun
	handed   int                // times that the office acknowledged it
}

func (m *machine) one(why string, err error) {
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		m.Fatalf("%s: %v", why, err)
	}
}

func (m *machine) stands() letter.Delivery {
	var d letter.Delivery
	if err := m.w.db.Gorm.Take(&d, "id = ?", m.delivery).Error; err != nil {
		m.Fatal(err)
	}
	return d
}

// unread does what must leave alone what a person is to read.
func (m *machine) unread(do func()) {
	before := m.stands()
	do()
	if after := m.stands(); before.HeldFor == letter.HoldReview && (after.State != letter.Held || after.HeldFor != letter.HoldReview) {
		m.Fatalf("nobody read it, and it stands %s", after.State)
	}
}

func (m *machine) mails(states ...string) []mail.Mail {
	var rows []mail.Mail
	err := m.w.db.Gorm.Order("id").Find(&rows, "kind = ? AND subject_id = ? AND state IN ?", letter.MailDelivery, m.delivery, states).Error
	if err != nil {
		m.Fatal(err)
	}
	return rows
}

// move moves a mail and tells the letter, as a worker does; wanted is false when
// the letter doesn't want to go any more.
func (m *machine) move(row mail.Mail, state string) (wanted bool) {
	err := m.w.db.InTx(m.w.t.Context(), func(tx *postgres.Tx) error {
		if err := tx.Exec("UPDATE mail SET state = ? WHERE id = ?", state, row.ID).Error; err != nil {
			return err
		}
		return m.w.Moved(m.w.t.Context(), tx, row, mail.Outcome{State: state, At: m.w.clock.now()})
	})
	if err != nil && !errors.Is(err, mail.ErrUnwanted) {
		m.Fatal(err)
	}
	return err == nil
}

// draw is a worker's first half: what it is refused it drops.
func (m *machine) draw() {
	for _, row := range m.mails(mail.Queued, mail.Deferred) {
		if _, err := m.w.Dispatch(m.w.t.Context(), row); fault.KindOf(err) == fault.KindNotFound {
			m.move(row, mail.Dropped)
			delete(m.drawn, row.ID)
		} else if err == nil {
			m.drawn[row.ID] = true
		} else {
			m.Fatal(err)
		}
	}
}

// begin is its second half: it marks what it has drawn, whatever came between.
func (m *machine) begin() {
	for _, row := range m.mails(mail.Queued, mail.Deferred) {
		if m.drawn[row.ID] && !m.move(row, mail.Sending) {
			m.move(row, mail.Dropped)
		}
		delete(m.drawn, row.ID)
	}
}

func (m *machine) end(state string) {
	for _, row := range m.mails(mail.Sending) {
		if m.move(row, state); state == mail.Sent {
			m.handed++
		}
	}
}

// However workers, staff, the operator and the writer come between each other, a
// letter goes once at most, only where a person who was to read it let it go, and
// its history leads from state to state without a gap.
func TestALetterGoesOnceWhateverComesBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	composed := w.byAddress(civicstest.Denver)
	rapid.Check(t, func(rt *rapid.T) {
		s := maya(composed)
		s.Email = uuid.NewString() + "@example.org"
		receipt := w.submit(s)
		w.confirm(w.confirmToken(receipt))
		first := w.receipt(receipt).Ours()[0]
		m := &machine{
			T: rt, w: w, receipt: receipt, message: w.messageID(receipt), delivery: first.ID, official: first.OfficialID, drawn: map[uuid.UUID]bool{},
		}
		decide := func(decision letter.Decision) func(*rapid.T) {
			return func(*rapid.T) {
				_, err := w.Decide(t.Context(), m.message, decision, "Because.", "lee")
				m.one(string(decision), err)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"draw":         func(*rapid.T) { m.unread(m.draw) },
			"begin":        func(*rapid.T) { m.unread(m.begin) },
			"acknowledged": func(*rapid.T) { m.end(mail.Sent) },
			"put off":      func(*rapid.T) { m.end(mail.Deferred) },
			"refused":      func(*rapid.T) { m.end(mail.Failed) },
			"bounced": func(*rapid.T) {
				for _, row := range m.mails(mail.Sent) {
					m.move(row, mail.Bounced)
				}
			},
			"stop": func(*rapid.T) {
				_, err := w.Stop(t.Context(), m.message)
				m.one("stop", err)
			},
			"send":   decide(letter.DecisionSend),
			"return": decide(letter.DecisionReturn),
			"refuse": decide(letter.DecisionRefuse),
			"data is old": func(*rapid.T) {
				m.one("hold", w.db.Gorm.Exec(`WITH held AS (UPDATE delivery SET state = 'held', held_for = 'old_data' WHERE id = ? AND state = 'queued' RETURNING id)
					INSERT INTO delivery_move (delivery_id, from_state, to_state, code, enhanced, held_for, at)
					SELECT id, 'queued', 'held', 0, '', 'old_data', now() FROM held`, m.delivery).Error)
			},
			"release": func(*rapid.T) {
				m.unread(func() {
					_, err := w.ReleaseOfficial(t.Context(), m.official)
					m.one("release", err)
				})
			},
			"sent by hand": func(*rapid.T) { m.one("done", w.Done(t.Context(), receipt, m.delivery)) },
			"": func(*rapid.T) {
				d := m.stands()
				if m.handed > 1 {
					m.Fatalf("the office got it %d times", m.handed)
				}
				if len(m.mails(mail.Sending)) > 1 {
					m.Fatal("two mails carry it at a time")
				}
				if sending := len(m.mails(mail.Sending)) == 1; sending != (d.State == letter.Sending) {
					m.Fatalf("it stands %s; on its way: %v", d.State, sending)
				}
				if m.handed == 1 && !slices.Contains([]letter.State{letter.Sent, letter.Bounced, letter.DoneByYou}, d.State) {
					m.Fatalf("the office has it, and it stands %s", d.State)
				}
				w.clock.add(time.Second)
			},
		})
		if broken := w.count(`SELECT count(*) FROM (
			SELECT from_state, lag(to_state) OVER (ORDER BY id) AS before FROM delivery_move WHERE delivery_id = ?) AS m
			WHERE before <> from_state`, m.delivery); broken > 0 {
			rt.Fatalf("%d gaps in its history", broken)
		}
	})
}
