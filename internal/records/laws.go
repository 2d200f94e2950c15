package records

import (
	"bytes"
	_ "embed"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Federal is the code of the federal act.
const Federal = "US"

// Law is one law on public records and what we could find out about it.
type Law struct {
	Code    string // "CO", or Federal
	State   string // "Colorado"
	Name    string
	Cite    string
	Note    string            // what else applies; may be empty
	Second  Named             // a law beside it that a request names too; may be empty
	Sources map[string]Source // by the names that facts use
	From    string            // the source of name and citation
	Who     Who
	Time    Time
	Fee     Fact
	Appeal  Fact
}

// Named is a law by its name and citation.
type Named struct{ Name, Cite string }

// Source is where something was read.
type Source struct{ Title, URL string }

// Fact is one thing about a law. The zero Fact is one that nobody found.
type Fact struct {
	Say      string
	Where    string // the section, as the law is cited; may be empty
	Verified bool   // read in the law, or stated by a public office that applies it; else said by a guide or an older text
	From     string // the name of its source
}

// Known tells whether anything was found.
func (f Fact) Known() bool { return f.Say != "" }

// Who is who may ask.
type Who struct {
	Rule string // Anyone, Adults, Residents or Citizens
	Fact `yaml:",inline"`
}

// The rules of who may ask.
const (
	Anyone    = "anyone"
	Adults    = "adults"
	Residents = "residents"
	Citizens  = "citizens" // of the state
)

// OfState tells whether the law speaks of people of its state only.
func (w Who) OfState() bool { return w.Rule == Residents || w.Rule == Citizens }

// Time is how long an office has.
type Time struct {
	Letter string // the sentence that a request quotes; verified times only
	Fact   `yaml:",inline"`
}

// Source is where a fact of this law was read.
func (l Law) Source(name string) Source { return l.Sources[name] }

// Laws are all laws: the federal one, then the states by name. The slice is
// shared; it must not be changed.
func Laws() []Law { return table.laws }

// LawOf is the law with a code such as "CO".
func LawOf(code string) (Law, bool) {
	n, ok := table.byCode[code]
	if !ok {
		return Law{}, false
	}
	return table.laws[n], true
}

// Checked is the day on which the table was compared with its sources.
func Checked() time.Time { return table.checked }

//go:embed laws.yaml
var lawsFile []byte

type lawTable struct {
	laws    []Law
	byCode  map[string]int
	checked time.Time
}

var table = must(readLaws(lawsFile))

// readLaws reads the table. A field that it doesn't know is an error, so that a
// slip of the pen is no missing fact.
func readLaws(text []byte) (lawTable, error) {
	var file struct {
		Checked time.Time
		Laws    []Law
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return lawTable{}, fmt.Errorf("read the table of laws: %w", err)
	}
	t := lawTable{laws: file.Laws, byCode: make(map[string]int, len(file.Laws)), checked: file.Checked}
	for n, law := range t.laws {
		t.byCode[law.Code] = n
	}
	return t, nil
}

func must(t lawTable, err error) lawTable {
	if err != nil {
		panic(err) // embedded: a test reads it before anybody else does
	}
	return t
}
