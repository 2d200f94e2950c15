package letter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// legalMoves are the moves of a delivery, said apart from the code and from the
// table: what the model may do, and what a history may hold.
var legalMoves = map[letter.State]string{
	letter.Queued:   "sending sent deferred failed captured held needs_you",
	letter.Sending:  "queued sending sent deferred failed captured held needs_you",
	letter.Deferred: "queued sending sent deferred failed captured held needs_you",
	letter.Held:     "queued held failed needs_you",
	letter.Sent:     "bounced",
	letter.Failed:   "needs_you done_by_you",
	letter.NeedsYou: "done_by_you",
	letter.Bounced:  "done_by_you",
}

func legal(from, to letter.State) bool {
	return slices.Contains(strings.Fields(legalMoves[from]), string(to))
}

// byMail is where a delivery goes when the mail that carries it has moved.
var byMail = map[string]letter.State{
	mail.Queued: letter.Queued, mail.Sending: letter.Sending, mail.Sent: letter.Sent, mail.Deferred: letter.Deferred,
	mail.Failed: letter.Failed, mail.Captured: letter.Captured, mail.Dropped: letter.Failed, mail.Bounced: letter.Bounced,
}

// counted are the states to which coming is counted.
var counted = []letter.State{
	letter.Sent, letter.Bounced, letter.Failed, letter.Captured, letter.Held, letter.NeedsYou, letter.DoneByYou,
}

// modelDelivery is a delivery as the model has it.
type modelDelivery struct {
	id, official string
	state        letter.State
	why          letter.Hold
	checked      bool
	answer       letter.Answer
	mails        []uuid.UUID // that were queued for it; the last one carries it
	moves        []string
}

// model is one message, and what ought to be true of it.
type model struct {
	*world
	r *rapid.T

	id               uuid.UUID
	email            string
	receipt, confirm string
	written, until   time.Time // until: the link that confirms works
	confirmed        time.Time
	moved            time.Time // the last move of any delivery
	status           letter.MessageState
	finding          bool
	deliveries       []*modelDelivery
	moves            []string
	events           map[string]int
}

// TestALetterStandsWhereTheModelSays lets chance confirm, send, hold, decide, stop
// and erase one message, by mails that carry it and by mails that did, and holds
// the database against a model after each step.
func TestALetterStandsWhereTheModelSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Letters = letter.New(letter.Options{ // a live site: on old data letters are held
		DB: w.db, Box: w.box, Post: w.post, Atlas: w.atlas, Issues: issue.New(w.db),
		Supporters: supporter.New(w.db, w.box, w.clock.now), Live: true, Now: w.clock.now,
	})
	start := w.clock.now()
	n := 0
	seen := map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		n++
		// Addresses grow old 120 days after the snapshot; a message lives for 60.
		w.clock.set(start.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 20, 70, 110}).Draw(r, "age in days")) * day))
		m := newModel(r, w, n)
		r.Repeat(map[string]func(*rapid.T){
			"": m.check,
			// What happens often stands here more than once.
			"mail moves 1": m.doMailMoves, "mail moves 2": m.doMailMoves, "mail moves 3": m.doMailMoves, "mail moves 4": m.doMailMoves,
			"mail moves 5": m.doMailMoves, "confirm 1": m.doConfirm, "confirm 2": m.doConfirm, "mail is taken 1": m.doDispatch, "mail is taken 2": m.doDispatch,
			"done by hand 1": m.doDone, "done by hand 2": m.doDone, "answered 1": m.doAnswered, "answered 2": m.doAnswered,
			"decide 1": m.doDecide, "decide 2": m.doDecide, "stop": m.doStop, "release 1": m.doRelease, "release 2": m.doRelease,
			"recheck": m.doRecheck, "time passes": m.doWait, "retain": m.doRetain, "erase": m.doErase,
		})
		for _, d := range m.deliveries {
			for _, move := range d.moves {
				seen[move] = true
			}
		}
		m.doErase(r)
		m.check(r)
	})
	t.Logf("%d messages; moves that were made: %s", n, strings.Join(slices.Sorted(maps.Keys(seen)), ", "))
	if len(seen) < 8 { // by chance about twice as many: fewer would mean that the model stands still
		t.Errorf("only %d of the legal moves were made", len(seen))
	}
}

func newModel(r *rapid.T, w *world, n int) *model {
	m := &model{world: w, r: r, status: letter.MessageAwaiting, written: w.clock.now(), events: map[string]int{}, email: fmt.Sprintf("maya.%d@example.org", n)}
	m.moved = m.written
	m.exec("DELETE FROM letter_event")
	m.exec("DELETE FROM letter_tally")
	m.exec("DELETE FROM message")
	m.exec("DELETE FROM mail")
	form := maya(w.byAddress(civicstest.Denver))
	form.Email = m.email
	var err error
	if m.receipt, err = w.Submit(w.t.Context(), form); err != nil {
		r.Fatal(err)
	}
	m.id = w.messageID(m.receipt)
	if m.finding = rapid.IntRange(0, 3).Draw(r, "a rule is met") == 3; m.finding {
		w.found(m.id)
	}
	asked, err := w.ConfirmMail(w.t.Context(), m.id)
	if err != nil {
		r.Fatal(err)
	}
	m.confirm, m.until = asked.Confirm, asked.Expires
	m.events["written"], m.events["recipient"] = 1, 0
	for _, l := range w.receipt(m.receipt).Letters {
		m.deliveries = append(m.deliveries, &modelDelivery{id: l.ID.String(), official: l.OfficialID, state: l.State})
		m.events["recipient"]++
		if l.State == letter.NeedsYou {
			m.events["needs_you"]++
		}
	}
	if rapid.IntRange(0, 4).Draw(r, "confirmed later") < 4 {
		m.doConfirm(r)
	}
	return m
}

func (m *model) exec(statement string, args ...any) {
	if err := m.db.Read(m.t.Context()).Exec(statement, args...).Error; err != nil {
		m.r.Fatal(err)
	}
}

func (m *model) now() time.Time { return m.clock.now() }
func (m *model) gone() bool {
	return m.status == letter.MessageErased || m.status == letter.MessageExpired
}

// opens tells whether the receipt does.
func (m *model) opens() bool { return !m.gone() && !m.now().After(m.written.Add(60*day)) }

// step moves a delivery in the model, when that is legal.
func (m *model) step(d *modelDelivery, to letter.State, why letter.Hold) bool {
	if m.gone() || !legal(d.state, to) {
		return false
	}
	d.moves = append(d.moves, string(d.state)+">"+string(to))
	if d.state != to && slices.Contains(counted, to) {
		m.events[string(to)]++
	}
	d.state, d.why, m.moved = to, why, m.now()
	return true
}

// queued are the mails of a delivery, in the order in which they came.
func (m *model) queued(d *modelDelivery) []uuid.UUID {
	var ids []uuid.UUID
	err := m.db.Read(m.t.Context()).Raw("SELECT id FROM mail WHERE subject_id = ? ORDER BY id", d.id).Scan(&ids).Error
	if err != nil {
		m.r.Fatal(err)
	}
	return ids
}

// carried notes that another mail carries a delivery now.
func (m *model) carried(r *rapid.T, d *modelDelivery) {
	ids := m.queued(d)
	if len(ids) != len(d.mails)+1 {
		r.Fatalf("%d mails for a delivery, want %d", len(ids), len(d.mails)+1)
	}
	d.mails = ids
}

// wants fails unless err is, or isn't, that there is no such thing.
func wants(r *rapid.T, what string, err error, found bool) {
	if found != (err == nil) || err != nil && fault.KindOf(err) != fault.KindNotFound {
		r.Fatalf("%s: %v, want it taken: %v", what, err, found)
	}
}

func (m *model) doConfirm(r *rapid.T) {
	works := !m.gone() && !m.now().After(m.until)
	done, err := m.Confirm(m.t.Context(), m.confirm)
	wants(r, "confirm", err, works)
	if !works {
		return
	}
	if done.Again != (m.status == letter.MessageConfirmed) {
		r.Fatalf("confirmed again: %v", done.Again)
	}
	if done.Again {
		return
	}
	m.status, m.confirmed = letter.MessageConfirmed, m.now()
	m.moves = append(m.moves, "awaiting_confirmation>confirmed")
	m.events["confirmed"]++
	for _, d := range m.deliveries {
		switch {
		case d.state != letter.Queued:
		case m.finding:
			m.step(d, letter.Held, letter.HoldReview)
		default:
			m.carried(r, d)
		}
	}
}

// of draws a delivery that leaves from here, mostly.
func (m *model) of(r *rapid.T) *modelDelivery {
	return m.deliveries[rapid.SampledFrom([]int{0, 1, 0, 1, 0, 1, 2, len(m.deliveries) - 1}).Draw(r, "delivery")]
}

// mailOf draws a mail of a delivery: the one that carries it, or a former one.
func (m *model) mailOf(r *rapid.T, d *modelDelivery) (row mail.Mail, carries bool) {
	if len(d.mails) == 0 {
		r.Skip("no mail carries it")
	}
	last := len(d.mails) - 1
	at := rapid.SampledFrom([]int{last, last, rapid.IntRange(0, last).Draw(r, "former")}).Draw(r, "mail")
	return mail.Mail{ID: d.mails[at], Kind: letter.MailDelivery, SubjectID: uuid.MustParse(d.id)}, at == last
}

func (m *model) doMailMoves(r *rapid.T) {
	d := m.of(r)
	row, carries := m.mailOf(r, d)
	to := rapid.SampledFrom(slices.Sorted(maps.Keys(byMail))).Draw(r, "mail is")
	m.movedMail(row, to)
	if carries && d.state != letter.Held && byMail[to] != letter.NeedsYou {
		m.step(d, byMail[to], letter.HoldNone)
	}
}

// doDispatch is what a worker asks before it hands a mail over.
func (m *model) doDispatch(r *rapid.T) {
	d := m.of(r)
	row, carries := m.mailOf(r, d)
	_, err := m.Dispatch(m.t.Context(), row)
	open := slices.Contains([]letter.State{letter.Queued, letter.Sending, letter.Deferred}, d.state)
	old := m.now().Sub(m.knownOn(d)) > 120*day && d.state != letter.Sending && !d.checked
	wants(r, "dispatch", err, !m.gone() && open && carries && !old)
	if !m.gone() && open && carries && old {
		m.step(d, letter.Held, letter.HoldOldData)
	}
}

// knownOn is the day of what is known of a delivery's official.
func (m *model) knownOn(d *modelDelivery) time.Time {
	o, found := m.atlas.Official(d.official)
	if !found {
		m.r.Fatal("nobody holds", d.official)
	}
	return o.AsOf
}

func (m *model) doDecide(r *rapid.T) {
	decision := rapid.SampledFrom([]letter.Decision{letter.DecisionSend, letter.DecisionReturn, letter.DecisionRefuse}).Draw(r, "decision")
	n, err := m.Decide(m.t.Context(), m.id, decision, "It names a private address.", "lee")
	var held []*modelDelivery
	for _, d := range m.deliveries {
		if !m.gone() && d.state == letter.Held && d.why == letter.HoldReview {
			held = append(held, d)
		}
	}
	wants(r, "decide", err, len(held) > 0)
	if n != len(held) {
		r.Fatalf("%d letters decided, want %d", n, len(held))
	}
	for _, d := range held {
		switch decision {
		case letter.DecisionSend:
			m.step(d, letter.Queued, letter.HoldNone)
			m.carried(r, d)
		case letter.DecisionReturn:
			m.step(d, letter.NeedsYou, letter.HoldNone)
		case letter.DecisionRefuse:
			m.step(d, letter.Failed, letter.HoldNone)
		}
	}
}

func (m *model) doStop(r *rapid.T) {
	n, err := m.Stop(m.t.Context(), m.id)
	wants(r, "stop", err, m.status == letter.MessageConfirmed)
	if err != nil {
		return
	}
	want := 0
	for _, d := range m.deliveries {
		goesOn := d.state == letter.Held && d.why != letter.HoldReview // by itself, when newer data comes
		if d.state == letter.Queued || d.state == letter.Deferred || goesOn {
			m.step(d, letter.Held, letter.HoldReview)
			want++
		}
	}
	if n != want {
		r.Fatalf("%d letters stopped, want %d", n, want)
	}
}

func (m *model) doRelease(r *rapid.T) {
	official := rapid.SampledFrom([]string{"", m.deliveries[0].official, m.deliveries[1].official}).Draw(r, "released")
	var done letter.Released
	var err error
	if official == "" {
		done, err = m.ReleaseOldData(m.t.Context())
	} else {
		done, err = m.ReleaseOfficial(m.t.Context(), official)
	}
	want := 0
	for _, d := range m.deliveries {
		if !m.gone() && d.state == letter.Held && d.why == letter.HoldOldData && (official == "" || official == d.official) {
			m.step(d, letter.Queued, letter.HoldNone)
			m.carried(r, d)
			d.checked = true
			want++
		}
	}
	if err != nil || done.Sent != want || len(done.Stay) > 0 {
		r.Fatalf("released %+v, %v, want %d", done, err, want)
	}
}

// doRecheck looks again though no newer data came.
func (m *model) doRecheck(r *rapid.T) {
	if done, err := m.Recheck(m.t.Context()); err != nil || done.Sent != 0 {
		r.Fatalf("sent on without newer data: %+v %v", done, err)
	}
}

func (m *model) doDone(r *rapid.T) {
	d := m.of(r)
	wants(r, "done by hand", m.Done(m.t.Context(), m.receipt, uuid.MustParse(d.id)), m.opens())
	if m.opens() {
		m.step(d, letter.DoneByYou, letter.HoldNone)
	}
}

func (m *model) doAnswered(r *rapid.T) {
	d := m.of(r)
	answer := rapid.SampledFrom([]letter.Answer{letter.AnswerYes, letter.AnswerNo}).Draw(r, "answer")
	can := m.opens() && (d.state == letter.Sent || d.state == letter.DoneByYou)
	wants(r, "answer", m.Answered(m.t.Context(), m.receipt, uuid.MustParse(d.id), answer), can)
	if !can || d.answer == answer {
		return
	}
	event := map[letter.Answer]string{letter.AnswerYes: "answered", letter.AnswerNo: "no_answer"}
	if d.answer != letter.AnswerUntold {
		m.events[event[d.answer]]--
	}
	m.events[event[answer]]++
	d.answer = answer
}

func (m *model) doWait(r *rapid.T) {
	m.clock.add(time.Duration(rapid.SampledFrom([]int{1, 5, 30, 24 * 3, 24 * 10, 24 * 15}).Draw(r, "hours")) * time.Hour)
}

func (m *model) doRetain(r *rapid.T) {
	if _, err := m.Retain(m.t.Context()); err != nil {
		r.Fatal(err)
	}
	held := slices.ContainsFunc(m.deliveries, func(d *modelDelivery) bool { return d.state == letter.Held })
	last := m.moved
	if m.confirmed.After(last) {
		last = m.confirmed
	}
	age := m.now().Sub(m.written)
	switch {
	case m.status == letter.MessageAwaiting && age > 14*day:
		m.end(letter.MessageExpired)
	case m.status == letter.MessageConfirmed && (age > 60*day || !held && m.now().Sub(last) > 28*day):
		m.end(letter.MessageErased)
	}
}

func (m *model) doErase(r *rapid.T) {
	if r != m.r && rapid.IntRange(0, 4).Draw(r, "asks for it") > 0 {
		r.Skip("nobody asks for it often")
	}
	var n int64
	err := m.db.InTx(m.t.Context(), func(tx *postgres.Tx) (err error) {
		n, err = m.Erase(m.t.Context(), tx, supporter.MailboxKey(m.box, m.email))
		return err
	})
	if err != nil || (n == 1) == m.gone() || n > 1 {
		r.Fatalf("%d messages erased, %v", n, err)
	}
	m.end(letter.MessageErased)
}

func (m *model) end(as letter.MessageState) {
	if !m.gone() {
		m.moves = append(m.moves, string(m.status)+">"+string(as))
		m.status = as
	}
}

// check holds the database against the model.
func (m *model) check(r *rapid.T) {
	var status string
	m.ask(r, &status, "SELECT status FROM message WHERE id = ?", m.id)
	if status == "" && m.gone() && m.now().Sub(m.written) > 60*day {
		status = string(m.status) // the row has ended with its receipt
	} else {
		var moves []string
		m.ask(r, &moves, "SELECT from_state || '>' || to_state FROM message_move WHERE message_id = ? ORDER BY id", m.id)
		if !slices.Equal(moves, m.moves) {
			r.Fatalf("the message's history is %v, want %v", moves, m.moves)
		}
	}
	if status != string(m.status) {
		r.Fatalf("the message is %s, want %s", status, m.status)
	}
	m.checkDeliveries(r)
	m.checkEvents(r)
	if m.gone() {
		m.checkNothingPersonal(r)
	}
}

func (m *model) ask(r *rapid.T, into any, query string, args ...any) {
	if err := m.db.Read(m.t.Context()).Raw(query, args...).Scan(into).Error; err != nil {
		r.Fatal(err)
	}
}

func (m *model) checkDeliveries(r *rapid.T) {
	var rows []struct {
		ID      string
		State   letter.State
		HeldFor letter.Hold
		Answer  letter.Answer
		Moves   string
	}
	m.ask(r, &rows, `
		SELECT d.id, d.state, d.held_for, d.answer, coalesce(string_agg(h.from_state || '>' || h.to_state, ' ' ORDER BY h.id), '') AS moves
		FROM delivery d LEFT JOIN delivery_move h ON h.delivery_id = d.id WHERE d.message_id = ? GROUP BY d.id ORDER BY d.position`, m.id)
	if m.gone() {
		if len(rows) > 0 {
			r.Fatalf("%d deliveries of a message that is gone", len(rows))
		}
		return
	}
	if len(rows) != len(m.deliveries) {
		r.Fatalf("%d deliveries", len(rows))
	}
	for i, row := range rows {
		d := m.deliveries[i]
		if row.ID != d.id || row.State != d.state || row.HeldFor != d.why || row.Answer != d.answer {
			r.Fatalf("delivery %d is %+v, want %s %s %q; its moves %v", i, row, d.state, d.why, d.answer, d.moves)
		}
		if row.Moves != strings.Join(d.moves, " ") {
			r.Fatalf("the history is %s, want %v", row.Moves, d.moves)
		}
		for k, move := range strings.Fields(row.Moves) {
			from, to, _ := strings.Cut(move, ">")
			if !legal(letter.State(from), letter.State(to)) {
				r.Fatalf("%s is not legal", move)
			}
			if k > 0 && !strings.HasSuffix(strings.Fields(row.Moves)[k-1], ">"+from) {
				r.Fatalf("the history doesn't chain: %s", row.Moves)
			}
		}
	}
}

// checkEvents compares the counts, gathered or not, with all that has happened.
func (m *model) checkEvents(r *rapid.T) {
	var rows []struct {
		Event string
		N     int
	}
	m.ask(r, &rows, `
		SELECT event, sum(n) AS n FROM (SELECT event, n FROM letter_event UNION ALL SELECT event, n FROM letter_tally) t
		WHERE event NOT IN ('own_words', 'all_words', 'statement') GROUP BY event HAVING sum(n) <> 0`)
	got := map[string]int{}
	for _, row := range rows {
		got[row.Event] = row.N
	}
	want := maps.Clone(m.events)
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	if !maps.Equal(got, want) {
		r.Fatalf("counted %v, want %v", got, want)
	}
}

// checkNothingPersonal fails when a message that is gone has left anything of who
// wrote it, and of what.
func (m *model) checkNothingPersonal(r *rapid.T) {
	var left int
	m.ask(r, &left, `SELECT
		(SELECT count(*) FROM message_person WHERE message_id = @id) + (SELECT count(*) FROM message_text WHERE message_id = @id)
		+ (SELECT count(*) FROM delivery_move h WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.id = h.delivery_id))
		+ (SELECT count(*) FROM message WHERE id = @id AND (mailbox_key IS NOT NULL OR digest IS NOT NULL OR address_key IS NOT NULL
			OR network_key IS NOT NULL OR updates_ask <> '' OR findings <> '[]' OR flags <> '[]'))`, map[string]any{"id": m.id})
	if left != 0 {
		r.Fatalf("%d rows still tell of who wrote", left)
	}
}
