package cwc

import "regexp"

var (
	phoneText   = regexp.MustCompile(`^\s*(?:\+?1[\s.\-]*)?\(?[0-9]{3}\)?[\s.\-/]*[0-9]{3}[\s.\-]*[0-9]{4}\s*$`)
	notDigit    = regexp.MustCompile(`[^0-9]`)
	phoneNumber = regexp.MustCompile(`^1?([2-9][0-9]{2})([2-9][0-9]{2})([0-9]{4})$`)
)

// Phone writes a phone number of the United States as the services want it:
// 303-555-0123. It is false for anything else; numbers with extensions, or with
// letters, are not guessed at.
func Phone(text string) (string, bool) {
	if !phoneText.MatchString(text) {
		return "", false
	}
	parts := phoneNumber.FindStringSubmatch(notDigit.ReplaceAllString(text, ""))
	if parts == nil {
		return "", false
	}
	return parts[1] + "-" + parts[2] + "-" + parts[3], true
}
