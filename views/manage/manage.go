// Package manage draws self-service: asking for a link, what a mailbox has signed
// and written, and what it can do about it.
package manage

import (
	"time"

	"redress/internal/letter"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/supporter"
)

// Sheet is what a mailbox sees of itself.
type Sheet struct {
	Token      string
	Email      string
	Done       string // the key of what was just done; "" for nothing
	Signatures []pledge.Own
	Messages   []Message
	Updates    []supporter.Consent // that stand
	News       *newsletter.Own     // nil: none goes to the mailbox
	NewsLink   string              // where it is changed
	Zone       *time.Location      // in which times are told
}

// Message is a message and the address of its receipt, "" when there is none.
type Message struct {
	letter.Own
	Receipt string
}

// Path is where the mailbox of a token sees what is kept of it.
func Path(token string) string { return "/manage/" + token }

func signaturePath(token string, own pledge.Own, verb string) string {
	return Path(token) + "/signatures/" + own.Signature.ID.String() + "/" + verb
}

// signatureState is the key of where a signature stands.
func signatureState(own pledge.Own) string {
	switch {
	case own.Signature.State == pledge.Withdrawn:
		return "manage.signature.withdrawn"
	case !own.Named:
		return "manage.signature.erased"
	case own.Signature.State == pledge.Pending:
		return "manage.signature.pending"
	case own.Signature.State == pledge.Held:
		return "manage.signature.held"
	}
	return "manage.signature.confirmed"
}

// newsState is the key of where the newsletter stands.
func newsState(own newsletter.Own) string {
	switch own.Subscriber.State {
	case newsletter.Pending:
		return "manage.news.pending"
	case newsletter.Paused:
		return "manage.news.paused"
	}
	if own.Subscriber.Rhythm == newsletter.Weekly {
		return "manage.news.weekly"
	}
	return "manage.news.daily"
}

// messageState is the key of where a message stands.
func messageState(m Message) string {
	switch m.Message.Status {
	case letter.MessageConfirmed:
		return "manage.message.confirmed"
	case letter.MessageErased:
		return "manage.message.erased"
	case letter.MessageExpired:
		return "manage.message.expired"
	}
	return "manage.message.awaiting"
}
