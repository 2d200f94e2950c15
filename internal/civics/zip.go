package civics

import (
	"regexp"
	"strconv"
	"strings"

	"redress/internal/fault"
)

var zipAsTyped = regexp.MustCompile(`^([0-9]{5})(?:[-\x{2010}-\x{2014} ]?[0-9]{4})?$`)

// NormalizeZip takes a ZIP code as people type it, "80203", " 80203-1234",
// "80203 1234" or "CO 80203", and gives its five digits. What is none is
// fault.Invalid with a sentence that says what is missing.
func NormalizeZip(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	if len(s) > 40 {
		return "", invalidZip("civics.zip.invalid")
	}
	if m := zipAsTyped.FindStringSubmatch(withoutState(s)); m != nil {
		return m[1], nil
	}
	switch digits := notDigit.ReplaceAllString(s, ""); {
	case s == "":
		return "", invalidZip("civics.zip.empty")
	case digits == "":
		return "", invalidZip("civics.zip.letters")
	case len(digits) == len(s) && len(digits) < 5:
		return "", invalidZip("civics.zip.short")
	case len(digits) == len(s):
		return "", invalidZip("civics.zip.long")
	}
	return "", invalidZip("civics.zip.invalid")
}

// withoutState drops a state's postal code in front: "CO 80203".
func withoutState(s string) string {
	if len(s) > 3 && s[2] == ' ' {
		if _, ok := placeByCode[strings.ToUpper(s[:2])]; ok {
			return strings.TrimSpace(s[3:])
		}
	}
	return s
}

func invalidZip(key string) error {
	return fault.Invalid(key, fault.Field{Name: "zip", Key: key})
}

// PlainZip reports whether a ZIP code is typed as it is written: five digits.
func PlainZip(s string) bool {
	if len(s) != 5 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// zipNumber is a normalized ZIP code as a number.
func zipNumber(zip string) int {
	n, _ := strconv.Atoi(zip)
	return n
}

// military reports whether a ZIP code is one of military mail: 340 the Americas,
// 090 to 098 Europe, 962 to 966 the Pacific.
func military(zip int) bool {
	prefix := zip / 100
	return prefix == 340 || 90 <= prefix && prefix <= 98 || 962 <= prefix && prefix <= 966
}

// pacificPrefix begins the ZIP codes of two territories and of three countries
// that the Postal Service serves (Palau, Micronesia, the Marshall Islands).
const pacificPrefix = 969

// pacificStates tells by more digits which territory a ZIP code of
// [pacificPrefix] lies in: 96910 to 96932 are Guam's, 96950 to 96952 the Northern
// Mariana Islands'. The others are of the three countries, or unused.
func pacificStates(zip int) []string {
	switch {
	case 96910 <= zip && zip <= 96932:
		return []string{"GU"}
	case 96950 <= zip && zip <= 96952:
		return []string{"MP"}
	}
	return nil
}
