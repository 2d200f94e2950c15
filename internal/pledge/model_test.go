package pledge_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/pledge"
)

// model says in plain words what signing is: who waits, who has which place on
// which mailbox, and what that mailbox may be told.
type model struct {
	names    map[string]*modelSignature // by mailbox and name
	fullTold map[uuid.UUID]time.Time
	links    []modelLink
	others   int64 // counted who came in crowds
	crowd    int   // the last one's number
}

type modelSignature struct {
	id     uuid.UUID
	state  string // "" when gone
	made   time.Time
	told   time.Time
	shown  bool
	epoch  int
	placed int // on its mailbox, once confirmed
}

type modelLink struct {
	token, who string
	id         uuid.UUID
	epoch      int
	until      time.Time
}

func (m *model) confirmed() int64 {
	n := m.others
	for _, s := range m.names {
		if s.state == pledge.Confirmed {
			n++
		}
	}
	return n
}

func TestSigningIsAsSimpleAsItsModel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.node(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		here := fmt.Sprintf("pledge-%d", run)
		w.publish(t, here, "closes: 2026-12-31\n", "") // the clock runs on from one run to the next
		m := &modelRun{world: w, nodes: []*pledge.Pledges{w.Pledges, other}, slug: here, t: t, model: model{names: map[string]*modelSignature{}}}
		t.Repeat(map[string]func(*rapid.T){
			"":         m.check,
			"sign":     m.signs,
			"crowd":    m.crowds,
			"squat":    m.squats,
			"confirm":  m.confirms,
			"withdraw": m.withdraws,
			"erase":    m.erases,
			"wait":     m.waits,
		})
	})
}

type modelRun struct {
	*world
	model
	nodes []*pledge.Pledges // any of them answers
	slug  string
	t     *rapid.T
}

// at are those on a mailbox who wait, oldest first, and those who hold a place.
func (m *modelRun) at(mailbox string) (waiting []string, placed map[int]*modelSignature) {
	placed = map[int]*modelSignature{}
	for who, s := range m.names {
		switch {
		case who[:1] != mailbox:
		case s.state == pledge.Pending:
			waiting = append(waiting, who)
		case s.state == pledge.Confirmed:
			placed[s.placed] = s
		}
	}
	slices.SortFunc(waiting, func(a, b string) int {
		one, other := m.names[a], m.names[b]
		return cmp.Or(one.made.Compare(other.made), bytes.Compare(one.id[:], other.id[:]))
	})
	return waiting, placed
}

func (m *modelRun) signs(t *rapid.T) {
	mailbox := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "mailbox")
	name := rapid.SampledFrom([]string{"Ana", "Ben", "Cleo"}).Draw(t, "name")
	m.sign1(t, mailbox, name, rapid.Bool().Draw(t, "show"))
}

func (m *modelRun) anyNode(t *rapid.T) *pledge.Pledges {
	return rapid.SampledFrom(m.nodes).Draw(t, "node")
}

// crowds sign and press their links at once, each link twice and at either node:
// so many share a batch. Everyone has a mailbox of their own but for a couple, and
// all end up counted.
func (m *modelRun) crowds(t *rapid.T) {
	size := rapid.IntRange(2, 12).Draw(t, "people")
	m.crowd++
	node := func(i int) *pledge.Pledges { return m.nodes[i%len(m.nodes)] }
	var group sync.WaitGroup
	errs := make([]error, 2*size)
	for i := range size {
		group.Go(func() {
			_, errs[i] = node(i).Sign(context.Background(), pledge.Signing{
				Pledge: m.slug, GivenName: []string{"Ana", "Ben"}[i%2], FamilyName: "Reyes", Zip: "80203",
				Email: fmt.Sprintf("%s-crowd%d-%d@mail.example", m.slug, m.crowd, max(i, 1)),
			})
		})
	}
	group.Wait()
	var rows []mail.Mail
	if err := m.db.Read(context.Background()).Order("id DESC").Limit(size).Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	var first atomic.Int64
	for i := range 2 * size {
		group.Go(func() {
			note, err := m.Note(context.Background(), pledge.MailConfirm, rows[i/2].SubjectID)
			if fault.KindOf(err) == fault.KindNotFound {
				return // counted by now
			}
			var c pledge.Confirmation
			if err == nil {
				c, err = node(i+i/2).Confirm(context.Background(), note.Token)
			}
			if err == nil && !c.Again {
				first.Add(1)
			}
			errs[i] = errors.Join(errs[i], err)
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil || first.Load() != int64(size) {
		t.Fatalf("%d of %d were told that they are counted: %v", first.Load(), size, err)
	}
	m.others += int64(size)
}

// squats types a mailbox's address under invented names.
func (m *modelRun) squats(t *rapid.T) {
	mailbox := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "mailbox")
	for n := range rapid.IntRange(1, pledge.MailboxWaiting).Draw(t, "names") {
		m.sign1(t, mailbox, "Mal"+string(rune('a'+n)), false)
	}
}

func (m *modelRun) sign1(t *rapid.T, mailbox, name string, show bool) {
	who := mailbox + name
	now := m.clock.now()
	if _, err := m.anyNode(t).Sign(context.Background(), pledge.Signing{
		Pledge: m.slug, GivenName: name, FamilyName: "Reyes", Email: mailbox + "@mail.example", Zip: "80203", ShowName: show,
	}); err != nil {
		t.Fatal(err)
	}
	note, kind, told := m.lastMail(t)
	subject := m.newestMail(t).SubjectID

	s := m.names[who]
	if s != nil && s.state == pledge.Confirmed {
		may := s.told.IsZero() || now.Sub(s.told) >= 24*time.Hour
		if kind != pledge.MailAlready || told != may {
			t.Fatalf("has signed: %s, told %v, want %v", kind, told, may)
		}
		if may {
			s.told = now
		}
		return
	}
	waiting, placed := m.at(mailbox)
	if len(placed) == pledge.MailboxSlots {
		before, heard := m.fullTold[placed[1].id]
		may := !heard || now.Sub(before) >= 24*time.Hour
		if may != told || may && kind != pledge.MailFull {
			t.Fatalf("full: %s, told %v, want %v", kind, told, may)
		}
		if may {
			if m.fullTold == nil {
				m.fullTold = map[uuid.UUID]time.Time{}
			}
			m.fullTold[placed[1].id] = now
		}
		return
	}
	if s != nil && s.state == pledge.Pending {
		m.expectLink(t, who, kind, told, note, subject, s)
		return
	}
	if len(waiting) == pledge.MailboxWaiting {
		m.names[waiting[0]].state = ""
	}
	epoch := 0
	if s != nil && s.state == pledge.Withdrawn {
		epoch = s.epoch + 1
	}
	m.names[who] = &modelSignature{id: subject, state: pledge.Pending, made: now, shown: show, epoch: epoch}
	m.expectLink(t, who, kind, told, note, subject, m.names[who])
}

func (m *modelRun) expectLink(t *rapid.T, who, kind string, told bool, note pledge.Note, subject uuid.UUID, s *modelSignature) {
	if kind != pledge.MailConfirm || !told || note.Token == "" || subject != s.id {
		t.Fatalf("asks to confirm: %s, told %v, %+v", kind, told, note)
	}
	m.links = append(m.links, modelLink{note.Token, who, s.id, s.epoch, note.Until})
}

func (m *modelRun) confirms(t *rapid.T) {
	if len(m.links) == 0 {
		t.Skip("no link yet")
	}
	link := rapid.SampledFrom(m.links).Draw(t, "link")
	c, err := m.anyNode(t).Confirm(context.Background(), link.token)
	s := m.names[link.who]
	_, placed := m.at(link.who[:1])
	switch {
	case !m.clock.now().Before(link.until):
		mustBe(t, err, fault.KindNotFound, "token.expired")
	case s == nil || s.id != link.id || s.state == "" || s.state == pledge.Withdrawn || s.epoch != link.epoch:
		mustBe(t, err, fault.KindNotFound, "token.unknown")
	case s.state == pledge.Pending && len(placed) == pledge.MailboxSlots:
		mustBe(t, err, fault.KindConflict, "pledge.full")
	case err != nil || c.Again != (s.state == pledge.Confirmed):
		t.Fatalf("Confirm = again %v, %v; the model says %s", c.Again, err, s.state)
	default:
		s.state = pledge.Confirmed
		if s.placed == 0 {
			s.placed = 1
			if placed[1] != nil {
				s.placed = 2
			}
		}
	}
}

func (m *modelRun) anyone(t *rapid.T) *modelSignature {
	var all []string
	for who, s := range m.names {
		if s.state != "" {
			all = append(all, who)
		}
	}
	if len(all) == 0 {
		t.Skip("nobody yet")
	}
	slices.Sort(all)
	return m.names[rapid.SampledFrom(all).Draw(t, "who")]
}

func (m *modelRun) withdraws(t *rapid.T) {
	s := m.anyone(t)
	if err := m.anyNode(t).Withdraw(context.Background(), s.id); err != nil {
		t.Fatal(err)
	}
	if s.state != pledge.Withdrawn {
		s.state, s.placed = pledge.Withdrawn, 0
		s.epoch++
	}
}

func (m *modelRun) erases(t *rapid.T) {
	s := m.anyone(t)
	if err := m.anyNode(t).Erase(context.Background(), s.id); err != nil {
		t.Fatal(err)
	}
	s.state = ""
}

func (m *modelRun) waits(t *rapid.T) {
	m.clock.turn(rapid.SampledFrom([]time.Duration{time.Minute, 23 * time.Hour, 24 * time.Hour, 8 * 24 * time.Hour}).Draw(t, "for"))
	if err := m.Expire(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, s := range m.names {
		if s.state == pledge.Pending && m.clock.now().Sub(s.made) > 14*24*time.Hour {
			s.state = ""
		}
	}
}

func (m *modelRun) check(t *rapid.T) {
	m.mustCount(t, m.slug, m.confirmed())
	var shown int
	for _, s := range m.names {
		if s.state == pledge.Confirmed && s.shown {
			shown++
		}
	}
	p, err := m.BySlug(context.Background(), m.slug)
	if err != nil {
		t.Fatal(err)
	}
	if names, err := m.Latest(context.Background(), p, 100); err != nil || len(names) != shown {
		t.Fatalf("%d names shown, want %d: %v", len(names), shown, err)
	}
}
