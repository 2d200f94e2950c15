package abuse

import "time"

const day = 24 * time.Hour

// Rule is how much of an action one network gets: Burst within Per, and Day within a day.
type Rule struct {
	Burst int
	Per   time.Duration
	Day   int
}

// The actions that have a rule.
const (
	Lookup  = "lookup"  // an address or point sent to the geocoder
	Letter  = "letter"  // submitting a message
	Sign    = "sign"    // signing a pledge
	Confirm = "confirm" // pressing the button behind a link from a mail
	Print   = "print"   // a PDF of one's letters
	Manage  = "manage"  // asking for a link by mail
	Records = "records" // laying a records request ready, as text or as PDF
	Search  = "search"  // a search, which no cache answers
	API     = "api"     // a lookup of an address or a point through the public API
	APIRead = "apiread" // a public answer of the API that isn't in memory
)

// Default is the rule of an action that has none of its own.
var Default = Rule{Burst: 30, Per: time.Minute, Day: 2000}

// rules are generous to shared networks: behind one /24 may stand a campus, a library or a carrier's gateway, where a class
// signs together. What a day allows is what keeps robots small.
var rules = map[string]Rule{
	// Each one is a request to a public service that is not ours. A household needs a few; a phone bank behind one address more.
	Lookup: {Burst: 20, Per: time.Minute, Day: 500},
	// Writing takes minutes, so even a room full of people sends few at once.
	Letter: {Burst: 10, Per: time.Minute, Day: 200},
	// A signing table or a class: everyone within the same quarter of an hour.
	Sign: {Burst: 20, Per: time.Minute, Day: 500},
	// Needs a token, so a flood gains nothing; mail scanners of one company press many.
	Confirm: {Burst: 60, Per: time.Minute, Day: 3000},
	// Each one takes us some milliseconds for every letter. People print once or twice; a class does so at once.
	Print: {Burst: 20, Per: time.Minute, Day: 500},
	// Each one sends a mail to an address that anyone can type.
	Manage: {Burst: 5, Per: time.Minute, Day: 50},
	// Nothing is kept and nothing is sent; a PDF costs some milliseconds. A class that writes its requests together, each with
	// corrections, stays under it.
	Records: {Burst: 30, Per: time.Minute, Day: 1000},
	// Cheap for us, and people refine what they search for.
	Search: {Burst: 60, Per: time.Minute, Day: 5000},
	// Partners' servers call for many visitors from one address.
	API: {Burst: 120, Per: time.Minute, Day: 20000},
	// Costs us well under a millisecond, so the rule is there for what a mistake in somebody's loop would do. All the ZIP
	// codes there are fit in a morning.
	APIRead: {Burst: 600, Per: time.Minute, Day: 100000},
}
