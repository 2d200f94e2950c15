package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/letter"
	"redress/internal/mail/mailtest"
)

// TestLettersThroughCrashes kills the program five times while it sends 200 letters
// to a slow mail server. Every letter arrives, and again only one that was marked
// as being sent when the program died, by the same Message-ID.
func TestLettersThroughCrashes(t *testing.T) {
	if !soaking {
		t.Skip("make soak runs it")
	}
	t.Parallel()
	const writers, kills = 100, 5
	server := mailtest.New(t)
	s := ownSite(t, "REDRESS_SMTP_URL="+server.URL(), "REDRESS_MAIL_FROM=action@center.example", "REDRESS_DELIVERY=live")
	s.env = append(s.env, "REDRESS_BASE_URL="+s.URL)
	s.start(t)
	dateFacts(t, s, time.Now())
	queueLetters(t, s, server, writers)

	server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.Data {
			return mailtest.Reply{Wait: 80 * time.Millisecond}
		}
		return mailtest.Reply{}
	})
	marked := map[string]int{} // how often a mail was being sent when the program died
	for kill := range kills {
		s.start(t)
		arrived := len(server.Received())
		for end := time.Now().Add(time.Minute); len(server.Received()) < arrived+5; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("after %d crashes nothing is sent any more", kill)
			}
		}
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
		s.kill(t)
		died := time.Now()
		s.start(t)
		for _, id := range sendingAt(t, s, died) {
			marked[id]++
		}
		endLeases(t, s, died)
		s.kill(t) // also when it has just begun
		died = time.Now()
		s.start(t)
		for _, id := range sendingAt(t, s, died) {
			marked[id]++
		}
		endLeases(t, s, died)
		s.stop(t)
	}
	s.start(t)
	awaitLettersSent(t, s, 2*writers)
	arrivals := map[string]int{}
	for _, r := range server.Accepted() {
		arrivals[messageID(t, r)]++
	}
	checkArrivals(t, s, arrivals, marked, 2*writers)
}

// queueLetters has people write and confirm while the mail server is away, and
// ends the site. What waits keeps no pace, so that much is on its way at a time.
func queueLetters(t *testing.T, s *site, server *mailtest.Server, writers int) {
	t.Helper()
	senator, representative := legislators(t, s)
	var people []person
	for range writers {
		p := maya()
		s.redirected(t, theIssue+"/letter", p.writing(senator.ID, representative.ID))
		people = append(people, p)
	}
	var confirms []string
	for _, p := range people {
		confirms = append(confirms, path(t, linkIn(t, received(t, server, p.Email, "/confirm"), "/confirm")))
	}
	server.Stop()
	for _, confirm := range confirms {
		s.redirected(t, confirm, nil)
	}
	if _, err := connect(t, s).Exec(t.Context(), "UPDATE mail SET paces = '{}' WHERE kind = $1", letter.MailDelivery); err != nil {
		t.Fatal(err)
	}
	s.stop(t)
	server.Start()
}

// sendingAt are the mails, by Message-ID, that were being handed over when the
// program died. Their leases keep the one that runs now from touching them.
func sendingAt(t *testing.T, s *site, died time.Time) []string {
	t.Helper()
	rows, err := connect(t, s).Query(t.Context(), "SELECT message_id FROM mail WHERE state = 'sending' AND sending_at <= $1", died)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func awaitLettersSent(t *testing.T, s *site, letters int) {
	t.Helper()
	conn := connect(t, s)
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		var sent int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM delivery WHERE state = 'sent'").Scan(&sent); err != nil {
			t.Fatal(err)
		}
		if sent == letters {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d letters count as sent", sent, letters)
		}
	}
}

// checkArrivals holds what the mail server took against what the database knows.
func checkArrivals(t *testing.T, s *site, arrivals, marked map[string]int, letters int) {
	t.Helper()
	rows, err := connect(t, s).Query(t.Context(), `SELECT m.message_id, m.kind, coalesce((
			SELECT string_agg(from_state || '>' || to_state, ' ' ORDER BY h.id) FROM delivery_move h WHERE h.delivery_id = m.subject_id), '')
		FROM mail m WHERE m.state = 'sent'`)
	if err != nil {
		t.Fatal(err)
	}
	type sentMail struct{ ID, Kind, Moves string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sentMail])
	if err != nil {
		t.Fatal(err)
	}
	known, offices, repeats := map[string]bool{}, 0, 0
	for _, m := range all {
		id := "<" + m.ID + ">"
		known[id] = true
		if n := arrivals[id]; n < 1 || n > 1+marked[m.ID] {
			t.Errorf("a %s arrived %d times; at %d crashes it was being sent", m.Kind, n, marked[m.ID])
		} else if n > 1 {
			repeats++
		}
		if m.Kind != letter.MailDelivery {
			continue
		}
		offices++
		if err := sentOnce(m.Moves); err != nil {
			t.Errorf("the history %s: %v", m.Moves, err)
		}
	}
	for id, n := range arrivals {
		if !known[id] {
			t.Errorf("a mail that isn't noted as sent arrived %d times", n)
		}
	}
	if offices != letters {
		t.Errorf("%d letters, want %d", offices, letters)
	}
	if len(marked) == 0 {
		t.Error("no crash came while a mail was being sent: nothing was proven")
	}
	t.Logf("%d letters; %d mails were being sent at a crash, %d of them came twice", offices, len(marked), repeats)
}

// sentOnce tells whether a history begins as queued, chains, and ends as sent, once.
func sentOnce(moves string) error {
	steps := strings.Fields(moves)
	at := string(letter.Queued)
	for _, step := range steps {
		from, to, _ := strings.Cut(step, ">")
		if from != at || !slices.Contains([]letter.State{letter.Sending, letter.Deferred, letter.Sent, letter.Queued}, letter.State(to)) || from == string(letter.Sent) {
			return fmt.Errorf("%s follows %s", step, at)
		}
		at = to
	}
	if at != string(letter.Sent) {
		return fmt.Errorf("it ends as %s", at)
	}
	return nil
}
