package mail_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/mail"
	"redress/internal/mail/dkim"
	"redress/internal/mail/dsn"
	"redress/internal/mail/mailtest"
	"redress/internal/seal"
)

func returns(t *testing.T) *mail.ReturnPath {
	t.Helper()
	box, err := seal.New([]byte(strings.Repeat("a secret of a test ", 3)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := mail.NewReturnPath("bounces@center.test", box)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func withReturns(t *testing.T) func(*mail.Options) {
	t.Helper()
	r := returns(t)
	return func(o *mail.Options) { o.Returns = r; o.Officials = o.Sender }
}

// report is a bounce as a mail server writes it, to a return path.
func report(t *testing.T, sample, to string) []byte {
	t.Helper()
	raw, err := os.ReadFile("dsn/testdata/" + sample + ".eml")
	if err != nil {
		t.Fatal(err)
	}
	const stood = "bounces+aaaqeayeaudaocajbifqydiob4ibcivfkz3khmyvo2@act.example.org"
	return bytes.ReplaceAll(raw, []byte(stood), []byte(to))
}

func (w *world) bounce(raw []byte, to ...string) mail.Returned {
	w.t.Helper()
	r, err := w.post.Bounce(w.t.Context(), raw, to...)
	if err != nil {
		w.t.Fatalf("bounce: %v", err)
	}
	return r
}

func TestABouncedMailIsKnownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	id, other := w.queue("plea", "ann.lee@legislature.example"), w.queue("knock", "maya@example.org")
	w.work()
	var path string
	for _, got := range w.wantAccepted(2) {
		if got.To == "ann.lee@legislature.example" {
			path = got.From
		}
	}
	raw := report(t, "postfix-failed", path)
	if r := w.bounce(raw); r != (mail.Returned{Sort: dsn.Delivery, Mail: id, Bounced: true}) {
		t.Errorf("%+v", r)
	}
	if m := w.wantState(id, mail.Bounced); m.LastCode != 550 || m.LastEnhanced != "5.1.1" || m.SentAt == nil {
		t.Errorf("%+v", m)
	}
	w.wantMoves("plea sending", "plea sent", "knock sending", "knock sent", "plea bounced")
	// Told again, by another report even, nothing changes.
	for _, again := range [][]byte{raw, report(t, "postfix-gave-up", path), report(t, "exchange-failed", strings.ToUpper(path))} {
		if r := w.bounce(again); r.Bounced || r.Mail != id {
			t.Errorf("%+v", r)
		}
	}
	if m := w.row(id); m.LastEnhanced != "5.1.1" {
		t.Errorf("the second report changed it to %s", m.LastEnhanced)
	}
	w.wantState(other, mail.Sent)
	w.work()
	w.wantAccepted(2) // nothing goes out again
	if log := w.log.String(); strings.Contains(log, "@") || !strings.Contains(log, "5.1.1") || !strings.Contains(log, id.String()) {
		t.Errorf("the log says\n%s", log)
	}
	// Bounced rows are erased like others.
	w.clock.add(61 * 24 * time.Hour)
	if err := w.post.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int64
	if w.db.Read(t.Context()).Table("mail").Count(&left); left != 0 {
		t.Errorf("%d rows are left", left)
	}
	if r := w.bounce(raw); r.Bounced {
		t.Error("an erased mail bounced")
	}
}

func TestWhatIsNoBounceChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	id := w.queue("note", "maya@example.org")
	w.work()
	path := w.wantAccepted(1)[0].From
	for sample, sort := range map[string]dsn.Sort{
		"postfix-delayed": dsn.Delivery, "postfix-delivered": dsn.Delivery, "several-one-got-it": dsn.Delivery, "qmail-prose": dsn.Unknown,
		"out-of-office": dsn.Automatic, "read-receipt": dsn.Automatic, "a-persons-mail": dsn.Unknown, "a-bounce-attached": dsn.Unknown,
		"complaint": dsn.Complaint,
	} {
		if r := w.bounce(report(t, sample, path)); r != (mail.Returned{Sort: sort, Mail: id}) {
			t.Errorf("%s: %+v", sample, r)
		}
	}
	w.wantState(id, mail.Sent)
	w.wantMoves("note sending", "note sent")
}

func TestAForgedBounceChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	id := w.queue("note", "maya@example.org")
	w.work()
	m := w.wantState(id, mail.Sent)
	box, err := seal.New([]byte(strings.Repeat("the secret of somebody else ", 3)))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := mail.NewReturnPath("bounces@center.test", box)
	if err != nil {
		t.Fatal(err)
	}
	path := w.wantAccepted(1)[0].From
	for _, forged := range []string{
		theirs.Of(id), "bounces@center.test", "bounces+" + id.String() + "@center.test", "post@center.test",
		strings.Replace(path, "@center.test", "@evil.test", 1), strings.Replace(path, "bounces+", "bounces+x", 1),
	} {
		raw := report(t, "postfix-failed", forged)
		// Whoever knows the Message-ID, from an answer say, can't make the mail bounce.
		raw = bytes.ReplaceAll(raw, []byte("6f1c7c1e-0c3e-4f3a-9d26-5b3c4f0c9a11@act.example.org"), []byte(m.MessageID))
		if r := w.bounce(raw, forged); r.Bounced || r.Mail != uuid.Nil {
			t.Errorf("%s: %+v", forged, r)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(len("bounces+"), strings.IndexByte(path, '@')-1).Draw(rt, "at")
		letter := rapid.SampledFrom(strings.Split("abcdefghijklmnopqrstuvwxyz234567", "")).Draw(rt, "letter")
		forged := path[:at] + letter + path[at+1:]
		if r := w.bounce(report(t, "postfix-failed", forged)); forged != path && r.Mail != uuid.Nil {
			rt.Fatalf("%s: %+v", forged, r)
		} else if forged == path {
			rt.Skip()
		}
	})
}

// The address that the mail server names is enough: some rewrite the header.
func TestTheServersWordForTheAddressCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	id := w.queue("note", "maya@example.org")
	w.work()
	path := w.wantAccepted(1)[0].From
	raw := report(t, "postfix-failed", "mailbox@center.test")
	if r := w.bounce(raw); r.Mail != uuid.Nil {
		t.Fatalf("%+v", r)
	}
	if r := w.bounce(raw, "", "someone@center.test", path); !r.Bounced || r.Mail != id {
		t.Errorf("%+v", r)
	}
}

// A bounce that comes before the acknowledgment is noted is brought again; one of a mail that waits is not.
func TestABounceThatIsQuickerThanUs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	id := w.queue("note", "maya@example.org")
	early := make(chan error, 1)
	w.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.Data {
			_, err := w.post.Bounce(t.Context(), report(t, "postfix-failed", a.From))
			select {
			case early <- err:
			default:
			}
		}
		return mailtest.Reply{}
	})
	w.work()
	if err := <-early; !errors.Is(err, mail.ErrNotYet) {
		t.Errorf("while sending: %v", err)
	}
	w.wantState(id, mail.Sent)
	if r := w.bounce(report(t, "postfix-failed", w.wantAccepted(1)[0].From)); !r.Bounced {
		t.Errorf("%+v", r)
	}
	waiting := w.queue("note", "ben@example.org")
	if r := w.bounce(report(t, "postfix-failed", returns(t).Of(waiting))); r.Bounced {
		t.Error("a mail that never went bounced")
	}
	w.wantState(waiting, mail.Queued)
}

// The kind's own trouble leaves the mail as it was, so that the bounce can be brought again.
func TestAKindThatCantFollowABounce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	id := w.queue("note", "maya@example.org")
	w.work()
	w.follow = func(mail.Mail, mail.Outcome) error { return errors.New("no state for maya@example.org") }
	raw := report(t, "postfix-failed", w.wantAccepted(1)[0].From)
	if _, err := w.post.Bounce(t.Context(), raw); err == nil || strings.Contains(err.Error(), "@") {
		t.Errorf("%v", err)
	}
	w.wantState(id, mail.Sent)
	w.follow = nil
	if r := w.bounce(raw); !r.Bounced {
		t.Errorf("%+v", r)
	}
	if strings.Contains(w.log.String(), "@") {
		t.Errorf("the log says\n%s", w.log.String())
	}
}

func TestManyReportsAtOnceTellTheKindOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withReturns(t))
	w.queue("note", "maya@example.org")
	w.work()
	raw := report(t, "postfix-failed", w.wantAccepted(1)[0].From)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.post.Bounce(t.Context(), raw); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.wantMoves("note sending", "note sent", "note bounced")
}

func TestWithoutReturnPathsNothingIsKnownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.queue("note", "maya@example.org")
	w.work()
	if got := w.wantAccepted(1)[0]; got.From != "post@center.test" {
		t.Errorf("envelope from %s", got.From)
	}
	if r := w.bounce(report(t, "postfix-failed", returns(t).Of(id))); r.Mail != uuid.Nil {
		t.Errorf("%+v", r)
	}
}

func TestWhatLeavesBySMTPIsSigned(t *testing.T) {
	t.Parallel()
	key, err := dkim.NewKey(t.TempDir()+"/dkim.pem", false)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := dkim.New("center.test", "redress1", key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	w := newWorld(t, func(o *mail.Options) {
		o.Sender.(*mail.SMTP).DKIM = signer
		o.Officials = mail.NewCapture(folder)
	})
	w.server.Answer(mailtest.Times(1, mailtest.Data, mailtest.Refuse(451, 4, 7, 1)))
	w.queue("note", "maya@example.org")
	w.queue("plea", "ann.lee@legislature.example")
	w.work()
	w.clock.add(5 * time.Minute)
	w.work()
	record, err := signer.Record()
	if err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	for _, got := range w.server.Received() {
		found, err := msgauth.VerifyWithOptions(bytes.NewReader(got.Raw), &msgauth.VerifyOptions{
			LookupTXT: func(name string) ([]string, error) {
				if name != record.Name {
					t.Errorf("asked for %s", name)
				}
				return []string{record.TXT}, nil
			},
		})
		if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != "center.test" {
			t.Errorf("%v %+v\n%s", err, found, got.Raw)
		}
		bodies = append(bodies, got.Raw[bytes.Index(got.Raw, []byte("Auto-Submitted")):])
	}
	if len(bodies) != 2 || !bytes.Equal(bodies[0], bodies[1]) {
		t.Error("the second try is another mail than the first")
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d captured, %v", len(files), err)
	}
	if raw, _ := os.ReadFile(folder + "/" + files[0].Name()); bytes.Contains(raw, []byte("DKIM-Signature")) {
		t.Error("a captured mail is signed")
	}
}
