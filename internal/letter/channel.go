package letter

import (
	netmail "net/mail"
	"strings"

	"redress/internal/civics"
	"redress/internal/mail"
)

// KindCWC is Communicating With Congress, Congress's own intake of letters. The
// other kinds of channels are those of civics.
const KindCWC = "cwc"

// AsksPrefix is what a channel must know of a writer beside name and address:
// Mr., Mrs., Miss, Ms. or Dr.
const AsksPrefix = "prefix"

// Channel is one way in which a letter reaches an office.
type Channel interface {
	// Kind is the delivery's word for it.
	Kind() string
	// Reach is where it reaches an official today. ok is false when it can't: it
	// isn't configured, the office takes no part in it, or no way is known.
	Reach(o *civics.Official) (to civics.Channel, ok bool)
	// Sends says that letters leave from here by it once they are confirmed. By
	// the others they are laid ready for the writer's own hand.
	Sends() bool
	// Asks lists what it must know of a writer beside name and address.
	Asks() []string
	// Mail is the row with which a delivery leaves; only of channels that send.
	Mail(d Delivery) mail.Mail
}

// Congress is Congress's own intake, as far as an operator has configured it.
type Congress interface {
	// Office is the code of an official's office. An error says why they can't be
	// written to by it today.
	Office(o *civics.Official) (code string, err error)
	// Configured tells whether the chamber's intake has a key here.
	Configured(chamber civics.Chamber) bool
}

// handKinds are the ways that a writer goes, best first. Mail is among them for
// offices that aren't written to by mail from here.
var handKinds = []string{civics.ChannelWebform, civics.ChannelEmail, civics.ChannelWebsite, civics.ChannelPhone, civics.ChannelPost}

// channels are all the ways, best first.
func channels(congress Congress) []Channel {
	all := []Channel{intake{congress}, email{}}
	for _, kind := range handKinds {
		all = append(all, byHand{kind})
	}
	return all
}

// intake is Communicating With Congress.
type intake struct{ congress Congress }

func (intake) Kind() string   { return KindCWC }
func (intake) Sends() bool    { return true }
func (intake) Asks() []string { return []string{AsksPrefix} }

func (i intake) Reach(o *civics.Official) (civics.Channel, bool) {
	if i.congress == nil || o.Level != civics.Federal || o.Vacant {
		return civics.Channel{}, false
	}
	code, err := i.congress.Office(o)
	return civics.Channel{Kind: KindCWC, Value: code, AsOf: o.AsOf}, err == nil
}

func (intake) Mail(d Delivery) mail.Mail {
	kind := MailHouse
	if strings.HasPrefix(d.SentTo, "S") { // the codes of Senate offices, as the service's list has them
		kind = MailSenate
	}
	return mail.Mail{Kind: kind, SubjectID: d.ID}
}

// email is mail from here to the office's mailbox. Only state legislators are
// written to by it: members of Congress take letters through forms.
type email struct{}

func (email) Kind() string   { return civics.ChannelEmail }
func (email) Sends() bool    { return true }
func (email) Asks() []string { return nil }

func (email) Reach(o *civics.Official) (civics.Channel, bool) {
	if o.Level != civics.State || o.Vacant {
		return civics.Channel{}, false
	}
	for _, c := range o.Channels {
		if c.Kind == civics.ChannelEmail && deliverable(c.Value) {
			return c, true
		}
	}
	return civics.Channel{}, false
}

// Mail keeps the pace of the official and of the legislature's domain.
func (email) Mail(d Delivery) mail.Mail {
	row := mail.Mail{Kind: MailDelivery, SubjectID: d.ID, Paces: mail.Keys{mail.PaceOfOfficial(d.OfficialID)}}
	if _, domain, ok := mail.SplitAddress(d.SentTo); ok {
		row.Paces = append(row.Paces, mail.PaceOfDomain(domain))
	}
	return row
}

// byHand is a way that the writer goes: a form, their own mail program, a site, a
// telephone, a sheet of paper.
type byHand struct{ kind string }

func (b byHand) Kind() string          { return b.kind }
func (byHand) Sends() bool             { return false }
func (byHand) Asks() []string          { return nil }
func (byHand) Mail(Delivery) mail.Mail { return mail.Mail{} }

func (b byHand) Reach(o *civics.Official) (civics.Channel, bool) {
	for _, c := range o.Channels {
		if c.Kind == b.kind && c.Value != "" && (b.kind != civics.ChannelEmail || deliverable(c.Value)) {
			return c, true
		}
	}
	if b.kind == civics.ChannelWebsite && o.Website != "" {
		return civics.Channel{Kind: b.kind, Value: o.Website, AsOf: o.AsOf}, true
	}
	return civics.Channel{}, false
}

// deliverable tells whether a published address is one that mail can go to.
// Published data holds addresses with spaces and worse.
func deliverable(address string) bool {
	if strings.ContainsAny(address, " \t\r\n,;<>\"") {
		return false
	}
	parsed, err := netmail.ParseAddress(address)
	return err == nil && parsed.Address == address && strings.Contains(address[strings.LastIndexByte(address, '@')+1:], ".")
}
