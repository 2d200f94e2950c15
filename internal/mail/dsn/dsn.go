// Package dsn reads what comes back to a return path: reports that a mail could not be delivered (delivery status
// notifications, RFC 3464 in a multipart/report of RFC 3462), complaints of readers (feedback reports, RFC 5965), automatic
// replies (RFC 3834), and whatever else people and programs send there.
//
// Anyone can send anything to a return path. [Read] is a pure function that takes every input, looks at no more than the
// limits below, and believes nothing: whether a report is about a mail of ours is decided by whoever calls it, by the
// addresses it names.
package dsn

import (
	"slices"
	"strings"
)

// Limits on what is looked at. What lies beyond is as if it weren't there.
const (
	MaxSize       = 1 << 20 // bytes of a message
	maxDepth      = 4       // of multiparts in each other
	maxParts      = 40      // of all multiparts together
	maxHeader     = 64 << 10
	maxFields     = 500 // of one header or status
	maxRecipients = 100
	maxAddresses  = 20
)

// Sort is what a message is.
type Sort string

// The sorts.
const (
	Unknown   Sort = "unknown"   // nothing that a program can be sure of: a person's mail, a bounce in prose
	Delivery  Sort = "delivery"  // a report about delivery, good or bad
	Complaint Sort = "complaint" // a reader called the mail spam
	Automatic Sort = "automatic" // a holiday notice, a receipt
)

// What a mail server did with the mail for one recipient (RFC 3464 §2.3.3).
const (
	Failed    = "failed" // for good, whatever the status says
	Delayed   = "delayed"
	Delivered = "delivered"
	Relayed   = "relayed"
	Expanded  = "expanded"
)

// Recipient is what a report says about one recipient, without who that is: whoever asks knows.
type Recipient struct {
	Action   string // one of the above
	Enhanced string // the enhanced status, such as "5.1.1"; empty for none
	Code     int    // the SMTP reply that caused it, 400 to 599; 0 for none
}

// Report is what a message says. It is personal data: its addresses may be anybody's.
type Report struct {
	Sort       Sort
	Recipients []Recipient // of a Delivery
	Feedback   string      // the type of a Complaint (RFC 5965 §7.3), in lower case; empty: none was named
	Addresses  []string    // that the message came to or was returned to, the surest first
}

// String keeps a report out of logs that print whole values.
func (Report) String() string { return "[report]" }

// Lost tells whether the mail reached nobody, and what was said of it: one recipient failed for good, and none got it. A list
// or a shared mailbox of which one reader's address failed has got its mail.
func (r Report) Lost() (Recipient, bool) {
	if r.Sort != Delivery {
		return Recipient{}, false
	}
	var lost Recipient
	for _, each := range r.Recipients {
		switch each.Action {
		case Delivered, Relayed, Expanded:
			return Recipient{}, false
		case Failed:
			if lost.Action == "" {
				lost = each
			}
		}
	}
	return lost, lost.Action == Failed
}

// Complained tells whether a reader wants no more of such mail. Feedback also comes from those who took a mail out of the spam
// (RFC 6430), and from programs that check signatures (RFC 6591).
func (r Report) Complained() bool {
	return r.Sort == Complaint && r.Feedback != "not-spam" && r.Feedback != "auth-failure" && r.Feedback != "dmarc"
}

// Read says what a message is. It never fails: what can't be read is Unknown.
func Read(raw []byte) Report {
	whole := read(lines(raw[:min(len(raw), MaxSize)]))
	r := Report{Sort: Unknown}
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "x-envelope-to", "to"} {
		r.cameTo(whole.header.all(name)...)
	}
	parts := maxParts
	if report, ok := findReport(whole, maxDepth, &parts); ok {
		r.take(report)
		return r
	}
	if automatic(whole.header) {
		r.Sort = Automatic
	}
	return r
}

// take reads the parts of a report: a text for people, the status, and the mail that comes back or its headers.
func (r *Report) take(parts []part) {
	r.Sort = Automatic // a report of another kind: a receipt, say
	for _, p := range parts {
		switch p.kind {
		case "message/delivery-status", "message/global-delivery-status":
			if r.Sort == Automatic {
				r.Sort, r.Recipients = Delivery, recipients(p.text())
			}
		case "message/feedback-report":
			if r.Sort == Automatic {
				r.Sort, r.Feedback = Complaint, word(fields(p.text()).get("feedback-type"))
			}
			r.cameTo(fields(p.text()).all("original-mail-from")...)
		case "message/rfc822", "message/global", "message/rfc822-headers", "text/rfc822-headers", "message/global-headers":
			r.cameTo(read(p.text()).header.all("return-path")...)
		}
	}
}

// cameTo notes the addresses in header values.
func (r *Report) cameTo(values ...string) {
	for _, value := range values {
		for word := range strings.FieldsFuncSeq(value, func(c rune) bool { return strings.ContainsRune(" \t,;:<>()\"", c) }) {
			if len(r.Addresses) >= maxAddresses {
				return
			}
			if at := strings.IndexByte(word, '@'); at > 0 && at < len(word)-1 && len(word) <= 320 && !slices.Contains(r.Addresses, word) {
				r.Addresses = append(r.Addresses, word)
			}
		}
	}
}

// automatic is true for what a program sent by itself (RFC 3834 and what came before it).
func automatic(h header) bool {
	if by := word(h.get("auto-submitted")); by != "" && by != "no" {
		return true
	}
	for _, name := range []string{"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"} {
		if h.get(name) != "" {
			return true
		}
	}
	return word(h.get("precedence")) == "auto_reply"
}
