package letter

// MessageState is where a message stands.
type MessageState string

// The states of a message. What it held is deleted when it is erased or expires;
// the row stays until its receipt ends, so that the receipt can say so.
const (
	MessageAwaiting  MessageState = "awaiting_confirmation"
	MessageConfirmed MessageState = "confirmed"
	MessageErased    MessageState = "erased"  // kept long enough, or its writer asked
	MessageExpired   MessageState = "expired" // nobody confirmed it
)

// State is where a delivery stands.
type State string

// The states of a delivery. Sent means accepted by the office's mail server, or
// by Congress's own intake, no more.
const (
	Queued    State = "queued"
	Sending   State = "sending"
	Sent      State = "sent"
	Bounced   State = "bounced" // came back after it had been accepted
	Deferred  State = "deferred"
	Failed    State = "failed"
	Captured  State = "captured"
	Held      State = "held" // waits for a person; HeldFor says why
	NeedsYou  State = "needs_you"
	DoneByYou State = "done_by_you"
)

// messageFrom lists, for each state, those a message may come from. The table
// message_legal_move holds the same pairs, and the history refers to them, so
// that the database refuses what is not here.
var messageFrom = map[MessageState][]MessageState{
	MessageConfirmed: {MessageAwaiting},
	MessageExpired:   {MessageAwaiting},
	MessageErased:    {MessageAwaiting, MessageConfirmed},
}

// legalFrom lists the same for deliveries (delivery_legal_move). A mail that was
// marked sending when a worker died is sent again, so sending follows itself;
// what is held may come to be held for another reason. A delivery that can't
// leave by its channel any more goes to its writer's own hands (needs_you).
var legalFrom = map[State][]State{
	Queued:    {Sending, Deferred, Held},
	Sending:   {Queued, Sending, Deferred},
	Sent:      {Queued, Sending, Deferred},
	Bounced:   {Sent},
	Deferred:  {Queued, Sending, Deferred},
	Failed:    {Queued, Sending, Deferred, Held},
	Captured:  {Queued, Sending, Deferred},
	Held:      {Queued, Sending, Deferred, Held},
	NeedsYou:  {Queued, Sending, Deferred, Held, Failed},
	DoneByYou: {NeedsYou, Failed, Bounced},
}

// ours are the states of a letter that goes out, or was to go out, from here.
var ours = []State{Queued, Sending, Sent, Bounced, Deferred, Captured, Failed, Held}
