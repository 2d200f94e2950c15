// Package pledge holds pledges and the signatures under them: sign, confirm,
// count, withdraw, erase.
//
// The contract:
//   - A signature counts once its mailbox has confirmed it by POST, and once.
//     The counter moves in the transaction that moves the signature.
//   - Whoever signs learns nothing about anyone: a newcomer, somebody who has
//     signed already and a third person on one mailbox get the same answer, and
//     the same statements run. Only the mailbox is told which it was.
//   - What someone typed is sealed and stands apart (table signature_person).
//     Nobody who signs again can change it.
//   - Signing notifies nobody inside its transaction; after a commit the other
//     nodes hear of a pledge's new count at most once a second.
package pledge

import (
	"time"

	"github.com/google/uuid"

	"redress/internal/content/prose"
)

// Pledge is a statement to sign. Its text comes from content files; the HTML is
// made when it is read.
type Pledge struct {
	ID                 uuid.UUID  // stays the same over every save; receipts carry it
	IssueSlug          string     `gorm:"primaryKey"`
	Lang               string     `gorm:"primaryKey"`
	Title              string     // plain text
	Statement          string     // Markdown
	Addressee          string     // who is asked
	Goal               int64      // signatures hoped for, at least 1
	Opens              *time.Time `gorm:"type:date"` // first day; nil: open at once
	Closes             *time.Time `gorm:"type:date"` // last day; nil: no end set
	HandedOver         string     // what the addressee is given, one or two sentences
	KeptDaysAfterClose int        // then the signatures are deleted; the count stays
	ShowsNames         bool       // shows first names of those who agreed

	HTML prose.HTML `gorm:"-"` // Statement, made safe

	opening, closing time.Time // the moments that Opens and Closes mean in the center's time zone; zero: none
}

// State says whether a pledge can be signed.
type State string

// The states of a pledge.
const (
	NotOpen State = "not_open"
	Open    State = "open"
	Closed  State = "closed"
)

// StateAt says whether the pledge can be signed at now. It can be signed
// through the whole of its last day.
func (p Pledge) StateAt(now time.Time) State {
	switch {
	case !p.opening.IsZero() && now.Before(p.opening):
		return NotOpen
	case !p.closing.IsZero() && !now.Before(p.closing):
		return Closed
	}
	return Open
}

// Changes is the next moment after now at which StateAt changes; zero: never.
// A page that shows the state expires then.
func (p Pledge) Changes(now time.Time) time.Time {
	for _, at := range []time.Time{p.opening, p.closing} {
		if now.Before(at) {
			return at
		}
	}
	return time.Time{}
}

// confirmGrace is how long after closing a signature made in time can still be
// confirmed: the mail may come late, the count is final soon.
const confirmGrace = 24 * time.Hour

// ConfirmableAt says whether a signature made in time can still be confirmed.
func (p Pledge) ConfirmableAt(now time.Time) bool {
	return p.closing.IsZero() || now.Before(p.closing.Add(confirmGrace))
}
