// Package mail holds every mail the center sends as a row, and the workers that send them.
//
// The contract: a mail is a row of table `mail`, inserted by the transaction of the thing it is about, so that a mail
// exists exactly when its subject does. The row says what to send (a kind and a subject's id), never to whom or what it
// says: the text is rendered by the subject's kind at the moment of sending, from data that may meanwhile be erased.
//
// A worker claims rows under a lease, marks a row `sending` before the server sees it and `sent` only after the server's
// acknowledgment. A crash can therefore repeat at most the mails then marked `sending`, and it repeats them with the
// Message-ID they were queued with, so that a mailbox can tell.
//
// A worker marks and settles small groups, each in one transaction, sized so that a server takes one in about a second.
//
// Mails to offices keep a pace: a row names keys (a receiving domain, an official), and no two mails with the same key are marked
// `sending` within that key's interval, whatever number of workers and processes run. The rows of table `mail_pace` are the locks.
package mail

import (
	"context"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// The states of a mail. Queued, Sending and Deferred are on their way; the others are final.
const (
	Queued   = "queued"
	Sending  = "sending"  // handed to the server, not acknowledged yet
	Sent     = "sent"     // acknowledged by the server; it may still be filtered
	Captured = "captured" // written to the data folder instead of sent
	Deferred = "deferred" // refused for now, tried again at NotBefore
	Failed   = "failed"   // refused for good
	Bounced  = "bounced"  // sent, and come back: it reached nobody. LastEnhanced says why; "5." says that the mailbox is of no use
	Dropped  = "dropped"  // not sent on purpose: its subject is gone, the mailbox asked for silence or had its fill for today
)

// Mail is one row. It carries no personal data: who gets it and what it says is known only to its kind's Render.
//
// A caller of [Post.Queue] sets Kind and SubjectID, MailboxKey for mails to people (whose bounces and complaints end more than that
// mail; see [Post.OnLoss]), NotBefore when it should wait, Paces when the receiver wants it slow, and for bulk kinds Batch and
// Receiver.
type Mail struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	Kind         string
	SubjectID    uuid.UUID
	State        string
	MessageID    string // fixed when queued, the same at every attempt; without angle brackets
	MailboxKey   []byte // keyed hash of the canonical address (supporter.MailboxKey); nil for offices and the operator
	Unasked      bool   // copied from the kind when queued
	NotBefore    time.Time
	Attempts     int
	LeaseUntil   *time.Time
	ClaimedBy    *uuid.UUID
	LastCode     int    // the server's last reply code, or the bounce's; 0 for none
	LastEnhanced string // its enhanced status ("4.2.2"), empty for none
	CreatedAt    time.Time
	TriedAt      *time.Time // the first attempt; the 48 hours of trying count from here
	SendingAt    *time.Time // the latest attempt
	SentAt       *time.Time // when the server acknowledged it, or when it was captured
	Paces        Keys       // whose pace it keeps (see [PaceOfDomain]); none: it goes when it is due
	Batch        *uuid.UUID // what sends it to many, a mailing; nil: nothing does
	Receiver     string     // of bulk kinds: the class of its receiving domain (see [Receiver])
}

// Message is a mail as it will be read.
type Message struct {
	To      netmail.Address
	From    netmail.Address // zero: the center
	ReplyTo netmail.Address // zero: none
	Subject string
	Text    string
	HTML    string // empty: a text-only mail
	Headers map[string]string
	Capture bool // test mode: this one is captured, also where mails of its kind are sent

	// ListUnsubscribe is the URL that takes a mail provider's POST (RFC 8058) and shows people a page with a button; https where
	// the site has it. Empty: the mail is of no list.
	ListUnsubscribe string
	// ListID names the list (RFC 2919), such as "newsletter.act.example.org"; empty: none.
	ListID string
}

// Kind is one sort of mail, registered by the subject that sends it.
type Kind struct {
	// Name stands in the row; it never changes while rows of it may be waiting.
	Name string
	// Render says what the mail says. fault.NotFound means that the subject is gone: the mail is dropped.
	// Any other error defers the mail.
	Render func(ctx context.Context, m Mail) (Message, error)
	// Build, instead of Render, makes what Sender takes: for a way out that is no mail. Errors count as Render's. ID and
	// Kind are filled in, and At where it is zero.
	Build func(ctx context.Context, m Mail) (Envelope, error)
	// Sender, if set, is this kind's own way out instead of the post's. Kinds that give the same value share its lane: its
	// troubles and its hours. While officials' mail is captured, an official kind's mails are captured whatever stands here.
	Sender Sender
	// Moved, if set, runs in the transaction that moves the row to a new state. ErrUnwanted from the move to Sending drops the
	// mail instead: its subject stopped meanwhile. After Sent it may yet be told Bounced.
	Moved func(ctx context.Context, tx *postgres.Tx, m Mail, o Outcome) error
	// Unasked kinds can be set off by anyone who types someone's address into a form. They share a daily allowance per
	// mailbox and respect suppression.
	Unasked bool
	// Bulk kinds go to many who asked for them, when all other mail has a worker already (see [Post.WorkBulk]). They respect
	// suppression and keep the pace of their receivers; their rows name a Batch, by which it is erased.
	Bulk bool
	// Suppressed, if set, is asked instead of the post's, for an unasked kind whose mails may have to reach a mailbox that is left
	// alone: those that ask it to confirm. It runs in the transaction that is about to send, and again when the mail is tried again.
	Suppressed func(ctx context.Context, tx *postgres.Tx, m Mail) (bool, error)
	// Official kinds go to an office: they are captured unless delivery is live.
	Official bool
}

// ErrUnwanted is a kind's word, when a mail is about to be sent, that it must not go any more.
const ErrUnwanted = trouble("the mail is not wanted any more")

// Outcome is a move of a row.
type Outcome struct {
	State    string
	At       time.Time
	Code     int       // the server's reply code, 0 if it gave none
	Enhanced string    // its enhanced status code
	Retry    time.Time // when a deferred mail is tried again
}

// Wake is the job that wakes a worker. [Post.Queue] asks for it at most once a second per process: a worker takes everything
// that is due, and a sweep every few seconds finds what no wake-up announced. It is not a unique job, because signers who
// insert the same unique job at once would wait for each other's commit.
type Wake struct{}

// Kind names the job.
func (Wake) Kind() string { return "mail.wake" }
