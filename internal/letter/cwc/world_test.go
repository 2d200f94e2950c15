package cwc_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/letter/cwc"
	"redress/internal/letter/cwc/cwctest"
)

// noon is a Monday in Washington, when both services are open.
var noon = time.Date(2026, 10, 5, 16, 0, 0, 0, time.UTC)

// letter is a message with every field set, to Colorado's first district.
func letter() cwc.Message {
	return cwc.Message{
		Delivery: cwc.Delivery{
			ID: cwc.DeliveryID(uuid.New()), Date: cwc.Day(noon), Agent: "Example Action", AgentAckEmail: "ack@example.org",
			AgentContactName: "Ada Park", AgentContactEmail: "ada@example.org", AgentContactPhone: "202-555-0123",
			Organization: "Example Civil Rights Union", Contact: &cwc.Contact{Name: "Bo Ruiz", Email: "bo@example.org", Phone: "202-555-0199"},
			OrganizationAbout: "We work on police accountability.", CampaignID: cwc.CampaignID("qualified-immunity", cwc.Pro),
		},
		Recipient: cwc.Recipient{MemberOffice: "HCO01", IsResponseRequested: cwc.Yes, NewsletterOptIn: cwc.No},
		Constituent: cwc.Constituent{
			Prefix: "Ms.", FirstName: "Zoë", MiddleName: "Q.", LastName: "Nguyễn", Suffix: "Jr.", Title: "Nurse", Organization: "Local 7",
			Address1: "200 E Colfax Ave", Address2: "Apt 4", City: "Denver", State: "CO", Zip: "80203-1776", Phone: "303-555-0123",
			AddressValidation: cwc.Yes, Email: "zoe@example.com", EmailValidation: cwc.Yes,
		},
		Content: cwc.Content{
			Subject: "Please cosponsor the bill", Topics: []string{cwc.TopicCivilRights, cwc.TopicCrime, cwc.TopicLaw},
			Bills: []cwc.Bill{{Congress: 119, Type: cwc.HouseBill, Number: 3602}}, ProOrCon: cwc.Pro, MoreInfo: "https://act.example.org/issues/qualified-immunity?a=1&b=2",
			OrganizationStatement: "End qualified immunity.", ConstituentMessage: "My brother was hurt.\n\nPlease help <us> & \"them\".",
		},
	}
}

// senateLetter is the same to a senator.
func senateLetter() cwc.Message {
	m := letter()
	m.Recipient.MemberOffice = "SCO02"
	return m
}

func written(t testing.TB, m cwc.Message) []byte {
	t.Helper()
	raw, err := m.XML()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *clock) move(d time.Duration) { c.set(c.now().Add(d)) }

// logbook keeps what was logged.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type world struct {
	*cwctest.Server
	*cwc.Client
	clock *clock
	log   *logbook
}

func newWorld(t testing.TB, change ...func(*cwc.Options)) *world {
	t.Helper()
	w := &world{Server: cwctest.Start(t), clock: &clock{at: noon}, log: &logbook{}}
	o := cwc.Options{
		House: w.Endpoint(cwc.House), Senate: w.Endpoint(cwc.Senate), Now: w.clock.now,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o)
	}
	client, err := cwc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Client = client
	return w
}

// xmllint is libxml2's validator. Where it isn't, the test is skipped and says
// so, or fails under REDRESS_TEST_NO_SKIP=1.
func xmllint(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("xmllint")
	if err == nil {
		return path
	}
	const why = "xmllint is not installed (Debian: libxml2-utils): only our own reading of the schema is tested"
	if os.Getenv("REDRESS_TEST_NO_SKIP") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// lint says of each document whether libxml2 finds it valid.
func lint(program, dir string, documents [][]byte) ([]bool, error) {
	schema := filepath.Join(dir, "cwc.xsd")
	if err := os.WriteFile(schema, cwc.XSD(), 0o600); err != nil {
		return nil, err
	}
	args := []string{"--noout", "--nonet", "--schema", schema}
	var files []string
	for i, d := range documents {
		file := filepath.Join(dir, "m"+string(rune('a'+i/26))+string(rune('a'+i%26))+".xml")
		if err := os.WriteFile(file, d, 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	out, _ := exec.Command(program, append(args, files...)...).CombinedOutput() // it fails when one is invalid
	said := string(out)
	if strings.Contains(said, "fails to compile") || strings.Contains(said, "Schemas parser error") {
		return nil, errors.New("the schema is none: " + said)
	}
	verdicts := make([]bool, len(files))
	for i, file := range files {
		verdicts[i] = strings.Contains(said, file+" validates")
	}
	return verdicts, nil
}
