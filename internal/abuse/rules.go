package abuse

import "time"

const day = 24 * time.Hour

// Limit is how much of an action is allowed: Burst within Per, and Day within a day.
type Limit struct {
	Burst int
	Per   time.Duration
	Day   int
}

// Rule is how much of an action one network gets and, where One is set, how much of that a single visitor does: an IPv4
// address or an IPv6 /64.
type Rule struct {
	Limit
	One Limit
}

// The actions that have a rule.
const (
	Lookup  = "lookup"  // an address or point sent to the geocoder
	Letter  = "letter"  // submitting a message
	Sign    = "sign"    // signing a pledge
	Call    = "call"    // saying how a call went
	Confirm = "confirm" // pressing the button behind a link from a mail
	Print   = "print"   // a PDF of one's letters
	Manage  = "manage"  // asking for a link by mail
	Records = "records" // laying a records request ready, as text or as PDF
	// Subscribe is asking for the newsletter, OneClick a mail provider's word that a reader wants no more of it.
	Subscribe = "subscribe"
	OneClick  = "one_click"

	Work    = "challenge" // asking for a challenge
	Search  = "search"    // a search, which no cache answers
	Suggest = "suggest"   // what a search may be for, asked while somebody types
	API     = "api"       // a lookup of an address or a point through the public API
	APIRead = "apiread"   // a public answer of the API that isn't in memory
)

// Default is the rule of an action that has none of its own.
var Default = Rule{Limit: aMinute(30, 2000)}

// rules are generous to shared networks: behind one /24 may stand a campus, a library or a carrier's gateway, where a class
// signs together. What a day allows is what keeps robots small.
//
// They are generous to shared addresses, too: a school, a library or a carrier often has one IPv4 address for everyone. So a
// visitor gets about half of what a network does; what a network has more is for others on it.
var rules = map[string]Rule{
	// Each one is a request to a public service that is not ours. A household needs a few; a phone bank behind one address more.
	Lookup: {Limit: aMinute(20, 500), One: aMinute(12, 250)},
	// Writing takes minutes, so even a room full of people sends few at once: six a minute are a class of thirty in five.
	Letter: {Limit: aMinute(10, 200), One: aMinute(6, 100)},
	// A signing table or a class: everyone within the same quarter of an hour.
	Sign: {Limit: aMinute(20, 500), One: aMinute(12, 250)},
	// A call takes minutes; thirty people in a room who call make as many in a minute as anybody does.
	Call: {Limit: aMinute(30, 1000), One: aMinute(20, 500)},
	// Needs a token, so a flood gains nothing; mail scanners of one company press many.
	Confirm: {Limit: aMinute(60, 3000), One: aMinute(40, 1500)},
	// Each one sends a mail to an address that anyone can type. A table at an event, a class: everyone within a quarter of an hour.
	Subscribe: {Limit: aMinute(20, 500), One: aMinute(12, 250)},
	// A large provider's readers all leave by its few networks, some thousands of them within the hour after an edition. Each has a
	// token, so a flood gains nothing, and one that was refused is a person who keeps getting mail.
	OneClick: {Limit: aMinute(3000, 1000000)},
	// Each one takes us some milliseconds for every letter. People print once or twice; a class does so at once.
	Print: {Limit: aMinute(20, 500), One: aMinute(12, 250)},
	// Each one sends a mail to an address that anyone can type.
	Manage: {Limit: aMinute(5, 50), One: aMinute(3, 25)},
	// One for each form that somebody begins, and one more for who takes long. It costs us two hashes.
	Work: {Limit: aMinute(120, 10000), One: aMinute(60, 5000)},
	// Nothing is kept and nothing is sent; a PDF costs some milliseconds. A class that writes its requests together, each with
	// corrections, stays under it.
	Records: {Limit: aMinute(30, 1000), One: aMinute(20, 500)},
	// Cheap for us, and people refine what they search for.
	Search: {Limit: aMinute(60, 5000)},
	// One for each pause in typing, a handful for each search. It reads a short list by an index.
	Suggest: {Limit: aMinute(300, 20000), One: aMinute(180, 10000)},
	// Partners' servers call for many visitors from one address.
	API: {Limit: aMinute(120, 20000)},
	// Costs us well under a millisecond, so the rule is there for what a mistake in somebody's loop would do. All the ZIP
	// codes there are fit in a morning.
	APIRead: {Limit: aMinute(600, 100000)},
}

func aMinute(burst, aDay int) Limit { return Limit{Burst: burst, Per: time.Minute, Day: aDay} }
