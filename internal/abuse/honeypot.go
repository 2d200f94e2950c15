package abuse

import (
	"net/url"
	"strings"
)

// HoneypotField is the name of a form field that people don't see and simple robots fill. It is a word that no browser fills
// by itself.
const HoneypotField = "fax_extension"

// Honeypot says whether a robot filled the hidden field. The caller then answers as if all went well and keeps nothing.
func Honeypot(form url.Values) bool {
	for _, value := range form[HoneypotField] {
		if strings.TrimSpace(value) != "" {
			return true
		}
	}
	return false
}
