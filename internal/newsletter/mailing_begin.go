package newsletter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
)

// Begin makes the mailing of a day and lets it walk: KindEdition to daily readers, KindWeek to weekly ones. Whoever asks second,
// on whatever node, gets the one that is there; begun is false then.
func (m *Mailings) Begin(ctx context.Context, kind string, day time.Time) (made Mailing, begun bool, err error) {
	day = dateOf(day)
	if there, err := m.ByKey(ctx, kind, day.Format(time.DateOnly)); err == nil {
		return there, false, nil
	} else if fault.KindOf(err) != fault.KindNotFound {
		return Mailing{}, false, err
	}
	term, err := m.opt.Terms.OfDay(ctx, day)
	if err != nil {
		return Mailing{}, false, err
	}
	var action Action
	if m.opt.Action != nil {
		if action, err = m.opt.Action(ctx, term); err != nil {
			return Mailing{}, false, err
		}
	}
	made = m.blank(kind, day)
	made.Term, made.Issue, made.Signed, made.Goal = term.Slug, action.Issue, action.Signed, action.Goal
	return m.begin(ctx, made)
}

// blank is a mailing of a day that walks from now.
func (m *Mailings) blank(kind string, day time.Time) Mailing {
	now := m.now()
	return Mailing{
		ID: uuid.Must(uuid.NewV7()), Kind: kind, Key: day.Format(time.DateOnly), Day: day, State: Walking,
		Cutoff: now, CountedAt: now, StartedAt: now,
	}
}

func (m *Mailings) begin(ctx context.Context, made Mailing) (Mailing, bool, error) {
	var err error
	if made.State == Walking {
		if made.Recipients, err = m.countRecipients(ctx, made); err != nil {
			return Mailing{}, false, err
		}
	}
	inserted, err := insertMailing(ctx, m.db, made)
	if err != nil {
		return Mailing{}, false, err
	}
	if !inserted {
		there, err := m.ByKey(ctx, made.Kind, made.Key)
		return there, false, err
	}
	if made.State == Walking {
		m.opt.Log.InfoContext(ctx, "a mailing begins", "kind", made.Kind, "key", made.Key, "recipients", made.Recipients)
	}
	return made, true, nil
}
