// Package prose turns Markdown that staff wrote into HTML that is safe to put
// on a page: no script, no event handler, no style, no link but https, http,
// mailto, tel and relative ones. It is the only maker of the type HTML.
package prose

// HTML is markup made by this package. Views write it without escaping, so
// nothing else may make a value of this type.
type HTML string
