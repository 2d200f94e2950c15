// Package update draws the page on which updates by mail are stopped.
package update

// Path is the page of a token.
func Path(token string) string { return "/updates/" + token }
