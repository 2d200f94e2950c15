package letter

import (
	"context"
	"slices"
	"strings"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/letter"
)

// asksFor turns the words of a form's fields into what it asks of a person,
// each once, in the order in which forms ask.
func asksFor(fields []string) []string {
	groups := map[string]string{
		"name_first": "name", "name_last": "name", "name_prefix": "prefix", "prefix": "prefix",
		"address_street": "address", "address_city": "address", "address_zip5": "address", "address_state": "address",
		"address_state_full": "address", "address_state_postal_abbrev": "address", "address_zip4": "zip4",
		"email": "email", "phone": "phone", "topic": "topic", "subject": "subject", "message": "message",
	}
	asked := map[string]bool{}
	for _, f := range fields {
		asked[groups[strings.ToLower(strings.TrimPrefix(f, "$"))]] = true
	}
	var out []string
	for _, key := range []string{"name", "prefix", "address", "zip4", "email", "phone", "topic", "subject", "message"} {
		if asked[key] {
			out = append(out, "messages.asks."+key)
		}
	}
	return out
}

// laidReady are the asks that the guide answers itself, by texts to copy.
var laidReady = []string{"messages.asks.subject", "messages.asks.message"}

// toHaveReady are the asks that a writer answers from their own papers or by a
// choice, to know before the form is open.
func toHaveReady(asks []string) []string {
	return slices.DeleteFunc(slices.Clone(asks), func(key string) bool { return slices.Contains(laidReady, key) })
}

// zip4Ask is the ask for the last four digits of the ZIP code, and zip4Perhaps the
// same where only experience says so. They come with a link to where these are
// found.
const (
	zip4Ask     = "messages.asks.zip4"
	zip4Perhaps = "messages.asks.zip4_perhaps"
	zip4Lookup  = "https://tools.usps.com/zip-code-lookup.htm"
)

// askHints say what to put into a field, where its name doesn't.
var askHints = map[string]string{
	"messages.asks.prefix": "messages.asks.prefix_hint",
	zip4Ask:                "messages.asks.zip4_hint",
	zip4Perhaps:            "messages.asks.zip4_hint",
	"messages.asks.email":  "messages.asks.email_hint",
	"messages.asks.phone":  "messages.asks.phone_hint",
	"messages.asks.topic":  "messages.asks.topic_hint",
}

// lettingIn says what a member's form is likely to ask before it shows itself: the
// House's ask for the ZIP code with its last four digits.
func lettingIn(ctx context.Context, o *civics.Official) string {
	if !letsInByZip4(o) {
		return ""
	}
	return i18n.T(ctx, "messages.guide.let_in")
}

func letsInByZip4(o *civics.Official) bool {
	return o.Level == civics.Federal && o.Chamber == civics.House
}

// checklist is what to have ready before a form is open, in the order in which
// forms ask.
func checklist(t letter.Tracked) []string {
	asks := toHaveReady(asksFor(t.Way.Asks))
	if letsInByZip4(t.Official) && !slices.Contains(asks, zip4Ask) {
		asks = append([]string{zip4Perhaps}, asks...)
	}
	return asks
}
