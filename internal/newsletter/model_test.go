package newsletter_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/postgres/postgrestest"
	"redress/internal/supporter"
)

// mailbox is what the model knows of one.
type mailbox struct {
	email   string
	state   string // "" for none
	silent  string // why it is left alone
	asks    []ask  // confirm tokens that came
	links   []string
	undo    *newsletter.Undo
	moving  int // the mailbox that was asked to take over; -1: none
	moveTok string
}

type ask struct {
	token string
	live  bool // nothing has happened since that would revoke it
}

// TestSubscriptionsAreAsASimpleModelHasThem does to some mailboxes whatever people, providers and servers do, in any order, and
// compares every state, address and consent with a model of a few lines.
func TestSubscriptionsAreAsASimpleModelHasThem(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx, run, takeOvers, begun := context.Background(), 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		w := worldOn(t, db)
		w.clock.turn(time.Duration(run) * 1000 * 24 * time.Hour) // no allowance is left over from another run
		boxes := make([]*mailbox, 3)
		for i := range boxes {
			boxes[i] = &mailbox{email: fmt.Sprintf("b%d.%d@mail.example", run, i), moving: -1}
		}
		some := rapid.IntRange(0, len(boxes)-1)
		any := func(r *rapid.T) *mailbox { return boxes[some.Draw(r, "mailbox")] }
		revoke := func(b *mailbox) { // what ends with a subscription
			for i := range b.asks {
				b.asks[i].live = false
			}
			b.moving, b.moveTok = -1, ""
		}
		end := func(b *mailbox) {
			if b.state != "" {
				b.state = newsletter.Ended
			}
			revoke(b)
		}
		begin := func(b *mailbox) {
			b.state = newsletter.Active
			b.undo = nil
			begun++
			s, err := stateRow(w, b.email)
			if err != nil {
				r.Fatal(err)
			}
			b.links = append(b.links, w.Token(s))
		}
		arrive := func() { // whatever is due arrives
			for _, a := range w.work(r) {
				for _, b := range boxes {
					if a.to == b.email && b.silent == supporter.Complained {
						r.Fatalf("%s came to one who complained", a.kind)
					}
				}
			}
		}
		live := func(b *mailbox) bool { return b.state == newsletter.Active || b.state == newsletter.Paused }
		link := func(r *rapid.T, b *mailbox) string { // of one of its editions
			return b.links[rapid.IntRange(0, len(b.links)-1).Draw(r, "edition")]
		}
		conflicts := func(err error, ok bool) {
			if ok && err != nil || !ok && fault.KindOf(err) != fault.KindConflict {
				r.Fatalf("got %v, want it done: %v", err, ok)
			}
		}
		took := func(r *rapid.T, b *mailbox) { // what the mailbox that was asked to take over does
			target, was := boxes[b.moving], b.state
			_, err := w.Confirm(ctx, trim(b.moveTok))
			b.moving, b.moveTok = -1, ""
			switch {
			case fault.KindOf(err) == fault.KindNotFound:
				return // ran out: the state must not have moved
			case err != nil:
				r.Fatal(err)
			case target == b:
				return
			}
			takeOvers++
			end(b)
			b.undo = nil
			if !live(target) {
				revoke(target)
				begin(target)
				target.state = was
			}
			target.silent = ""
		}
		day := func() { // the allowance begins anew, and nothing can be undone any more
			w.clock.turn(24 * time.Hour)
			for _, b := range boxes {
				b.undo = nil
			}
		}
		subscribe := func(r *rapid.T, b *mailbox) {
			day()
			w.subscribe(r, b.email)
			if b.state == "" || b.state == newsletter.Ended {
				b.state = newsletter.Pending
				b.undo = nil
			}
			for _, a := range w.work(r) {
				if a.to != b.email {
					r.Fatalf("subscribing %s mailed %s", b.email, a.to)
				}
				if b.silent == supporter.Complained {
					r.Fatalf("%s came to one who complained", a.kind)
				}
				if a.kind == newsletter.MailConfirm {
					b.asks = append(b.asks, ask{a.mail.Text, true})
				} else if !live(b) {
					r.Fatalf("%s came to %s", a.kind, b.state)
				}
			}
		}
		confirm := func(r *rapid.T, b *mailbox, before int) { // by one of the latest mails that asked
			if len(b.asks) == 0 {
				return // a run in which much is skipped would end
			}
			a := b.asks[len(b.asks)-1-min(len(b.asks)-1, before)]
			c, err := w.Confirm(ctx, trim(a.token))
			switch {
			case fault.KindOf(err) == fault.KindNotFound:
				if a.live && b.state == newsletter.Pending {
					if _, expired := w.Confirming(ctx, trim(a.token)); fault.KindOf(expired) != fault.KindNotFound {
						r.Fatal(err)
					}
				}
			case err != nil:
				r.Fatal(err)
			case b.state == newsletter.Pending:
				if !a.live {
					r.Fatalf("a revoked token confirmed: %+v", c)
				}
				begin(b)
				b.silent = ""
			case !live(b):
				r.Fatalf("confirmed %s", b.state)
			default: // again, or to be heard again
				if a.live {
					b.silent = ""
				}
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"subscribe": func(r *rapid.T) { subscribe(r, any(r)) },
			"confirm":   func(r *rapid.T) { confirm(r, any(r), rapid.IntRange(0, 3).Draw(r, "before the last")) },
			"join": func(r *rapid.T) {
				b := any(r)
				subscribe(r, b)
				confirm(r, b, 0)
			},
			"pause": func(r *rapid.T) {
				b := any(r)
				if len(b.links) == 0 {
					return
				}
				conflicts(w.Pause(ctx, link(r, b), newsletter.TwoWeeks), live(b))
				if live(b) {
					b.state = newsletter.Paused
				}
			},
			"resume": func(r *rapid.T) {
				b := any(r)
				if len(b.links) == 0 {
					return
				}
				conflicts(w.Resume(ctx, link(r, b)), live(b))
				if live(b) {
					b.state = newsletter.Active
				}
			},
			"a fortnight": func(r *rapid.T) {
				w.clock.turn(15 * 24 * time.Hour)
				if err := w.Keep(ctx); err != nil {
					r.Fatal(err)
				}
				for _, b := range boxes {
					switch b.state {
					case newsletter.Paused:
						b.state = newsletter.Active
					case newsletter.Pending:
						b.state = ""
						revoke(b)
						b.links = nil // lead nowhere any more; unsubscribing by them still answers
					}
					b.moving, b.moveTok, b.undo = -1, "", nil
				}
				arrive()
			},
			"leave": func(r *rapid.T) {
				b := any(r)
				if len(b.links) == 0 {
					return
				}
				undo, err := w.Unsubscribe(ctx, link(r, b), rapid.SampledFrom([]string{newsletter.ByPage, newsletter.ByOneClick}).Draw(r, "by"))
				if err != nil {
					r.Fatal(err)
				}
				if (undo != nil) != live(b) {
					r.Fatalf("undo %v for %s", undo != nil, b.state)
				}
				if undo != nil {
					b.undo = undo
				}
				end(b)
			},
			"undo": func(r *rapid.T) {
				b := any(r)
				if b.undo == nil {
					return
				}
				w.clock.turn(time.Second)
				conflicts(w.Undo(ctx, *b.undo, words), b.state == newsletter.Ended)
				begin(b)
			},
			"move": func(r *rapid.T) {
				b, to := any(r), some.Draw(r, "to")
				target := boxes[to]
				if len(b.links) == 0 {
					return
				}
				day()
				conflicts(w.Change(ctx, link(r, b), target.email, words), live(b))
				if !live(b) {
					return
				}
				b.moving, b.moveTok = to, ""
				for _, a := range w.work(r) {
					if a.to == target.email && a.kind == newsletter.MailChange {
						b.moveTok = a.mail.Text
					} else if a.to != b.email {
						r.Fatalf("%s to %s", a.kind, a.to)
					}
				}
				if target.silent == supporter.Complained && b.moveTok != "" {
					r.Fatal("one who complained was asked to take over")
				}
				if b.moveTok != "" && rapid.Bool().Draw(r, "at once") {
					took(r, b)
				}
			},
			"take over": func(r *rapid.T) {
				b := any(r)
				if b.moving < 0 || b.moveTok == "" {
					return
				}
				took(r, b)
			},
			"bounce": func(r *rapid.T) {
				b := any(r)
				w.lose(r, b.email, mail.HardBounce)
				end(b)
				b.undo = nil
				if b.silent == "" {
					b.silent = supporter.Bounced
				}
			},
			"complain": func(r *rapid.T) {
				b := any(r)
				if rapid.IntRange(0, 4).Draw(r, "how annoyed") < 4 { // or soon nobody would be left
					return
				}
				w.lose(r, b.email, mail.Complaint)
				end(b)
				b.undo = nil
				b.silent = supporter.Complained
			},
			"erase": func(r *rapid.T) {
				b := any(r)
				if len(b.links) == 0 {
					return
				}
				err := w.Erase(ctx, link(r, b))
				conflicts(err, b.state == "" || b.state == newsletter.Ended)
				if err == nil {
					b.state, b.links, b.undo = "", nil, nil
				}
			},
			"": func(r *rapid.T) {
				active := 0
				for _, b := range boxes {
					if got := w.state(r, b.email); got != b.state {
						r.Fatalf("%s is %q, want %q", b.email, got, b.state)
					}
					has := w.number(r, `SELECT count(*) FROM subscriber_person JOIN subscriber USING (id) WHERE mailbox_key = ?`, w.key(b.email)) == 1
					if want := live(b) || b.state == newsletter.Pending; has != want {
						r.Fatalf("%s: an address is kept: %v", b.state, has)
					}
					stands := w.number(r, `SELECT count(*) FROM consent WHERE mailbox_key = ? AND kind = 'newsletter' AND withdrawn IS NULL`, w.key(b.email))
					if (stands == 1) != live(b) || stands > 1 {
						r.Fatalf("%s: %d consents stand", b.state, stands)
					}
					var silent string
					if err := w.db.Read(ctx).Raw(`SELECT reason FROM suppression WHERE mailbox_key = ?`, w.key(b.email)).Scan(&silent).Error; err != nil || silent != b.silent {
						r.Fatalf("%s is silent by %q, want %q (%v)", b.email, silent, b.silent, err)
					}
					if b.state == newsletter.Active {
						active++
					}
				}
				all, err := w.Walk(ctx, uuid.Nil, []string{newsletter.Daily, newsletter.Weekly}, 10000)
				if err != nil {
					r.Fatal(err)
				}
				for _, s := range all {
					for _, b := range boxes {
						if slices.Equal(s.MailboxKey, w.key(b.email)) {
							active--
							if box, err := w.Letterbox(ctx, s.ID); err != nil || box.Email != b.email {
								r.Fatalf("the letterbox of %s: %v", b.email, err)
							}
						}
					}
				}
				if active != 0 {
					r.Fatalf("the walk misses %d", active)
				}
			},
		})
	})
	if begun < run/2 || takeOvers == 0 && run > 50 {
		t.Errorf("in %d runs %d subscriptions began and %d addresses took over: too little was tried", run, begun, takeOvers)
	}
}

func stateRow(w *world, email string) (s newsletter.Subscriber, err error) {
	err = w.db.Read(context.Background()).Where("mailbox_key = ?", w.key(email)).Take(&s).Error
	return s, err
}

func trim(text string) string {
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	return text
}
