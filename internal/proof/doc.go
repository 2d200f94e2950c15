// Package proof holds the tests that try the whole program as people and
// accidents do: journeys in a real browser, a search for leaks, and crashes.
// They run the built program with its own private PostgreSQL, a stand-in for
// the US Census Geocoder, and mail captured in the data folder.
package proof
