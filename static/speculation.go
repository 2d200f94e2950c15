package static

// speculationName is the plain name of the rules that let browsers fetch pages
// before they are opened.
const speculationName = "speculation.json"

// speculationRules allow prefetching of pages that are the same for everyone
// and kept in memory. Pages with a token, answers to forms, the search and the
// interfaces for programs are left out: a visit there must be someone's choice.
const speculationRules = `{
  "prefetch": [{
    "where": {"and": [
      {"href_matches": "/*"},
      {"not": {"href_matches": "/*\\?*"}},
      {"not": {"href_matches": "/messages/*"}},
      {"not": {"href_matches": "/signatures/*"}},
      {"not": {"href_matches": "/manage*"}},
      {"not": {"href_matches": "/subscriptions/*"}},
      {"not": {"href_matches": "/search*"}},
      {"not": {"href_matches": "/api/*"}},
      {"not": {"href_matches": "/dev/*"}},
      {"not": {"href_matches": "/desk*"}},
      {"not": {"selector_matches": "[rel~=nofollow]"}}
    ]},
    "eagerness": "moderate"
  }]
}
`

// SpeculationRules is the fingerprinted path of those rules, for the
// Speculation-Rules header.
func (a *Assets) SpeculationRules() string { return a.URL(speculationName) }
