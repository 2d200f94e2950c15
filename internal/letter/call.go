package letter

import (
	"context"
	"slices"
	"time"

	"redress/internal/civics"
	"redress/internal/fault"
)

// CallOutcome is how a call went, as whoever made it says.
type CallOutcome string

// The outcomes.
const (
	CallSpoke     CallOutcome = "spoke"     // spoke to someone
	CallVoicemail CallOutcome = "voicemail" // left a message
	CallBusy      CallOutcome = "busy"
	CallNoAnswer  CallOutcome = "no_answer"
)

// CallOutcomes lists the outcomes in the order in which they are offered.
var CallOutcomes = []CallOutcome{CallSpoke, CallVoicemail, CallBusy, CallNoAnswer}

// Reached tells whether the office heard from the caller.
func (o CallOutcome) Reached() bool { return o == CallSpoke || o == CallVoicemail }

// CallCounter counts the calls about an issue to one official that ended the same
// way on one day (UTC). They are what people reported: nobody else knows of them.
type CallCounter struct {
	IssueSlug  string      `gorm:"primaryKey"`
	Day        time.Time   `gorm:"primaryKey"`
	OfficialID string      `gorm:"primaryKey"`
	Outcome    CallOutcome `gorm:"primaryKey"`
	N          int64
}

// LogCall counts a call that somebody says they made, and keeps nothing else of
// it. An outcome or official that isn't known, and one who isn't offered for
// calling, is fault.Invalid; an issue that isn't there, or has no letter, is
// fault.NotFound.
func (l *Letters) LogCall(ctx context.Context, issueSlug, officialID string, outcome CallOutcome) error {
	if !slices.Contains(CallOutcomes, outcome) {
		return fault.Invalid("call.log.outcome_unknown")
	}
	o, known := l.atlas.Official(officialID)
	if !known || !o.Offered() {
		return fault.Invalid("call.log.official_unknown")
	}
	if _, _, err := l.load(ctx, issueSlug); err != nil {
		return err
	}
	return countCall(ctx, l.db.Gorm, CallCounter{IssueSlug: issueSlug, Day: l.now().UTC(), OfficialID: o.ID, Outcome: outcome})
}

// ToCall are those whom the letter has something to say to by phone and whose
// number is known: Congress first, then in the order of the answer.
func (c Composition) ToCall() []Recipient {
	var list []Recipient
	for _, r := range c.Recipients() {
		if r.Ask.Call != "" && hasPhone(r.Official) {
			list = append(list, r)
		}
	}
	place := func(r Recipient) int {
		at := slices.Index(c.Answer.Officials, r.Official)
		if r.Official.Level != civics.Federal {
			at += len(c.Answer.Officials)
		}
		return at
	}
	slices.SortStableFunc(list, func(a, b Recipient) int { return place(a) - place(b) })
	return list
}

func hasPhone(o *civics.Official) bool {
	return o.Phone() != "" || slices.ContainsFunc(o.Offices, func(office civics.Office) bool { return office.Phone != "" })
}
