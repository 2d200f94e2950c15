package letter

import "redress/internal/civics"

// route is the way that a letter to one official takes.
type route struct {
	channel Channel
	to      civics.Channel
}

// fallBack is the way as what a delivery goes on by instead of its own; nil when
// there is none.
func (w route) fallBack() *fallBack {
	if w.channel == nil {
		return nil
	}
	return &fallBack{channel: w.channel.Kind(), sentTo: w.to.Value}
}

// router picks per official the best channel that is configured and alive.
type router []Channel

// route is the best way to an official today. An office that chose a channel is
// written to by that one; where it can't be used, nothing is sent from here in
// its place, and the letter is laid ready for the writer's own hand. ok is false
// when no way is known.
func (r router) route(o *civics.Official) (way route, ok bool) {
	for _, c := range r {
		if o.Chosen != "" && c.Kind() != o.Chosen {
			continue
		}
		if to, reaches := c.Reach(o); reaches {
			return route{c, to}, true
		}
	}
	if o.Chosen != "" {
		return r.byHand(o, "")
	}
	return route{}, false
}

// byHand is the best way for a writer to send a letter themself, by another kind
// of channel than one that has failed.
func (r router) byHand(o *civics.Official, failed string) (way route, ok bool) {
	for _, c := range r {
		if c.Sends() || c.Kind() == failed {
			continue
		}
		if to, reaches := c.Reach(o); reaches {
			return route{c, to}, true
		}
	}
	return route{}, false
}

// sends is the channel by which letters leave from here and which a delivery
// takes; ok is false for those that their writers send.
func (r router) sends(kind string) (Channel, bool) {
	for _, c := range r {
		if c.Sends() && c.Kind() == kind {
			return c, true
		}
	}
	return nil, false
}
