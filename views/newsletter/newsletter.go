// Package newsletter draws subscribing to the newsletter: the page with the field, "check your mail", the page that confirms,
// preferences, and the way out.
package newsletter

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/newsletter"
)

// Path is the page of the newsletter.
const Path = "/newsletter"

// Words is the sentence beside the field: what a consent says word for word.
func Words(ctx context.Context, center string) string {
	return i18n.T(ctx, "newsletter.form.words", "Center", center)
}

// ChangeWords is the sentence beside the field for another address.
func ChangeWords(ctx context.Context) string {
	return i18n.T(ctx, "newsletter.preferences.address_words")
}

// UndoWords is the sentence beside the button that takes an end back.
func UndoWords(ctx context.Context, center string) string {
	return i18n.T(ctx, "newsletter.gone.undo_words", "Center", center)
}

// Done are the changes after which preferences say that they are made.
var Done = []string{"rhythm", "pause", "resume", "address", "stay", "erase"}

func thanked(ctx context.Context, c newsletter.Confirmation) string {
	return status(ctx, "newsletter.thanks", c.Subscriber, c.Masked)
}

func stands(ctx context.Context, p newsletter.Preferences) string {
	return status(ctx, "newsletter.preferences", p.Subscriber, p.Masked)
}

// status says how a subscription stands.
func status(ctx context.Context, room string, s newsletter.Subscriber, masked string) string {
	switch {
	case s.State == newsletter.Paused && s.PausedUntil != nil:
		return i18n.T(ctx, room+".paused", "Address", masked, "Date", i18n.Date(ctx, *s.PausedUntil))
	case s.Rhythm == newsletter.Weekly:
		return i18n.T(ctx, room+".weekly", "Address", masked)
	}
	return i18n.T(ctx, room+".daily", "Address", masked)
}

func subscription(token string) string { return "/subscriptions/" + token }
