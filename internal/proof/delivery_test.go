package proof

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/mail/mailtest"
)

// ownContent is the sample's content as an organization of one's own would
// import it: no longer a sample.
func ownContent(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(root(), "content"))); err != nil {
		t.Fatal(err)
	}
	center := filepath.Join(folder, "en", "center.md")
	text, err := os.ReadFile(center)
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(text), "\nsample: true\n", "\nsample: false\n", 1)
	if own == string(text) {
		t.Fatal("the sample's center isn't marked as a sample")
	}
	if err := os.WriteFile(center, []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{folder, filepath.Join(folder, "..")} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

var (
	ownData  *site // ended; its data is copied
	takesOwn sync.Once
)

// ownStart is the data folder of an organization that has imported its own content
// and not started yet; copying that is quicker than importing anew. Before the
// import a live site must refuse to start: it would be nobody's.
func ownStart(t testing.TB) string {
	t.Helper()
	takesOwn.Do(func() {
		s, err := prepare("REDRESS_SMTP_URL=smtp://127.0.0.1:1", "REDRESS_MAIL_FROM=action@center.example", "REDRESS_DELIVERY=live")
		if err != nil {
			t.Fatal(err)
		}
		atTheEnd = append(atTheEnd, s.remove)
		s.env = append(s.env, "REDRESS_BASE_URL="+s.URL)
		if out, err := s.command(t, "serve"); err == nil || !strings.Contains(out, "import") {
			t.Errorf("a live site of nobody starts: %v %s", err, out)
		}
		if out, err := s.command(t, "import", "content", ownContent(t)); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		ownData = s
	})
	if ownData == nil {
		t.Fatal("there is no content of one's own")
	}
	return ownData.Data
}

// ownSite prepares the site of such an organization without starting it.
func ownSite(t testing.TB, settings ...string) *site {
	t.Helper()
	s := emptySite(t, settings...)
	if err := copyData(ownStart(t), s.Data); err != nil {
		t.Fatal(err)
	}
	return s
}

// received waits for a mail that reached the mail server.
func received(t testing.TB, server *mailtest.Server, to, want string) mailtest.Received {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		for _, r := range server.Received() {
			if r.To == to && (strings.Contains(r.Read(t).Subject, want) || strings.Contains(r.Read(t).Text, want)) {
				return r
			}
		}
	}
	t.Fatalf("the mail to %s that says %q didn't reach the server", to, want)
	return mailtest.Received{}
}

// quickly has Colorado's legislature take a letter a second, so that a journey
// doesn't wait a minute between two.
func quickly(t testing.TB, s *site) {
	t.Helper()
	if out, err := s.command(t, "pace", "coleg.gov", "3600", "--agreed", "the journey"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
}

// dateFacts dates what is known of state legislators, so that a journey doesn't
// depend on the day it is taken on, and waits until the running site knows.
func dateFacts(t testing.TB, s *site, day time.Time) {
	t.Helper()
	if _, err := connect(t, s).Exec(t.Context(), `UPDATE official SET as_of = $1 WHERE dataset = 'openstates'`, day); err != nil {
		t.Fatal(err)
	}
	want := day.UTC().Format(time.DateOnly)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		senator, representative := legislators(t, s)
		if senator.knownOn() == want && representative.knownOn() == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the site doesn't know of %s", want)
		}
	}
}

func linkIn(t testing.TB, r mailtest.Received, part string) string {
	t.Helper()
	return letterbox{Text: r.Read(t).Text}.link(t, part)
}

// TestNoLetterReachesAnOfficeByAccident: with a mail server set, writers get
// their mail by it, and letters to offices still stay here.
func TestNoLetterReachesAnOfficeByAccident(t *testing.T) {
	t.Parallel()
	server := mailtest.New(t)
	s := newSite(t, "REDRESS_SMTP_URL="+server.URL(), "REDRESS_MAIL_FROM=action@center.example")
	s.env = append(s.env, "REDRESS_BASE_URL="+s.URL)
	s.start(t)
	senator, representative := legislators(t, s)
	m := maya()
	receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID, representative.ID))
	confirm := path(t, linkIn(t, received(t, server, m.Email, "/confirm"), "/confirm"))
	s.redirected(t, confirm, nil)
	received(t, server, m.Email, "neighbor")
	s.awaitMailsFrom(t, m, 2) // captured here
	_, page := s.follow(t, receipt)
	has(t, "the receipt", page, upTo("messages.state.captured_why"), say("layout.captured"))
	for _, r := range server.Received() {
		if r.To != m.Email {
			t.Errorf("a mail left for %s", r.To)
		}
	}
}

// TestALiveLetterSaysOnlyWhatIsTrue sends for real, to a server of ours: one
// office takes its letter, one refuses it for good, and the receipt says so.
func TestALiveLetterSaysOnlyWhatIsTrue(t *testing.T) {
	t.Parallel()
	server := mailtest.New(t)
	s := ownSite(t, "REDRESS_SMTP_URL="+server.URL(), "REDRESS_MAIL_FROM=action@center.example", "REDRESS_DELIVERY=live")
	s.env = append(s.env, "REDRESS_BASE_URL="+s.URL)
	s.start(t)
	quickly(t, s)
	dateFacts(t, s, time.Now())
	senator, representative := legislators(t, s)
	server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.To && a.To == representative.email() {
			return mailtest.Refuse(550, 5, 1, 1)
		}
		return mailtest.Reply{}
	})
	m := maya()
	receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID, representative.ID))
	_, page := s.follow(t, receipt)
	hasNot(t, "the receipt of a live site", page, say("layout.captured"))
	confirm := path(t, linkIn(t, received(t, server, m.Email, "/confirm"), "/confirm"))
	for _, r := range server.Received() {
		if r.To == senator.email() {
			t.Fatal("a letter went out before it was confirmed")
		}
	}
	_, page = s.follow(t, confirm)
	has(t, "the confirm page", page, "Maya Ortiz via Center for Open Courts <action@center.example>", say("messages.confirm.send", "Count", 2))
	s.redirected(t, confirm, nil)
	letter := received(t, server, senator.email(), "Maya Ortiz")
	read := letter.Read(t)
	if letter.From != "action@center.example" || !strings.Contains(read.From, "Maya Ortiz via Center for Open Courts") || !strings.Contains(read.From, "<action@center.example>") {
		t.Errorf("envelope from %s, From: %s", letter.From, read.From)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		_, page = s.follow(t, receipt)
		if text := words(page); strings.Contains(text, say("messages.state.failed")) && strings.Contains(text, upTo("messages.state.sent_why")) || time.Now().After(deadline) {
			break
		}
	}
	has(t, "the receipt", page, upTo("messages.state.sent_why"), "may still be filtered", upTo("messages.state.failed_why"))
	hasNot(t, "the receipt", page, say("messages.state.captured"), say("messages.state.awaiting"), "delivered")
	time.Sleep(6 * time.Second)
	times := 0
	for _, r := range server.Accepted() {
		if r.To == senator.email() {
			times++
		}
	}
	if times != 1 {
		t.Errorf("the senator got the letter %d times", times)
	}
	if sent := s.mails(t); len(sent) != 0 {
		t.Errorf("%d mails were captured on a live site", len(sent))
	}
	if resp, _ := s.get(t, "/dev/mail"); resp.StatusCode == http.StatusOK {
		t.Log("the list of captured mail is shown on a live site that listens on loopback only")
	}
}

// TestAMailServerThatIsAwayLosesNothing stops the mail server before a letter is
// confirmed; the receipt doesn't claim that it went.
func TestAMailServerThatIsAwayLosesNothing(t *testing.T) {
	t.Parallel()
	server := mailtest.New(t)
	s := ownSite(t, "REDRESS_SMTP_URL="+server.URL(), "REDRESS_MAIL_FROM=action@center.example", "REDRESS_DELIVERY=live")
	s.env = append(s.env, "REDRESS_BASE_URL="+s.URL)
	s.start(t)
	quickly(t, s)
	dateFacts(t, s, time.Now())
	senator, _ := legislators(t, s)
	m := maya()
	receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID))
	confirm := path(t, linkIn(t, received(t, server, m.Email, "/confirm"), "/confirm"))
	server.Stop()
	s.redirected(t, confirm, nil)
	time.Sleep(2 * time.Second)
	_, page := s.follow(t, receipt)
	hasNot(t, "the receipt with the mail server away", page, upTo("messages.state.sent_why"), say("messages.state.failed"), say("messages.state.captured"))
	s.stop(t) // and the program is restarted meanwhile
	server.Start()
	s.start(t)
	deadline := time.Now().Add(100 * time.Second)
	for !strings.Contains(words(page), upTo("messages.state.sent_why")) {
		if time.Now().After(deadline) {
			t.Fatalf("the letter was not sent when the server came back: %s", plain(page))
		}
		time.Sleep(250 * time.Millisecond)
		_, page = s.follow(t, receipt)
	}
	received(t, server, senator.email(), "Maya Ortiz")
	received(t, server, m.Email, "neighbor")
}

// TestLiveMailOnOldDataWaitsForAPerson: with a list of addresses older than 120
// days nothing reaches an office, the receipt says why, and the operator's release
// sends each letter once.
func TestLiveMailOnOldDataWaitsForAPerson(t *testing.T) {
	t.Parallel()
	server := mailtest.New(t)
	s := ownSite(t, "REDRESS_SMTP_URL="+server.URL(), "REDRESS_MAIL_FROM=action@center.example", "REDRESS_DELIVERY=live")
	s.env = append(s.env, "REDRESS_BASE_URL="+s.URL)
	s.start(t)
	quickly(t, s)
	dateFacts(t, s, time.Now().AddDate(0, 0, -122))
	senator, representative := legislators(t, s)
	m := maya()
	receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID, representative.ID))
	confirm := path(t, linkIn(t, received(t, server, m.Email, "/confirm"), "/confirm"))
	_, page := s.follow(t, confirm)
	has(t, "the confirm page", page, say("messages.confirm.waits_old_data"))
	s.redirected(t, confirm, nil)
	received(t, server, m.Email, "neighbor") // the copy
	for deadline := time.Now().Add(20 * time.Second); strings.Count(words(page), say("messages.state.held_old_data")) != 2; time.Sleep(100 * time.Millisecond) {
		if _, page = s.follow(t, receipt); time.Now().After(deadline) {
			t.Fatalf("the receipt doesn't say that both letters wait: %s", plain(page))
		}
	}
	for _, r := range server.Received() {
		if r.To != m.Email {
			t.Errorf("a letter reached %s", r.To)
		}
	}
	out, err := s.command(t, "deliveries", "held")
	if err != nil || !strings.Contains(out, "2 letters wait.") || !strings.Contains(out, senator.ID) || strings.Contains(out, m.Email) || strings.Contains(out, "Maya") {
		t.Errorf("%v %s", err, out)
	}
	if out, err := s.command(t, "deliveries", "release"); err == nil {
		t.Errorf("a release of nothing in particular: %s", out)
	}
	if out, err := s.command(t, "deliveries", "release", "--old-data"); err != nil || !strings.Contains(out, "2 letters are on their way.") {
		t.Fatalf("%v %s", err, out)
	}
	received(t, server, senator.email(), "Maya Ortiz")
	received(t, server, representative.email(), "Maya Ortiz")
	if out, err := s.command(t, "deliveries", "held"); err != nil || !strings.Contains(out, "No letter waits.") {
		t.Errorf("%v %s", err, out)
	}
	for deadline := time.Now().Add(20 * time.Second); strings.Count(words(page), upTo("messages.state.sent_why")) != 2; time.Sleep(100 * time.Millisecond) {
		if _, page = s.follow(t, receipt); time.Now().After(deadline) {
			t.Fatalf("the receipt doesn't say that both letters went: %s", plain(page))
		}
	}
}
