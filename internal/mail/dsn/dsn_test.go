package dsn

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// returnPath is where the samples came back to.
const returnPath = "bounces+aaaqeayeaudaocajbifqydiob4ibcivfkz3khmyvo2@act.example.org"

func sample(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestSamples(t *testing.T) {
	t.Parallel()
	userUnknown := Recipient{Failed, "5.1.1", 550}
	for name, want := range map[string]struct {
		sort       Sort
		recipients []Recipient
		lost       string // the status with which the mail is lost; empty: it isn't
	}{
		"postfix-failed":             {Delivery, []Recipient{userUnknown}, "5.1.1"},
		"postfix-delayed":            {Delivery, []Recipient{{Delayed, "4.4.1", 0}}, ""},
		"postfix-gave-up":            {Delivery, []Recipient{{Failed, "4.4.1", 451}}, "4.4.1"},
		"postfix-delivered":          {Delivery, []Recipient{{Delivered, "2.0.0", 0}}, ""},
		"postfix-bare-cr":            {Delivery, []Recipient{{Failed, "5.7.1", 554}}, "5.7.1"},
		"postfix-no-final-recipient": {Delivery, []Recipient{{Failed, "5.2.2", 552}}, "5.2.2"},
		"several-one-got-it":         {Delivery, []Recipient{userUnknown, {Delivered, "2.1.5", 0}}, ""},
		"several-all-failed":         {Delivery, []Recipient{{Failed, "5.1.2", 550}, {Failed, "5.1.1", 0}}, "5.1.2"},
		"no-blank-lines":             {Delivery, []Recipient{userUnknown, {Failed, "5.1.1", 0}}, "5.1.1"},
		"cut-off":                    {Delivery, []Recipient{{Failed, "5.1.1", 0}}, "5.1.1"},
		"exchange-failed":            {Delivery, []Recipient{{Failed, "5.1.10", 550}}, "5.1.10"},
		"gmail-failed":               {Delivery, []Recipient{userUnknown}, "5.1.1"},
		"encoded-in-a-footer":        {Delivery, []Recipient{{Failed, "5.7.1", 554}}, "5.7.1"},
		"qmail-prose":                {Unknown, nil, ""},
		"out-of-office":              {Automatic, nil, ""},
		"vacation-old":               {Automatic, nil, ""},
		"read-receipt":               {Automatic, nil, ""},
		"a-persons-mail":             {Unknown, nil, ""},
		"a-bounce-attached":          {Unknown, nil, ""},
		"complaint":                  {Complaint, nil, ""},
		"empty":                      {Unknown, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := sample(t, name)
			for ending, each := range map[string][]byte{
				"as it came": raw, "in line feeds": bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")),
				"in CRCRLF": bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\r\r\n")), "in an mbox": append([]byte("From MAILER-DAEMON Sun Nov 22 15:04:09 2026\r\n"), raw...),
			} {
				if name == "empty" && ending == "in an mbox" {
					continue
				}
				r := Read(each)
				if r.Sort != want.sort || !slices.Equal(r.Recipients, want.recipients) {
					t.Errorf("%s: %s %+v", ending, r.Sort, r.Recipients)
				}
				lost, ok := r.Lost()
				if ok != (want.lost != "") || lost.Enhanced != want.lost {
					t.Errorf("%s: lost %v %+v", ending, ok, lost)
				}
				if name != "empty" && !slices.Contains(r.Addresses, returnPath) {
					t.Errorf("%s: the return path is not among %d addresses", ending, len(r.Addresses))
				}
			}
		})
	}
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) != 21 {
		t.Errorf("%d samples, %v", len(names), err)
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Recipient{
		"Action: failed\nStatus: 5.1.1 (bad destination mailbox)": {Failed, "5.1.1", 0},
		"action:FAILED\nstatus:5.1.1":                             {Failed, "5.1.1", 0},
		"Action : failed\nStatus : 5.1.1":                         {Failed, "5.1.1", 0},
		"Action: failed\n (for good)\nStatus:\n\t5.1.1":           {Failed, "5.1.1", 0},
		"Status: 5.4.4":  {Failed, "5.4.4", 0},
		"Action: failed": {Failed, "", 0},
		"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp;550 5.7.26 x":    {Failed, "5.7.26", 550},
		"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp;450 4.7.1 x":     {Failed, "5.0.0", 450},
		"Action: failed\nDiagnostic-Code: smtp; 550-5.1.1 x":                   {Failed, "5.1.1", 550},
		"Action: failed\nDiagnostic-Code: X-Postfix; unknown user":             {Failed, "", 0},
		"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 250 ok":         {Failed, "5.1.1", 0},
		"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 5500":           {Failed, "5.1.1", 0},
		"Action: failed\nStatus: 5.1234.1":                                     {Failed, "", 0},
		"Action: failed\nDiagnostic-Code: smtp; 550 said 5.1.1.7 no":           {Failed, "", 550},
		"Action: failed\nDiagnostic-Code: smtp; 550 it is 5.1.1. Sorry":        {Failed, "5.1.1", 550},
		"Reporting-MTA: dns; x\nAction: failed\nStatus: 5.1.1\nlook: a\n  : b": {Failed, "5.1.1", 0},
	} {
		if got := recipients(text); len(got) != 1 || got[0] != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{"", "Reporting-MTA: dns; x", "Action: pending", "Status: 4.4.1", "Status: 2.0.0", "Diagnostic-Code: smtp; 550 5.1.1 x", "Final-Recipient: rfc822; x"} {
		if got := recipients(text); len(got) != 0 {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// hostile are inputs made to cost more than they weigh.
func hostile() map[string][]byte {
	open := func(n int) string {
		var s strings.Builder
		for i := range n {
			fmt.Fprintf(&s, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return s.String()
	}
	return map[string][]byte{
		"deep":       []byte(open(5000) + "Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n"),
		"wide":       []byte("Content-Type: multipart/report; boundary=b\n\n" + strings.Repeat("--b\n", 250000)),
		"same":       []byte(strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000)),
		"fields":     []byte(strings.Repeat("To: a@b\n", 130000)),
		"folded":     []byte("To: a@b\n" + strings.Repeat(" a@b\n", 200000)),
		"recipients": []byte("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + strings.Repeat("Action: failed\n\n", 60000)),
		"actions":    []byte("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + strings.Repeat("Action: failed\n", 60000)),
		"params":     []byte("Content-Type: multipart/report" + strings.Repeat("; a*0=b", 9000) + "\n\n"),
		"returns":    bytes.Repeat([]byte("\r"), MaxSize),
		"large":      bytes.Repeat([]byte("a"), 8*MaxSize),
	}
}

func TestHostileInputIsCheap(t *testing.T) {
	t.Parallel()
	for name, raw := range hostile() {
		began := time.Now()
		r := Read(raw)
		check(t, r)
		if _, lost := r.Lost(); lost != (name == "recipients" || name == "actions") {
			t.Errorf("%s: lost %v", name, lost)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// check fails when a report holds what no caller expects.
func check(t testing.TB, r Report) {
	t.Helper()
	if len(r.Recipients) > maxRecipients || len(r.Addresses) > maxAddresses || r.Sort != Delivery && len(r.Recipients) > 0 {
		t.Fatalf("%s with %d recipients, %d addresses", r.Sort, len(r.Recipients), len(r.Addresses))
	}
	for _, each := range r.Recipients {
		switch each.Action {
		case Failed, Delayed, Delivered, Relayed, Expanded:
		default:
			t.Fatalf("action %q", each.Action)
		}
		if each.Code != 0 && (each.Code < 400 || each.Code > 599) {
			t.Fatalf("code %d", each.Code)
		}
		if each.Enhanced != "" && (len(each.Enhanced) > 9 || strings.Trim(each.Enhanced, "0123456789.") != "") {
			t.Fatalf("status %q", each.Enhanced)
		}
	}
	for _, address := range r.Addresses {
		if len(address) > 320 || strings.ContainsAny(address, "\r\n <>") || !strings.Contains(address, "@") {
			t.Fatalf("address %q", address)
		}
	}
	if fmt.Sprint(r) != "[report]" {
		t.Fatal("a report prints itself")
	}
}

func FuzzDSN(f *testing.F) {
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		f.Add(sample(f, strings.TrimSuffix(filepath.Base(name), ".eml")))
	}
	f.Add([]byte("Content-Type: multipart/report; boundary=\"\"\n\n--\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := Read(raw)
		check(t, r)
		if lost, ok := r.Lost(); ok && lost.Action != Failed {
			t.Fatalf("lost with %+v", lost)
		}
	})
}
