package civics

import "time"

// catalog says where each dataset comes from.
var catalog = map[string]Dataset{
	DatasetCongress: {
		Name: "Members of Congress, their offices and committees", Source: "unitedstates/congress-legislators",
		URL: "https://unitedstates.github.io/congress-legislators/", Licence: "CC0 1.0",
	},
	DatasetContactForms: {
		Name: "Contact forms of members of Congress", Source: "unitedstates/contact-congress",
		URL: "https://github.com/unitedstates/contact-congress", Licence: "CC0 1.0",
	},
	DatasetOpenStates: {
		Name: "State legislators", Source: "Open States",
		URL: "https://open.pluralpolicy.com/data/", Licence: "CC0 1.0",
	},
	DatasetZipCongress: {
		Name: "ZIP codes and congressional districts", Source: "U.S. Census Bureau",
		URL: "https://www.census.gov/geographies/reference-files.html", Licence: "Public domain",
	},
	DatasetBoundaries: {
		Name: "Boundaries of congressional districts", Source: "U.S. Census Bureau",
		URL: "https://www.census.gov/geographies/mapping-files.html", Licence: "Public domain",
	},
	DatasetZipState: {
		Name: "ZIP codes and state legislative districts, 2024 lines", Source: "U.S. Census Bureau",
		URL: "https://www.census.gov/geographies/reference-files.html", Licence: "Public domain",
	},
}

// describe names a dataset. One on the districts or members of a Congress says
// which.
func describe(kind string, congress int, asOf time.Time, rows int) Dataset {
	d := catalog[kind]
	d.ID, d.Kind, d.Congress, d.AsOf, d.Rows = kind, kind, congress, asOf, rows
	if congress > 0 {
		d.ID = edition(kind, congress)
		d.Name += ", " + ordinal(congress) + " Congress"
	}
	return d
}

// staleAfter is when facts about people are old enough to say so.
const staleAfter = 45 * 24 * time.Hour

// Stale reports whether facts about people are old enough that a page must
// warn. Maps don't age: their divisions say until when they are in force.
func (d Dataset) Stale(now time.Time) bool { return d.aboutPeople() && now.Sub(d.AsOf) > staleAfter }

// aboutPeople tells facts that change by the day from maps.
func (d Dataset) aboutPeople() bool {
	switch d.Kind {
	case DatasetZipCongress, DatasetZipState, DatasetBoundaries:
		return false
	}
	return true
}
