package letter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
)

// Compose lays the letter ready for the people in answer: who gets it by whose
// hand, and each text as it fits its recipients.
func (l *Letters) Compose(ctx context.Context, issueSlug string, answer civics.Answer) (Composition, error) {
	letter, iss, err := l.load(ctx, issueSlug)
	if err != nil {
		return Composition{}, err
	}
	c := Composition{
		Letter: letter, Issue: iss, Answer: answer, Variant: letter.VariantAt(answer), Placed: answer.Confidence == civics.ConfidenceAddress,
	}
	return c, l.lay(ctx, &c)
}

// AsSeen is a composition with the version of a comparison that a form was
// written under, so that a form which comes back reads as it did.
func (l *Letters) AsSeen(ctx context.Context, c Composition, n NewMessage) Composition {
	seen := Composition{
		Letter: c.Letter, Issue: c.Issue, Answer: c.Answer, Variant: c.Letter.seen(n, c.Answer), Placed: c.Placed, tests: c.tests,
	}
	if seen.Variant == c.Variant {
		return c
	}
	seen.lay(ctx, l.routes, l.now())
	return seen
}

// ComposeFor lays the letter ready for the named officials, whom the visitor
// chose among candidates. Ids that nobody holds are fault.Invalid.
func (l *Letters) ComposeFor(ctx context.Context, issueSlug string, officials []string) (Composition, error) {
	var answer civics.Answer
	for _, id := range distinct(officials) {
		o, ok := l.atlas.Official(id)
		if !ok {
			return Composition{}, unknownOfficial()
		}
		answer.Officials = append(answer.Officials, o)
		if answer.AsOf.IsZero() || o.AsOf.Before(answer.AsOf) {
			answer.AsOf = o.AsOf
		}
	}
	if len(answer.Officials) == 0 || len(answer.Officials) > maxOfficials {
		return Composition{}, unknownOfficial()
	}
	return l.Compose(ctx, issueSlug, answer)
}

func unknownOfficial() error {
	return fault.Invalid("letter.form.invalid", fault.Field{Name: "officials", Key: "letter.form.officials.unknown"})
}

// load reads the letter and its issue in the context's language.
func (l *Letters) load(ctx context.Context, issueSlug string) (Letter, issue.Issue, error) {
	iss, err := l.issues.Facts(ctx, issueSlug)
	if err != nil {
		return Letter{}, issue.Issue{}, err
	}
	letter, err := l.BySlug(ctx, issueSlug)
	return letter, iss, err
}

// lay sorts the answer's officials and prepares the texts, knowing who is in test
// mode.
func (l *Letters) lay(ctx context.Context, c *Composition) (err error) {
	if c.tests, err = testOfficials(ctx, l.db.Read(ctx)); err == nil {
		c.lay(ctx, l.routes, l.now())
	}
	return err
}

func (c *Composition) lay(ctx context.Context, routes router, now time.Time) {
	letter := c.Letter.As(c.Variant)
	groups := map[string]int{}
	for _, o := range c.Answer.Officials {
		if o.Vacant {
			c.Vacant = append(c.Vacant, o)
			continue
		}
		if !o.Offered() {
			c.Withheld = append(c.Withheld, o)
			continue
		}
		r, prepared, ok := recipientFor(ctx, routes, letter, c.Issue, o, now)
		if !ok {
			c.Unasked = append(c.Unasked, o)
			continue
		}
		r.Chosen, r.Test = true, c.Letter.Test || c.tests[o.ID]
		if r.Sends {
			c.WeSend = append(c.WeSend, r)
		} else {
			c.YouSend = append(c.YouSend, r)
		}
		at, seen := groups[r.GroupKey]
		if !seen {
			at = len(c.Groups)
			groups[r.GroupKey] = at
			c.Groups = append(c.Groups, prepared)
		}
		c.Groups[at].Recipients = append(c.Groups[at].Recipients, r)
	}
	c.Prepared = preparedOf(ctx, c.Letter, c.Issue, c.Groups)
	c.indexed = sync.OnceValue(c.Prepared.index)
}

// Recipients are all who get a letter, those we send to first.
func (c Composition) Recipients() []Recipient {
	return append(append([]Recipient(nil), c.WeSend...), c.YouSend...)
}

// Chosen counts the recipients that are checked.
func (c Composition) Chosen() int {
	n := 0
	for _, r := range c.Recipients() {
		if r.Chosen {
			n++
		}
	}
	return n
}

// Choose checks exactly the named officials, as a form came back.
func (c *Composition) Choose(officials []string) {
	chosen := map[string]bool{}
	for _, id := range officials {
		chosen[id] = true
	}
	mark := func(rs []Recipient) {
		for i := range rs {
			rs[i].Chosen = chosen[rs[i].Official.ID]
		}
	}
	mark(c.WeSend)
	mark(c.YouSend)
	for _, g := range c.Groups {
		mark(g.Recipients)
	}
}

// Keep puts the words of a form that comes back in place of the prepared ones.
func (c *Composition) Keep(n NewMessage) {
	for i, g := range c.Groups {
		if v, ok := typed(n.Subjects, g.Key, g.Ask.Key); ok {
			c.Groups[i].Subject = v
		}
		if v, ok := typed(n.Bodies, g.Key, g.Ask.Key); ok {
			c.Groups[i].Body = v
		}
	}
}

// recipientFor is what the letter asks of one official, by which channel, and
// with which text; ok is false when it asks nothing or nothing reaches them.
func recipientFor(ctx context.Context, routes router, l Letter, i issue.Issue, o *civics.Official, now time.Time) (Recipient, Group, bool) {
	ask, bill, ok := l.AskFor(o, i, now)
	if !ok {
		return Recipient{}, Group{}, false
	}
	way, found := routes.route(o)
	if !found {
		return Recipient{}, Group{}, false
	}
	seat, _ := ask.seat(o, bill, now)
	values := valuesFor(ctx, o, bill, seat.Name)
	subject := ask.Subject
	if subject == "" {
		subject = l.Subject
	}
	g := Group{Ask: ask, Subject: merge(subject, values), Body: merge(ask.Body, values)}
	g.Key, g.Prepared = groupKey(ask, g.Subject, g.Body), g.Body
	return Recipient{
		Official: o, Stance: StanceOf(o, i), Ask: ask, Bill: bill, Channel: way.to, Sends: way.channel.Sends(), Asks: way.channel.Asks(),
		GroupKey: g.Key, Prepared: g.Prepared, Committee: seat.Name,
	}, g, true
}

// valuesFor are the merge values of one recipient. What only the visitor knows
// stays a mark in square brackets, which they may overwrite and which Submit
// fills.
func valuesFor(ctx context.Context, o *civics.Official, bill *issue.Bill, committee string) map[string]string {
	values := map[string]string{
		FieldTitle:     TitleOf(o),
		FieldName:      o.Name,
		FieldLastName:  LastNameOf(o),
		FieldSeat:      o.SeatName,
		FieldCommittee: committee,
		FieldYourName:  i18n.T(ctx, "letter.mark.your_name"),
		FieldYourPlace: i18n.T(ctx, "letter.mark.your_place"),
	}
	if bill != nil {
		values[FieldBill] = bill.Number
		values[FieldBillTitle] = bill.Title
	}
	return values
}

// TitleOf is how a letter addresses the official: "Senator" also for a state
// senator.
func TitleOf(o *civics.Official) string {
	return strings.TrimPrefix(o.Title, "State ")
}

// LastNameOf is the family name, or the last word of the name.
func LastNameOf(o *civics.Official) string {
	if o.FamilyName != "" {
		return o.FamilyName
	}
	words := strings.Fields(o.Name)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// groupKey names a prepared text. Ids of the same ask and words always have the
// same key, whoever else is on the page.
func groupKey(a Ask, subject, body string) string {
	sum := sha256.Sum256([]byte(subject + "\x00" + body))
	return a.Key + "." + hex.EncodeToString(sum[:4])
}

func distinct(ids []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, id := range ids {
		if id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
