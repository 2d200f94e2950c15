package newsletter

import (
	"time"

	"redress/internal/seal"
)

// Links are the addresses that every mail to a subscriber carries.
type Links struct {
	Preferences string // rhythm, pause, another address; shows the address only in part
	Unsubscribe string // a page with a button
	OneClick    string // takes the POST of RFC 8058; for the header List-Unsubscribe. A GET shows the page with the button
}

// never is when links in editions run out: with their row's epoch only, since people unsubscribe from mails of years ago.
var never = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

// Links are a subscriber's. They need no login, so whoever has an edition has them: they show no address, and what they allow
// (another rhythm, a pause, the end) a subscriber can undo; another address has to confirm first, and the old one is told.
func (n *Newsletter) Links(s Subscriber) Links {
	base := n.opt.BaseURL + "/subscriptions/" + n.Token(s)
	return Links{Preferences: base, Unsubscribe: base + "/unsubscribe", OneClick: base + "/one-click"}
}

// Token is what the links of a subscriber's mails bear.
func (n *Newsletter) Token(s Subscriber) string {
	return n.box.Sign(seal.Token{Purpose: seal.Unsubscribe, ID: s.ID, Expires: never, Epoch: s.Epoch})
}
