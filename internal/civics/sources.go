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
		Name: "ZIP codes and congressional districts, 119th Congress", Source: "U.S. Census Bureau",
		URL: "https://www.census.gov/geographies/reference-files.html", Licence: "Public domain",
	},
	DatasetZipState: {
		Name: "ZIP codes and state legislative districts, 2024 lines", Source: "U.S. Census Bureau",
		URL: "https://www.census.gov/geographies/reference-files.html", Licence: "Public domain",
	},
}

func describe(id string, asOf time.Time, rows int) Dataset {
	d := catalog[id]
	d.ID, d.AsOf, d.Rows = id, asOf, rows
	return d
}

// staleAfter is when facts about people are old enough to say so.
const staleAfter = 45 * 24 * time.Hour

// Stale reports whether facts about people are old enough that a page must
// warn. Maps don't age: their divisions say until when they are in force.
func (d Dataset) Stale(now time.Time) bool {
	return d.ID != DatasetZipCongress && d.ID != DatasetZipState && now.Sub(d.AsOf) > staleAfter
}
