// Package screen finds, in what somebody wrote, what a person should read before
// it goes to an office: threats of violence, slurs, and where somebody lives.
package screen

import "redress/internal/civics"

// The rules of Find.
const (
	Threat  = "threat"  // of violence, against anybody, by the writer
	Slur    = "slur"    // against a group of people
	Address = "address" // of somebody's home
)

// Text is what Find judges: one text of a message, and the addresses that may
// stand in it.
type Text struct {
	Subject, Story, Body string
	Own                  civics.Address  // the writer's own
	Offices              []civics.Office // published ones: of the recipients, or of everyone
}

// Finding is something for a person to read before the letter goes. It holds no
// word of the letter.
type Finding struct {
	Rule  string // Threat, Slur or Address
	Where string // the field: "subject", "story" or "body"
}

// atMost is how much of a field is read, in bytes: the form takes 10,000
// characters, of up to four bytes.
const atMost = 40_000

// Find finds threats of violence, slurs and private addresses in a letter, each
// rule once for a field. It is a list of patterns in English, with a few in
// Spanish, and no judge: whoever wants to get past it will. What it is for is
// that an office doesn't get, in the center's name, what a person would have
// stopped at a glance; so what is found is held for a person to read, and never
// refused by itself.
//
// It leans to letting through what victims of violence write. What somebody else
// said ("he told me, 'I will kill you'", "they called my son a …"), what was done
// ("police killed my brother") and what the writer fears are no threats. Whoever
// dresses a threat up as somebody else's words gets past it. An address is found
// whoever lives there: a letter to an office may become a public record.
//
// It takes a time in proportion to the text's length, and is safe for concurrent
// use.
func Find(t Text) []Finding {
	known := knownAddresses(t)
	var found []Finding
	for _, field := range []struct{ name, text string }{{"subject", t.Subject}, {"story", t.Story}, {"body", t.Body}} {
		text := wordsOf(field.text)
		for _, rule := range []struct {
			name  string
			finds func([]word) bool
		}{
			{Threat, threatens},
			{Slur, slurs},
			{Address, known.findsOther},
		} {
			if rule.finds(text) {
				found = append(found, Finding{Rule: rule.name, Where: field.name})
			}
		}
	}
	return found
}

// saysThat are the words with which one tells what others said.
var saysThat = newSet(`said says saying told tells telling asked yelled yelling yells shouted shouting shouts screamed screaming
	wrote writes texted messaged posted left threatened threatening threatens threats warned replied answered called calling calls
	heard whispered growled mailed sent emailed claimed promised read reads spray sprayed scrawled painted chanted chanting slur slurs words`)

var (
	firstPerson = newSet("i we you u im id ill my our")
	wasDone     = newSet("was were been being got get gets is are am")
)

// reported tells whether the word at a place is in what somebody else said: a
// word like "said" stands before it in the sentence, or in one before when it
// stands in quotation marks, and neither "I" nor "you" said it.
func reported(text []word, at int) bool {
	far := 14
	if text[at].quoted {
		far = 30
	}
	for i := at - 1; i >= 0 && at-i <= far; i-- {
		if text[i+1].begins && !text[at].quoted {
			return false
		}
		if text[i].is(saysThat) && !text[i].quoted && !writerSays(text, i) {
			return true
		}
	}
	return false
}

// writerSays tells whether it is the writer, or the reader, who says: "I said",
// but not "I was told". "I have heard" is what others said.
func writerSays(text []word, at int) bool {
	if text[at].text == "heard" {
		return false
	}
	passive := false
	for i := at - 1; i >= 0 && at-i <= 3 && !text[i+1].begins; i-- {
		passive = passive || text[i].is(wasDone) && text[at].text != "saying" && text[at].text != "telling" && text[at].text != "threatening"
		if text[i].is(firstPerson) {
			return !passive
		}
	}
	return false
}
