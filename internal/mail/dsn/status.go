package dsn

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	enhanced = regexp.MustCompile(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.(?:$|\D))`)
	reply    = regexp.MustCompile(`^\s*smtp\s*;\s*(?:[a-z]+\s*;\s*)?([45]\d\d)(?:\D|$)`)
)

// recipients reads a status: a group of fields about the mail, then one for each recipient. Servers forget the blank lines
// between them, and fields, so a recipient begins wherever a field comes again that it has already.
func recipients(text string) []Recipient {
	var all []Recipient
	var now header
	finish := func() {
		if r, ok := recipient(now); ok && len(all) < maxRecipients {
			all = append(all, r)
		}
		now = nil
	}
	for group := range strings.SplitSeq(text, "\n\n") {
		for _, f := range fields(group) {
			if (f.name == "final-recipient" || f.name == "action") && now.get(f.name) != "" {
				finish()
			}
			now = append(now, f)
		}
		finish()
	}
	return all
}

// recipient reads the fields about one recipient; false: they are about none.
func recipient(h header) (Recipient, bool) {
	r := Recipient{Action: word(h.get("action")), Enhanced: first(enhanced, h.get("status"))}
	said := strings.ToLower(h.get("diagnostic-code"))
	if code, err := strconv.Atoi(first(reply, said)); err == nil {
		r.Code = code
	}
	// "5.0.0" says no more than that it failed; what the other server said says more.
	if told := first(enhanced, said); told != "" && (r.Enhanced == "" || strings.HasSuffix(r.Enhanced, ".0.0") && told[0] == r.Enhanced[0]) {
		r.Enhanced = told
	}
	switch r.Action {
	case Failed, Delayed, Delivered, Relayed, Expanded:
		return r, true
	case "":
		// Without an action only a status that is final says something.
		if strings.HasPrefix(r.Enhanced, "5.") && h.get("status") != "" {
			r.Action = Failed
			return r, true
		}
	}
	return Recipient{}, false
}

func first(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// word is the first word of a value in lower case, without a comment behind it.
func word(value string) string {
	value, _, _ = strings.Cut(value, "(")
	value, _, _ = strings.Cut(value, ";")
	value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
	return strings.ToLower(value)
}
