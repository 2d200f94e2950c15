package civics

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds any one text of a published file.
const maxText = 500

// tidy makes one line of a text: valid, without control characters, marks that
// turn the direction of what follows, or doubled spaces, and of bounded length.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

func joinNonEmpty(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

var notDigit = regexp.MustCompile(`[^0-9]`)

// phone writes an American number as 202-224-3121, with its extension when it
// has one. What is no such number becomes "".
func phone(s string) string {
	number, extension, _ := strings.Cut(strings.ToLower(s), "x")
	digits := notDigit.ReplaceAllString(number, "")
	if len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	if len(digits) != 10 || digits[0] < '2' || digits[3] < '2' {
		return ""
	}
	written := digits[:3] + "-" + digits[3:6] + "-" + digits[6:]
	if extension = notDigit.ReplaceAllString(extension, ""); extension != "" && len(extension) <= 6 {
		written += " x" + extension
	}
	return written
}

// tollFree reports whether a number can be anywhere.
func tollFree(number string) bool {
	switch number[:3] {
	case "800", "833", "844", "855", "866", "877", "888":
		return true
	}
	return false
}

// emailAddress takes a plain address and nothing else: none with a mark that in a
// mailto link would begin something other than the address, such as a hidden copy.
func emailAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || strings.ContainsAny(s, " \t\r\n\"?&#%") || len(s) > 254 {
		return "", false
	}
	_, domain, _ := strings.Cut(s, "@")
	if !strings.Contains(domain, ".") {
		return "", false
	}
	return s, true
}

var doubledScheme = regexp.MustCompile(`(?i)^h+ttps?:`)

// webAddress takes an http or https address and gives it as https; sites of
// Congress answer on nothing else. "hhttps:" is repaired with a warning. What
// is no such address becomes "", with a warning when there was something.
func (t *Tables) webAddress(id, raw string) string {
	raw = tidy(raw)
	if raw == "" {
		return ""
	}
	scheme := doubledScheme.FindString(raw)
	if lower := strings.ToLower(scheme); lower != "" && lower != "https:" && lower != "http:" {
		t.warn("%s: an address that begins with %q is repaired", id, scheme)
	}
	if scheme != "" {
		raw = "https:" + raw[len(scheme):]
	}
	link, ok := httpsLink(raw)
	if !ok {
		t.warn("%s: an address that is no https link is left out", id)
	}
	return link
}

// httpsLink takes the address of a public site and nothing else: no user before
// its host, no port.
func httpsLink(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") || u.Port() != "" {
		return "", false
	}
	return u.String(), true
}

// governmentForm takes a web form's address only on a site of the government,
// so that nobody is led to write into a stranger's form.
func (t *Tables) governmentForm(id, raw string) string {
	link := t.webAddress(id, raw)
	if link == "" {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil || !strings.HasSuffix(u.Hostname(), ".gov") {
		t.warn("%s: a contact form outside .gov is left out", id)
		return ""
	}
	return link
}

// partyOf gives a party its full name and the letters that stand beside a name.
func partyOf(raw string) (name, code string) {
	name = tidy(raw)
	if name == "Democrat" {
		name = "Democratic"
	}
	switch name {
	case "Nonpartisan":
		return name, ""
	case "Partido Nuevo Progresista":
		return name, "PNP"
	case "Partido Popular Democrático":
		return name, "PPD"
	case "Partido Independentista Puertorriqueño":
		return name, "PIP"
	case "Proyecto Dignidad":
		return name, "PD"
	case "Democratic-Farmer-Labor":
		return name, "DFL"
	}
	for prefix, letter := range map[string]string{"Democratic": "D", "Republican": "R", "Independent": "I", "Libertarian": "L", "Green": "G"} {
		if strings.HasPrefix(name, prefix) {
			return name, letter
		}
	}
	if r, _ := utf8.DecodeRuneInString(name); name != "" && unicode.IsLetter(r) {
		return name, string(unicode.ToUpper(r))
	}
	return name, ""
}
