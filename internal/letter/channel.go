package letter

import (
	netmail "net/mail"
	"strings"

	"redress/internal/civics"
)

// sendable is the mailbox that we may write to for the official's constituents.
// Only state legislators are written to by e-mail: members of Congress take
// letters through their forms.
func sendable(o *civics.Official) (civics.Channel, bool) {
	if o.Level != civics.State || o.Vacant {
		return civics.Channel{}, false
	}
	for _, c := range o.Channels {
		if c.Kind == civics.ChannelEmail && deliverable(c.Value) {
			return c, true
		}
	}
	return civics.Channel{}, false
}

// deliverable tells whether a published address is one that mail can go to.
// Published data holds addresses with spaces and worse.
func deliverable(address string) bool {
	if strings.ContainsAny(address, " \t\r\n,;<>\"") {
		return false
	}
	parsed, err := netmail.ParseAddress(address)
	return err == nil && parsed.Address == address && strings.Contains(address[strings.LastIndexByte(address, '@')+1:], ".")
}

// byHand is the best way for a visitor to send a letter themself: the form, the
// mailbox from their own program, the site, the phone, the post.
func byHand(o *civics.Official) (civics.Channel, bool) {
	for _, kind := range []string{civics.ChannelWebform, civics.ChannelEmail, civics.ChannelWebsite, civics.ChannelPhone, civics.ChannelPost} {
		for _, c := range o.Channels {
			if c.Kind == kind && c.Value != "" && (kind != civics.ChannelEmail || deliverable(c.Value)) {
				return c, true
			}
		}
		if kind == civics.ChannelWebsite && o.Website != "" {
			return civics.Channel{Kind: kind, Value: o.Website, AsOf: o.AsOf}, true
		}
	}
	return civics.Channel{}, false
}
