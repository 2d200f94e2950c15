package newsletter

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/issue"
	"redress/internal/supporter"
)

// Update is what the mailing of an update says.
type Update struct {
	issue.Update
	Action Action // on the update's issue
}

// updateKey names the mailing of an update.
func updateKey(slug, key string) string { return slug + "/" + key }

// UpdateMailing reads the mailing of an update; fault.NotFound when it has not begun.
func (m *Mailings) UpdateMailing(ctx context.Context, slug, key string) (Mailing, error) {
	return m.ByKey(ctx, KindUpdate, updateKey(slug, key))
}

// BeginUpdate makes the mailing of an update and lets it walk, to those who agreed to updates in words that cover its issue.
// Nothing but a campaigner's command begins one. An update that is not to be seen yet is fault.NotFound. Whoever asks second gets
// the mailing that is there; begun is false then.
func (m *Mailings) BeginUpdate(ctx context.Context, slug, key string) (made Mailing, begun bool, err error) {
	if there, err := m.UpdateMailing(ctx, slug, key); err == nil {
		return there, false, nil
	} else if fault.KindOf(err) != fault.KindNotFound {
		return Mailing{}, false, err
	}
	u, err := m.Update(ctx, slug, key)
	if err != nil {
		return Mailing{}, false, err
	}
	made = m.blank(KindUpdate, m.Today())
	made.Key, made.Issue, made.Signed, made.Goal = updateKey(slug, key), slug, u.Action.Signed, u.Action.Goal
	return m.begin(ctx, made)
}

// Update tells what the mailing of an update would say now.
func (m *Mailings) Update(ctx context.Context, slug, key string) (Update, error) {
	u, err := m.opt.Issues.UpdateByKey(ctx, slug, key)
	if err != nil {
		return Update{}, err
	}
	action := Action{Issue: slug}
	if m.opt.ActionOn != nil {
		if action, err = m.opt.ActionOn(ctx, slug); err != nil {
			return Update{}, err
		}
	}
	return Update{u, action}, nil
}

// UpdateOf tells what the mailing of an update says, with the count of when it began.
func (m *Mailings) UpdateOf(ctx context.Context, one Mailing) (Update, error) {
	_, key, _ := strings.Cut(one.Key, "/")
	u, err := m.opt.Issues.UpdateByKey(ctx, one.Issue, key)
	return Update{u, Action{Issue: one.Issue, Signed: one.Signed, Goal: one.Goal}}, err
}

// Reader opens who a mail of an update's mailing goes to, while it is drawn: fault.NotFound when they don't want it any more.
func (m *Mailings) Reader(ctx context.Context, one Mailing, person uuid.UUID) (supporter.Reader, error) {
	return m.opt.Supporters.Reader(ctx, person, one.Issue)
}

// news is what the supporters' room knows a mailing of an update by.
func (one Mailing) news() supporter.News { return supporter.News{Issue: one.Issue, Until: one.Cutoff} }
