package proof

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/letter/cwc"
	"redress/internal/letter/cwc/cwctest"
	"redress/internal/mail/mailtest"
)

// liveSite is a site that sends: by a mail server and by both services of
// Congress, all of ours. What comes back is known.
type liveSite struct {
	*site
	server   *mailtest.Server
	congress *cwctest.Server
}

// lasting is a test whose servers serve those after it.
type lasting struct{ testing.TB }

// Cleanup waits until all tests have ended.
func (lasting) Cleanup(end func()) { atTheEnd = append(atTheEnd, end) }

var (
	theLiveSite sync.Once
	sharedLive  *liveSite
	atTheEnd    []func()
)

// sharedLiveSite is a live site for tests that don't mind each other. Everyone
// there has a mailbox of their own; two people of one place write to the same
// officials.
func sharedLiveSite(t *testing.T) *liveSite {
	t.Helper()
	theLiveSite.Do(func() {
		s, err := goLive(t)
		if err != nil {
			t.Fatal(err)
		}
		sharedLive = s
	})
	if sharedLive == nil {
		t.Fatal("the live site didn't start")
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the site's log ends:\n%s", sharedLive.Log.tail(1500))
		}
	})
	return sharedLive
}

func goLive(t *testing.T) (*liveSite, error) {
	l := &liveSite{server: mailtest.New(lasting{t}), congress: cwctest.Start(lasting{t})}
	l.congress.List(cwc.House, cwc.Office{Code: "HCO01"})
	l.congress.List(cwc.Senate, cwc.Office{Code: "SCO02", Name: "Hickenlooper"}, cwc.Office{Code: "SCO03", Name: "Bennet"})
	var err error
	l.site, err = prepare("REDRESS_SMTP_URL="+l.server.URL(), "REDRESS_MAIL_FROM=action@center.example", "REDRESS_DELIVERY=live",
		"REDRESS_BOUNCES=bounces@center.example",
		"REDRESS_CWC_HOUSE_URL="+l.congress.URL, "REDRESS_CWC_HOUSE_KEY="+cwctest.HouseKey,
		"REDRESS_CWC_SENATE_URL="+l.congress.URL, "REDRESS_CWC_SENATE_KEY="+cwctest.SenateKey,
		"REDRESS_CWC_MODE=production", "REDRESS_CWC_AGENT=Example Action", "REDRESS_CWC_CONTACT=Ada Park <ada@center.example> 202-555-0123")
	if err != nil {
		return nil, err
	}
	atTheEnd = append(atTheEnd, l.remove)
	l.env = append(l.env, "REDRESS_BASE_URL="+l.URL)
	if err := copyData(ownStart(t), l.Data); err != nil {
		return nil, err
	}
	if err := l.run(); err != nil {
		return nil, err
	}
	atTheEnd = append(atTheEnd, func() { _ = l.end() }) // before it is removed: the last comes first
	quickly(t, l.site)
	dateFacts(t, l.site, time.Now())
	return l, nil
}

// swiftly lets an official take a letter a second, as quickly does a legislature.
func (l *liveSite) swiftly(t testing.TB, officials ...official) {
	t.Helper()
	for _, o := range officials {
		_, err := connect(t, l.site).Exec(t.Context(), `
			INSERT INTO mail_pace (key, next_at, per_hour, agreed_by, agreed_on) VALUES ($1, '-infinity', 3600, 'the journey', current_date)
			ON CONFLICT (key) DO NOTHING`, "official:"+o.ID)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// confirmed presses the button that the writer's mail leads to.
func (l *liveSite) confirmed(t testing.TB, p person) {
	t.Helper()
	l.redirected(t, path(t, linkIn(t, received(t, l.server, p.Email, "/confirm"), "/confirm")), nil)
}

// messageOf is the id of the one message of a person.
func (l *liveSite) messageOf(t testing.TB, p person) string {
	t.Helper()
	var id string
	err := connect(t, l.site).QueryRow(t.Context(), "SELECT id::text FROM message WHERE mailbox_key = $1", mailboxKey(t, l.site, p.Email)).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// awaitReceipt opens a receipt until it says all of these.
func (l *liveSite) awaitReceipt(t testing.TB, receipt string, wants ...string) (page string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		_, page = l.follow(t, receipt)
		missing := ""
		for _, want := range wants {
			if !strings.Contains(words(page), want) {
				missing = want
			}
		}
		if missing == "" {
			return page
		}
		if time.Now().After(end) {
			t.Fatalf("the receipt doesn't say %q: %s", missing, plain(page))
		}
	}
}

// reached counts the letters of a person that an office's mailbox took.
func (l *liveSite) reached(t testing.TB, o official, from person) (n int) {
	t.Helper()
	for _, r := range l.server.Accepted() {
		if r.To == o.email() && strings.Contains(r.Read(t).ReplyTo, from.Email) {
			n++
		}
	}
	return n
}

var listItem = regexp.MustCompile(`(?s)<(li|article class="guide")>\s*<h3>(.*?)</h3>(.*?)</(li|article)>`)

// standing is what a receipt says of the letter to somebody.
func standing(t testing.TB, page, name string) string {
	t.Helper()
	for _, item := range listItem.FindAllStringSubmatch(page, -1) {
		if strings.Contains(words(item[2]), name) {
			return words(item[3])
		}
	}
	t.Fatalf("the receipt has no letter to %s: %s", name, plain(page))
	return ""
}
