package letter

import (
	"maps"
	"slices"
	"strings"

	"redress/internal/civics"
	"redress/internal/issue"
)

// Returned is the writing step made of nothing but the form that came in and
// what is known in memory: for when the database is away, so that nobody's
// words are lost. shown are the officials that the form listed.
func (l *Letters) Returned(n NewMessage, shown []string) Composition {
	c := Composition{Letter: Letter{IssueSlug: n.IssueSlug}, Issue: issue.Issue{Slug: n.IssueSlug}}
	for _, id := range distinct(append(shown, n.Officials...)) {
		o, found := l.atlas.Official(id)
		if !found || !o.Offered() {
			continue
		}
		c.Answer.Officials = append(c.Answer.Officials, o)
		way, _ := l.routes.route(o)
		r := Recipient{Official: o, Channel: way.to}
		if way.channel != nil && way.channel.Sends() {
			r.Sends, r.Asks = true, way.channel.Asks()
			c.WeSend = append(c.WeSend, r)
		} else {
			c.YouSend = append(c.YouSend, r)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(n.Bodies)) {
		g := Group{Key: key, Subject: n.Subjects[key], Body: n.Bodies[key]}
		for _, r := range c.Recipients() {
			if mayBeFor(key, r.Official) {
				g.Recipients = append(g.Recipients, r)
			}
		}
		if len(g.Recipients) > 0 {
			c.Groups = append(c.Groups, g)
		}
	}
	c.Choose(n.Officials)
	return c
}

// mayBeFor tells whether a group's key, which begins with its ask's level and
// chamber, can be an official's. The plain field is everyone's.
func mayBeFor(key string, o *civics.Official) bool {
	level, rest, _ := strings.Cut(key, "-")
	chamber, _, _ := strings.Cut(rest, "-")
	return key == "" || level == string(o.Level) && (chamber == Any || chamber == string(o.Chamber))
}
