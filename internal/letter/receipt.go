package letter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// Receipt is what became of a message, for whoever holds its receipt token. It
// holds the letters' words, for copying into a form, and no name or address.
type Receipt struct {
	IssueSlug  string
	IssueTitle string
	Source     string // the code of the way on which its writer came; "": none
	Written    time.Time
	Confirmed  *time.Time
	Placed     bool           // false: the address could not be placed, so nothing goes out from here
	Kept       time.Time      // when the message is erased at the latest
	Review     *MessageReview // what a person decided, when that stopped something
	Letters    []Tracked
}

// Tracked is one delivery as its writer sees it.
type Tracked struct {
	Delivery
	Official *civics.Official // as it stands today; only Name when no longer in office
	Way      civics.Channel   // the channel with what its form asks; after a failure, the one to go on by
	Subject  string
	Text     string         // salutation, own words and body; no name, no address
	Expected *mail.Expected // when it will probably go; nil when nothing waits
}

// Waiting counts the letters that wait for the confirmation.
func (r Receipt) Waiting() int {
	if r.Confirmed != nil {
		return 0
	}
	return len(r.in(Queued))
}

// Ours are the letters that go out from here, in whatever state.
func (r Receipt) Ours() []Tracked {
	return r.in(ours...)
}

// Arrived are the letters that an office can have answered.
func (r Receipt) Arrived() []Tracked { return r.in(arrived...) }

// Moving tells whether any letter will still move by itself.
func (r Receipt) Moving() bool { return len(r.in(Queued, Sending, Deferred, Held)) > 0 }

// Yours are the letters that the visitor sends.
func (r Receipt) Yours() []Tracked { return r.in(NeedsYou, DoneByYou) }

func (r Receipt) in(states ...State) []Tracked {
	var out []Tracked
	for _, t := range r.Letters {
		for _, s := range states {
			if t.State == s {
				out = append(out, t)
			}
		}
	}
	return out
}

// Receipt reads a message's states by its receipt token.
func (l *Letters) Receipt(ctx context.Context, token string) (Receipt, error) {
	m, err := l.messageFor(ctx, token, seal.Receipt)
	if err != nil {
		return Receipt{}, err
	}
	iss, err := l.issues.Facts(ctx, m.IssueSlug)
	if err != nil {
		return Receipt{}, err
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return Receipt{}, err
	}
	texts, err := textsOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{
		IssueSlug: m.IssueSlug, IssueTitle: iss.Title, Source: m.Source, Written: m.CreatedAt, Confirmed: m.ConfirmedAt,
		Placed: m.Placed, Kept: m.CreatedAt.Add(keepAtMost),
	}
	if r.Review, err = lastReview(ctx, l.db.Read(ctx), m.ID); err != nil {
		return Receipt{}, err
	}
	expected, err := l.expected(ctx, deliveries)
	if err != nil {
		return Receipt{}, err
	}
	for _, d := range deliveries {
		t, err := l.track(ctx, d, texts[d.TextID])
		if err != nil {
			return Receipt{}, err
		}
		if e, waits := expected[d.ID]; waits {
			t.Expected = &e
		}
		r.Letters = append(r.Letters, t)
	}
	return r, nil
}

// expected says of the letters on their way when they will probably go.
func (l *Letters) expected(ctx context.Context, deliveries []Delivery) (map[uuid.UUID]mail.Expected, error) {
	var waiting []uuid.UUID
	for _, d := range deliveries {
		if d.State == Queued || d.State == Deferred {
			waiting = append(waiting, d.ID)
		}
	}
	return l.post.ExpectedOf(ctx, waiting...)
}

func (l *Letters) track(ctx context.Context, d Delivery, text MessageText) (Tracked, error) {
	words, err := l.openText(text)
	if err != nil {
		return Tracked{}, err
	}
	o, found := l.atlas.Official(d.OfficialID)
	if !found {
		o = &civics.Official{ID: d.OfficialID, Name: d.OfficialName, Title: d.Title, FamilyName: d.LastName, Serves: civics.Serves{Left: true}}
	}
	return Tracked{
		Delivery: d, Official: o, Way: l.wayOf(d, o),
		Subject: words.subject, Text: paragraphs(salutation(ctx, d.Title, d.LastName), words.story, words.body),
	}, nil
}

// wayOf is the channel of a delivery with all that is known of it. What has failed
// from here gets the way by which its writer can send it instead.
func (l *Letters) wayOf(d Delivery, o *civics.Official) civics.Channel {
	if d.State == Failed || d.State == Bounced {
		if way, ok := l.routes.byHand(o, d.Channel); ok {
			return way.to
		}
	}
	for _, c := range o.Channels {
		if c.Kind == d.Channel && c.Value == d.SentTo {
			return c
		}
	}
	return civics.Channel{Kind: d.Channel, Value: d.SentTo}
}

// messageFor finds the message that a token of the purpose stands for.
func (l *Letters) messageFor(ctx context.Context, token string, purpose seal.Purpose) (Message, error) {
	t, err := l.box.Verify(token, purpose, l.now())
	if err != nil {
		return Message{}, err
	}
	m, err := messageByID(ctx, l.db.Read(ctx), t.ID)
	if err == nil && m.Epoch != t.Epoch {
		err = fault.NotFound("token.unknown")
	}
	return m, err
}

// Done notes that the visitor sent one of the letters by hand. Saying it twice
// changes nothing; a delivery of another message is fault.NotFound.
func (l *Letters) Done(ctx context.Context, token string, delivery uuid.UUID) error {
	if _, err := l.deliveryFor(ctx, token, delivery); err != nil {
		return err
	}
	return l.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := step(ctx, tx, move{delivery: delivery, to: DoneByYou, at: l.now().UTC()})
		return err
	})
}

// deliveryFor is one of the deliveries of the message that a receipt's token
// stands for; any other is fault.NotFound.
func (l *Letters) deliveryFor(ctx context.Context, token string, id uuid.UUID) (Delivery, error) {
	m, err := l.messageFor(ctx, token, seal.Receipt)
	if err != nil {
		return Delivery{}, err
	}
	d, err := deliveryByID(ctx, l.db.Read(ctx), id)
	if err == nil && d.MessageID != m.ID {
		err = fault.NotFound("letter.delivery.unknown")
	}
	return d, err
}

func holds(deliveries []Delivery, id uuid.UUID) bool {
	for _, d := range deliveries {
		if d.ID == id {
			return true
		}
	}
	return false
}
