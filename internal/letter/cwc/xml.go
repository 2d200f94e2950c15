package cwc

import (
	"encoding/xml"
	"slices"
	"strings"
	"unicode"

	"redress/internal/civics"
)

// document is a message with what surrounds it.
type document struct {
	XMLName xml.Name `xml:"CWC"`
	Version string   `xml:"CWCVersion"`
	Message
}

// XML writes the message as both services take it: UTF-8, one element a line;
// line breaks within a text are character references. Characters that XML or
// an office's programs don't take (controls, broken UTF-8) are left out, and
// fields of one line are made to be one line. What breaks a rule of cwc.xsd is
// refused, with an [*InvalidError] that names every fault.
func (m Message) XML() ([]byte, error) {
	body, err := xml.MarshalIndent(document{Version: "2.0", Message: m.tidy()}, "", "  ")
	if err != nil {
		return nil, &InvalidError{Faults: []Fault{{Field: schema().root.name, Reason: Malformed}}}
	}
	raw := append([]byte(xml.Header), append(body, '\n')...)
	if err := Validate(raw); err != nil {
		return nil, err
	}
	return raw, nil
}

// tidy is the message with clean texts, and bills spelled for its chamber.
func (m Message) tidy() Message {
	d, r, c, t := &m.Delivery, &m.Recipient, &m.Constituent, &m.Content
	for _, field := range []*string{
		&d.ID, &d.Date, &d.Agent, &d.AgentAckEmail, &d.AgentContactName, &d.AgentContactEmail, &d.AgentContactPhone,
		&d.Organization, &d.CampaignID, &r.MemberOffice,
		&c.Prefix, &c.FirstName, &c.MiddleName, &c.LastName, &c.Suffix, &c.Title, &c.Organization,
		&c.Address1, &c.Address2, &c.City, &c.State, &c.Zip, &c.Phone, &c.Email,
		&t.Subject, &t.MoreInfo,
	} {
		*field = oneLine(*field)
	}
	for _, field := range []*string{&d.OrganizationAbout, &t.OrganizationStatement, &t.ConstituentMessage} {
		*field = lines(*field)
	}
	if d.Contact != nil {
		d.Contact = &Contact{Name: oneLine(d.Contact.Name), Email: oneLine(d.Contact.Email), Phone: oneLine(d.Contact.Phone)}
	}
	for _, field := range []*Answer{&r.IsResponseRequested, &r.NewsletterOptIn, &c.AddressValidation, &c.EmailValidation} {
		*field = Answer(oneLine(string(*field)))
	}
	t.ProOrCon = Position(oneLine(string(t.ProOrCon)))
	t.Topics = slices.Clone(t.Topics)
	for i := range t.Topics {
		t.Topics[i] = oneLine(t.Topics[i])
	}
	t.Bills = slices.Clone(t.Bills)
	for i, b := range t.Bills {
		t.Bills[i].Type = spelled(b.Type, m.Chamber())
	}
	return m
}

// spelled is a bill's type as the chamber's service writes it. What is no type
// stays as it is, for the schema to refuse.
func spelled(t BillType, chamber civics.Chamber) BillType {
	known, ok := billTypeOf(string(t))
	switch {
	case !ok:
		return BillType(oneLine(string(t)))
	case chamber == House:
		return BillType(billTypes[known])
	}
	return known
}

// oneLine is a text as one line: white space becomes single spaces.
func oneLine(text string) string {
	return strings.Join(strings.Fields(lines(text)), " ")
}

// lines is a text without what XML can't hold, and without control characters
// but the line break; none at its ends.
func lines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n", "\t", " ").Replace(strings.ToValidUTF8(text, ""))
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF, r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}
