package cwc

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
)

// The chambers, by the names they have in civics.
const (
	House  = civics.House
	Senate = civics.Senate
)

// Answer is yes, no, or nothing said.
type Answer string

// The answers.
const (
	Unsaid Answer = ""
	Yes    Answer = "Y"
	No     Answer = "N"
)

// Position is where a message stands on its bills.
type Position string

// The positions.
const (
	NoPosition Position = ""
	Pro        Position = "Pro"
	Con        Position = "Con"
)

// Topics that fit a letter on civil rights and the police. [Topics] lists all.
const (
	TopicCivilRights = "Civil Rights and Liberties, Minority Issues"
	TopicCrime       = "Crime and Law Enforcement"
	TopicLaw         = "Law"
)

// Message is one letter to one office: the schema's elements in their order.
// Empty fields that the schema does not require are left out. All of it is
// personal data or stands beside it.
type Message struct {
	Delivery    Delivery    `xml:"Delivery"`
	Recipient   Recipient   `xml:"Recipient"`
	Constituent Constituent `xml:"Constituent"`
	Content     Content     `xml:"Message"`
}

// Delivery says who hands the message over, and for which campaign.
type Delivery struct {
	ID                string   `xml:"DeliveryId"`   // 32 letters and digits, the same on a retry: [DeliveryID]
	Date              string   `xml:"DeliveryDate"` // YYYYMMDD in Washington: [Day]
	Agent             string   `xml:"DeliveryAgent"`
	AgentAckEmail     string   `xml:"DeliveryAgentAckEmailAddress"`
	AgentContactName  string   `xml:"DeliveryAgentContact>DeliveryAgentContactName"`
	AgentContactEmail string   `xml:"DeliveryAgentContact>DeliveryAgentContactEmail"`
	AgentContactPhone string   `xml:"DeliveryAgentContact>DeliveryAgentContactPhone"`
	Organization      string   `xml:"Organization,omitempty"`
	Contact           *Contact `xml:"OrganizationContact"`
	OrganizationAbout string   `xml:"OrganizationAbout,omitempty"`
	CampaignID        string   `xml:"CampaignId"` // one for each campaign and position: [CampaignID]
}

// Contact is whom an office may ask about the organization.
type Contact struct {
	Name  string `xml:"OrganizationContactName"`
	Email string `xml:"OrganizationContactEmail"`
	Phone string `xml:"OrganizationContactPhone"` // 303-555-0123: [Phone]
}

// Recipient is an office.
type Recipient struct {
	MemberOffice        string `xml:"MemberOffice"` // SCO01, HCO01: [Client.Office]
	IsResponseRequested Answer `xml:"IsResponseRequested,omitempty"`
	NewsletterOptIn     Answer `xml:"NewsletterOptIn,omitempty"`
}

// Constituent is the writer.
type Constituent struct {
	Prefix            string `xml:"Prefix"` // one of [Prefixes]
	FirstName         string `xml:"FirstName"`
	MiddleName        string `xml:"MiddleName,omitempty"`
	LastName          string `xml:"LastName"`
	Suffix            string `xml:"Suffix,omitempty"`
	Title             string `xml:"Title,omitempty"`
	Organization      string `xml:"ConstituentOrganization,omitempty"`
	Address1          string `xml:"Address1"`
	Address2          string `xml:"Address2,omitempty"`
	City              string `xml:"City"`
	State             string `xml:"StateAbbreviation"`
	Zip               string `xml:"Zip"`             // 80203 or 80203-1234
	Phone             string `xml:"Phone,omitempty"` // 303-555-0123: [Phone]
	AddressValidation Answer `xml:"AddressValidation,omitempty"`
	Email             string `xml:"Email"`
	EmailValidation   Answer `xml:"EmailValidation,omitempty"`
}

// Content is what is written. A text that its writer left as the campaign
// prepared it is the OrganizationStatement; the writer's own is the
// ConstituentMessage. Neither repeats name or address.
type Content struct {
	Subject               string   `xml:"Subject"`                                        // 6 to 500 characters
	Topics                []string `xml:"LibraryOfCongressTopics>LibraryOfCongressTopic"` // one at least, of [Topics]
	Bills                 Bills    `xml:"Bills"`                                          // of Congress; they need a position
	ProOrCon              Position `xml:"ProOrCon,omitempty"`
	MoreInfo              string   `xml:"MoreInfo,omitempty"`              // a URL
	OrganizationStatement string   `xml:"OrganizationStatement,omitempty"` // 6 to 10,000 characters; one of the two at least
	ConstituentMessage    string   `xml:"ConstituentMessage,omitempty"`
}

// String keeps a letter out of logs that print whole values.
func (Message) String() string { return "[message]" }

// Chamber is the chamber that the office belongs to, "" when its code is none.
func (m Message) Chamber() civics.Chamber { return chamberOf(m.Recipient.MemberOffice) }

// chamberOf reads the chamber off an office's code.
func chamberOf(code string) civics.Chamber {
	switch {
	case strings.HasPrefix(code, "H"):
		return House
	case strings.HasPrefix(code, "S"):
		return Senate
	}
	return ""
}

// DeliveryID is a delivery's id as the services take one: 32 letters and
// digits. It is the same however often the delivery is tried.
func DeliveryID(delivery uuid.UUID) string {
	return strings.ReplaceAll(delivery.String(), "-", "")
}

// Day is the day in Washington, as a DeliveryDate.
func Day(t time.Time) string { return t.In(washington()).Format("20060102") }

// CampaignID names a campaign's messages for or against something apart from
// those of the other position, which offices count as another campaign.
func CampaignID(campaign string, p Position) string {
	if p == NoPosition {
		return campaign
	}
	return campaign + "-" + strings.ToLower(string(p))
}

// Prefixes are the forms of address that both chambers take. A writer must
// choose one.
func Prefixes() []string { return slices.Clone(schema().types["Prefix"].values) }

// Topics are the subjects that a message can be filed under.
func Topics() []string { return slices.Clone(schema().types["Topic"].values) }
