package letter

import "strings"

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
