// Package pledge draws a pledge: its words and the form under them, "check your
// mail", the page that confirms, and thanks.
package pledge

import (
	"context"
	"time"

	"redress/internal/i18n"
	"redress/internal/pledge"
	"redress/internal/supporter"
	"redress/views/parts"
)

// Sheet is all that the pledge's own page shows.
type Sheet struct {
	Pledge   pledge.Pledge
	Count    pledge.Count
	Imported int64 // of the count, those that were collected elsewhere
	Names    []Name
	State    pledge.State
	Form     parts.Form
	Honeypot string // name of the field that people don't see
}

// Name is one signing line: a first name, and "Colorado, today".
type Name struct{ Given, Line string }

// from is the code that somebody came by; "": none.
func (s Sheet) from() string { return s.Form.Value(parts.SourceField) }

// Path is where the pledge of an issue stands.
func Path(issueSlug string) string { return "/issues/" + issueSlug + "/pledge" }

func issuePath(slug string) string  { return "/issues/" + slug }
func letterPath(slug string) string { return "/issues/" + slug + "/letter" }
func countPath(slug string) string  { return "/issues/" + slug + "/count.json" }

// Day is a day as people say it: today, yesterday, else its date.
func Day(ctx context.Context, day, now time.Time) string {
	y, m, d := now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch {
	case !day.Before(today):
		return i18n.T(ctx, "pledge.page.today")
	case !day.Before(today.AddDate(0, 0, -1)):
		return i18n.T(ctx, "pledge.page.yesterday")
	}
	return i18n.Date(ctx, day)
}

// askedTypo is the domain that the form asks about; "" when it asks nothing. The
// answer stands after the form's own button, which Enter presses.
func askedTypo(form parts.Form) string {
	if form.Error("email") == "" {
		return ""
	}
	return supporter.Typo(form.Value("email"))
}

// UpdatesWords is the sentence beside the box for updates: what a consent says
// word for word.
func UpdatesWords(ctx context.Context, center string) string {
	return i18n.T(ctx, "pledge.form.updates", "Center", center)
}

func kept(ctx context.Context, p pledge.Pledge) string {
	switch {
	case p.Closes == nil:
		return i18n.T(ctx, "pledge.page.kept_open")
	case p.KeptDaysAfterClose == 0:
		return i18n.T(ctx, "pledge.page.kept_same_day")
	}
	return i18n.T(ctx, "pledge.page.kept", "Count", p.KeptDaysAfterClose)
}

// closesKey names the closing date: until when, or that it is past.
func closesKey(s pledge.State) string {
	if s == pledge.Closed {
		return "pledge.page.closed"
	}
	return "pledge.page.closes"
}
