package civics

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// A list may be made to deceive: an address that hides another recipient behind a
// mailto link, a name that turns the line it stands in around.
func TestHostileTextsOfALegislator(t *testing.T) {
	t.Parallel()
	rows := openStatesHeader +
		person1("1", "Ann \u202eeeL\u2066\x1b[31m\u009b31m,Democratic,10A,lower,Ann,Lee,x?bcc=evil%40evil.example&a=b@house.idaho.gov,,,,,")
	tables, err := ReadOpenStates("id", strings.NewReader(rows), published2026)
	if err != nil {
		t.Fatal(err)
	}
	if name := tables.People[0].Name; name != "Ann eeL [31m 31m" {
		t.Errorf("the name is %q", name)
	}
	if len(tables.Contacts) != 0 {
		t.Errorf("the address is taken: %+v", tables.Contacts)
	}
	for _, address := range []string{"a?b@x.gov", "a&b@x.gov", "a#b@x.gov", "a%b@x.gov", "a@x.gov?cc=b@y.example"} {
		if _, ok := emailAddress(address); ok {
			t.Errorf("%s is taken", address)
		}
	}
	for _, address := range []string{"a.b+c@x.gov", "o'neill@x.gov", "a_b-c@mail.x.gov"} {
		if _, ok := emailAddress(address); !ok {
			t.Errorf("%s is refused", address)
		}
	}
}

// A correction's link leads to a public site, whatever it looks like.
func TestLinksOfCorrections(t *testing.T) {
	t.Parallel()
	for link, taken := range map[string]bool{
		"https://degette.house.gov/contact?form=1": true, "": true,
		"javascript:alert(1)": false, "http://degette.house.gov": false, "https://": false, "https://house": false,
		"https://degette.house.gov@evil.example/": false, "https://evil.example:8443/": false,
		`https://x" onclick="alert(1)`: false, "https://x\ny": false,
	} {
		for _, field := range []string{"website", "webform"} {
			c := Correction{OfficialID: "bioguide:D000197", Field: field, Value: link, Source: "test"}
			if err := c.check(); (err == nil) != taken {
				t.Errorf("%s %q: %v", field, link, err)
			}
		}
	}
}

// A folder that was unpacked may hold a file whose name is a command to the
// terminal that shows it.
func TestHostileNamesOfFiles(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(string) error{
		"\x1b[31mzz.csv": func(dir string) error { _, err := readOpenStatesPath(dir, func(string) {}); return err },
		"\x1b]0;x\a.txt": func(dir string) error { _, err := readZipPath(dir); return err },
		"\x1b[2J.zip":    func(dir string) error { _, err := readZipPath(dir); return err },
		"\x1b[3J.json":   func(dir string) error { _, err := readBoundariesPath(dir); return err },
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := read(dir); err == nil || strings.ContainsFunc(err.Error(), unicode.IsControl) {
			t.Errorf("%q: %q", name, err)
		}
	}
}
