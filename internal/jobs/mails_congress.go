package jobs

import (
	"context"
	"net/url"
	"time"

	"redress/internal/center"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/letter/cwc"
	"redress/internal/mail"
)

// CongressMails are letters that go by Congress's own intake. They are rows like
// other mails, with services of their own as their way out.
type CongressMails struct {
	Letters *letter.Letters
	Centers *center.Centers
	BaseURL string
	Client  *cwc.Client // nil while no key is set: letters of such kinds that wait go to their writers' own hands
	Agent   string      // the delivery agent, as it is registered
	Contact cwc.Contact // whom the services may ask
}

// xmlType is what the services take.
const xmlType = "application/xml"

// Register makes a post able to send them.
func (m CongressMails) Register(post *mail.Post) {
	house := mail.Kind{Name: letter.MailHouse, Build: m.build, Moved: m.Letters.Moved, Official: true}
	senate := mail.Kind{Name: letter.MailSenate, Build: m.build, Moved: m.Letters.Moved, Official: true}
	if m.Client != nil {
		house.Sender, senate.Sender = m.Client.Sender(cwc.House), m.Client.Sender(cwc.Senate)
	}
	post.Register(house)
	post.Register(senate)
}

// build writes the document. One that breaks a rule of the services is refused
// here, and its delivery fails like any other that is refused.
func (m CongressMails) build(ctx context.Context, row mail.Mail) (mail.Envelope, error) {
	l, err := m.Letters.Congress(ctx, row)
	if err != nil {
		return mail.Envelope{}, err
	}
	here, err := m.Centers.Current(ctx)
	if err != nil {
		return mail.Envelope{}, err
	}
	raw, err := m.message(l, here, row.CreatedAt).XML()
	if err != nil {
		return mail.Envelope{}, mail.Unsendable(err)
	}
	return mail.Envelope{To: l.Office, Raw: raw, Type: xmlType, Capture: l.Test}, nil
}

// message is a letter in the services' terms. Its date is the day it was queued,
// so that a retry is the same to the byte.
func (m CongressMails) message(l letter.ToCongress, here center.Center, queued time.Time) cwc.Message {
	position := cwc.NoPosition
	var bills cwc.Bills
	if l.Bill != nil {
		if bill, ok := cwc.CongressBill(*l.Bill); ok {
			bills = cwc.Bills{bill}
			position = map[bool]cwc.Position{true: cwc.Pro, false: cwc.Con}[l.Bill.Stance == issue.StanceSupport]
		}
	}
	d := cwc.Delivery{
		ID: cwc.DeliveryID(l.Delivery), Date: cwc.Day(queued), Agent: m.Agent, AgentAckEmail: m.Contact.Email,
		AgentContactName: m.Contact.Name, AgentContactEmail: m.Contact.Email, AgentContactPhone: m.Contact.Phone,
		Organization: here.Name, CampaignID: cwc.CampaignID(l.Campaign, position),
	}
	if phone, ok := cwc.Phone(here.Phone); ok && here.Email != "" {
		d.Contact = &cwc.Contact{Name: here.Name, Email: here.Email, Phone: phone}
	}
	return cwc.Message{
		Delivery: d, Recipient: cwc.Recipient{MemberOffice: l.Office, IsResponseRequested: cwc.Yes, NewsletterOptIn: cwc.No},
		Constituent: cwc.Constituent{
			Prefix: l.Prefix, FirstName: l.GivenName, LastName: l.FamilyName, Address1: l.Street, City: l.City, State: l.State, Zip: l.Zip,
			AddressValidation: cwc.Yes, Email: l.Email, EmailValidation: cwc.Yes,
		},
		Content: cwc.Content{
			Subject: l.Subject, Topics: l.Topics, Bills: bills, ProOrCon: position, MoreInfo: m.BaseURL + "/issues/" + url.PathEscape(l.Campaign),
			OrganizationStatement: l.Statement, ConstituentMessage: l.Own,
		},
	}
}
