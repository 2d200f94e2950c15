package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"redress/internal/letter"
	"redress/internal/mail/mailtest"
	"redress/internal/pledge"
)

// mailing is a live site that signs its mails and wants to know which come back.
type mailing struct {
	*site
	server *mailtest.Server
	record [2]string // the DNS record of its key: name and value
}

func newMailing(t testing.TB, options ...mailtest.Option) *mailing {
	t.Helper()
	m := &mailing{server: mailtest.New(t, options...)}
	m.site = ownSite(t, "REDRESS_SMTP_URL="+m.server.URL(), "REDRESS_MAIL_FROM=action@act.center.example", "REDRESS_DELIVERY=live")
	key := filepath.Join(filepath.Dir(m.Data), "dkim.pem")
	if out, err := m.command(t, "dkim", "new", key); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	m.env = append(m.env, "REDRESS_BASE_URL=https://act.center.example", "REDRESS_DKIM_KEY="+key, "REDRESS_DKIM_SELECTOR=redress1",
		"REDRESS_DKIM_DOMAIN=center.example", "REDRESS_BOUNCES=bounces@act.center.example")
	out, err := m.command(t, "dkim")
	record := regexp.MustCompile(`(?m)^Name:  (\S+)\nType:  TXT\nValue: (.+)$`).FindStringSubmatch(out)
	if err != nil || record == nil || record[1] != "redress1._domainkey.center.example" {
		t.Fatalf("%v %s", err, out)
	}
	m.record = [2]string{record[1], record[2]}
	m.start(t)
	dateFacts(t, m.site, time.Now())
	return m
}

// signs fails unless a mail bears the center's signature, and nobody else's.
func (m *mailing) signs(t testing.TB, what string, raw []byte) {
	t.Helper()
	found, err := msgauth.VerifyWithOptions(bytes.NewReader(raw), &msgauth.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != m.record[0] {
			return nil, fmt.Errorf("asked for %s", name)
		}
		return []string{m.record[1]}, nil
	}})
	if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != "center.example" {
		t.Errorf("%s: %v %+v", what, err, found)
		return
	}
	for _, header := range []string{"From", "To", "Subject", "Reply-To", "Date", "Message-ID", "Content-Type"} {
		if !slices.ContainsFunc(found[0].HeaderKeys, func(s string) bool { return strings.EqualFold(s, header) }) {
			t.Errorf("%s: %s is not under the signature", what, header)
		}
	}
}

// everyKind makes the site send one mail of every kind it knows.
func (m *mailing) everyKind(t testing.TB) {
	t.Helper()
	senator, representative := legislators(t, m.site)
	writer := maya()
	for range 2 { // the second time the same letter
		m.redirected(t, theIssue+"/letter", writer.writing(senator.ID, representative.ID))
		confirm := path(t, linkIn(t, received(t, m.server, writer.Email, "/confirm"), "/confirm"))
		m.redirected(t, confirm, nil)
		received(t, m.server, writer.Email, "neighbor")
	}
	// Two of a mailbox sign and confirm, one of them signs again, a third is one too many.
	first, second := maya(), maya()
	for _, p := range []person{first, second} {
		m.redirected(t, theIssue+"/pledge", p.signing())
		m.counted(t, path(t, linkIn(t, received(t, m.server, p.Email, "/confirm"), "/confirm")))
	}
	m.redirected(t, theIssue+"/pledge", first.signing())
	other := second
	other.Given = "Ben"
	before := len(m.server.Accepted())
	m.redirected(t, theIssue+"/pledge", other.signing())
	for deadline := time.Now().Add(20 * time.Second); len(m.server.Accepted()) < before+2; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("Ben's mail and the one that says what was signed already didn't come")
		}
	}
	for _, r := range m.server.Accepted()[before:] {
		if r.To == second.Email {
			m.counted(t, path(t, linkIn(t, r, "/confirm")))
		}
	}
	other.Given = "Cem"
	m.redirected(t, theIssue+"/pledge", other.signing())
}

// sentKinds are the kinds of mail that went out, by their Message-ID.
func (m *mailing) sentKinds(t testing.TB) map[string]string {
	t.Helper()
	rows, err := connect(t, m.site).Query(t.Context(), `SELECT message_id, kind FROM mail WHERE state = 'sent'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	kinds := map[string]string{}
	for rows.Next() {
		var id, kind string
		if err := rows.Scan(&id, &kind); err != nil {
			t.Fatal(err)
		}
		kinds["<"+id+">"] = kind
	}
	return kinds
}

// TestEveryMailIsSignedAndNoneLooksLikeSpam: a mail of every kind leaves with a
// valid signature and a return path of its own; in make soak SpamAssassin judges
// them all.
func TestEveryMailIsSignedAndNoneLooksLikeSpam(t *testing.T) {
	t.Parallel()
	m := newMailing(t)
	m.everyKind(t)
	all := []string{
		letter.MailConfirm, letter.MailAgain, letter.MailCopy, letter.MailDelivery, pledge.MailConfirm, pledge.MailAlready, pledge.MailFull,
	}
	of := map[string][]byte{}
	for deadline := time.Now().Add(30 * time.Second); len(of) < len(all); time.Sleep(200 * time.Millisecond) {
		kinds := m.sentKinds(t)
		for _, r := range m.server.Accepted() {
			if kind := kinds[messageID(t, r)]; kind != "" {
				of[kind] = r.Raw
				if !regexp.MustCompile(`^bounces\+[a-z2-7]{42}@act\.center\.example$`).MatchString(r.From) {
					t.Errorf("%s: the return path is %s", kind, r.From)
				}
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("of %q only %d kinds were sent", all, len(of))
		}
	}
	for kind, raw := range of {
		m.signs(t, kind, raw)
		if soaking {
			notSpam(t, kind, raw)
		}
	}
}

func messageID(t testing.TB, r mailtest.Received) string {
	t.Helper()
	for _, h := range r.Read(t).Headers {
		if h.Name == "Message-Id" {
			return h.Value
		}
	}
	t.Fatal("a mail without a Message-ID")
	return ""
}

// mostSpam is the score that a mail of ours may have at most; at 5 it is spam.
const mostSpam = 1.0

// notSpam asks SpamAssassin what it holds of a mail as a receiving server has it:
// with the line that this server put on top.
func notSpam(t testing.TB, kind string, raw []byte) {
	t.Helper()
	program, err := exec.LookPath("spamassassin")
	if err != nil {
		t.Fatal("scripts/soak installs spamassassin")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-L", "-t", "-x")
	top := "Received: from mail.center.example (mail.center.example [93.184.215.14])\r\n\tby mx.example.org (Postfix) with ESMTPS id 4B1C12A1\r\n\tfor <someone@example.org>; " +
		time.Now().UTC().Format(time.RFC1123Z) + "\r\n"
	cmd.Stdin = bytes.NewReader(append([]byte(top), raw...))
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("spamassassin: %v", err)
	}
	found := regexp.MustCompile(`(?s)X-Spam-Status: \w+, score=(-?[\d.]+) .*?tests=(.*?)(?:autolearn|version)`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("spamassassin says\n%s", out)
	}
	score, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	rules := strings.Join(strings.Fields(string(found[2])), "")
	t.Logf("SpamAssassin: %s %.1f %s", kind, score, rules)
	if score >= mostSpam {
		_, analysis, _ := strings.Cut(string(out), "Content analysis details:")
		t.Errorf("%s scores %.1f by %s\n%s", kind, score, rules, analysis)
	}
}

// TestAMailThatComesBackIsKnown pipes a bounce into the program as a mail server
// does, while the site runs and while it doesn't.
func TestAMailThatComesBackIsKnown(t *testing.T) {
	t.Parallel()
	m := newMailing(t)
	ben := maya()
	m.redirected(t, theIssue+"/pledge", ben.signing())
	got := received(t, m.server, ben.Email, "/confirm")
	state := func() (state, enhanced string, code int) {
		t.Helper()
		if err := connect(t, m.site).QueryRow(t.Context(), `SELECT state, last_enhanced, last_code FROM mail`).Scan(&state, &enhanced, &code); err != nil {
			t.Fatal(err)
		}
		return state, enhanced, code
	}
	sample := func(name, to string) []byte {
		raw, err := os.ReadFile(filepath.Join(root(), "internal/mail/dsn/testdata", name+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.ReplaceAll(raw, []byte("bounces+aaaqeayeaudaocajbifqydiob4ibcivfkz3khmyvo2@act.example.org"), []byte(to))
	}
	for name, raw := range map[string][]byte{
		"a holiday notice":     sample("out-of-office", got.From),
		"a delay":              sample("postfix-delayed", got.From),
		"somebody else's":      sample("postfix-failed", "bounces+aaaqeayeaudaocajbifqydiob4ibcivfkz3khmyvo2@act.center.example"),
		"nothing":              nil,
		"no mail at all":       bytes.Repeat([]byte("\xff\x00\r"), 1<<20),
		"the center's mailbox": sample("postfix-failed", "action@act.center.example"),
	} {
		if code, out := m.pipe(t, raw); code != 0 || strings.Contains(out, "@") {
			t.Errorf("%s: %d %s", name, code, out)
		}
		if state, _, _ := state(); state != "sent" {
			t.Fatalf("%s makes the mail %s", name, state)
		}
	}
	if code, out := m.pipe(t, sample("postfix-failed", "mailbox@act.center.example"), "--to", got.From); code != 0 || strings.Contains(out, "@") {
		t.Errorf("a bounce: %d %s", code, out)
	}
	if state, enhanced, code := state(); state != "bounced" || enhanced != "5.1.1" || code != 550 {
		t.Errorf("the mail is %s %s %d", state, enhanced, code)
	}
	if code, _ := m.pipe(t, sample("postfix-failed", got.From)); code != 0 {
		t.Errorf("the second report ends with %d", code)
	}
	if code, _ := m.pipe(t, nil, "--nosuch"); code != 64 {
		t.Errorf("a wrong call ends with %d", code)
	}
	out, err := m.command(t, "doctor")
	for _, want := range []string{"mails are signed by center.example", "redress bounce", m.record[0]} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor doesn't say %q: %v\n%s", want, err, out)
		}
	}
	m.stop(t)
	if code, out := m.pipe(t, sample("postfix-failed", got.From)); code != 75 || strings.Contains(out, "@") {
		t.Errorf("with the database away: %d %s", code, out)
	}
	if strings.Contains(m.Log.String(), ben.Email) || strings.Contains(m.Log.String(), got.From) {
		t.Error("an address is in the log")
	}
}

// pipe brings a message to redress bounce as a mail server does.
func (s *site) pipe(t testing.TB, raw []byte, args ...string) (code int, out string) {
	t.Helper()
	program, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append([]string{"bounce"}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stdin = s.env, filepath.Dir(s.Data), bytes.NewReader(raw)
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(said)
}
