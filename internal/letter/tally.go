package letter

import "time"

// What letters lead to is counted by events. The states that a delivery comes to
// are events by their own names (countedStates); the others are here.
const (
	eventWritten   = "written"   // a message came in
	eventRecipient = "recipient" // it asks one official for something, by a channel
	eventConfirmed = "confirmed" // its mailbox confirmed it
	eventOwnWords  = "own_words" // words of its writer's own in it …
	eventAllWords  = "all_words" // … of so many
	eventStatement = "statement" // it is the campaign's statement, sent as it is
	eventAnswered  = "answered"  // an office answered, as the writer told
	eventNoAnswer  = "no_answer" // it did not, as the writer told
)

// countedStates are the states to which coming is an event. A letter that is held
// a second time counts again.
var countedStates = []State{Sent, Bounced, Failed, Captured, Held, NeedsYou, DoneByYou}

// event is one thing that happened, n times. It holds nothing of a person: not
// even which message it was.
type event struct {
	IssueSlug  string
	Day        string // by UTC
	State      string // the writer's
	OfficialID string // "" where it is about the message
	Channel    string // "" where it is about the message
	Variant    string
	Event      string
	N          int
}

// event is something that happened to a message n times.
func (m Message) event(name string, at time.Time, n int) event {
	return event{IssueSlug: m.IssueSlug, Day: day(at), State: m.State, Variant: m.Variant, Event: name, N: n}
}
