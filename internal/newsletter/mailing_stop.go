package newsletter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
)

// Stop lets nothing more of a mailing go, until it is resumed. What workers have in hand still goes: a second's worth.
func (m *Mailings) Stop(ctx context.Context, id uuid.UUID) error {
	if err := m.turn(ctx, id, Stopped, Walking, Sending); err != nil {
		return err
	}
	return m.opt.Post.HoldBatch(ctx, id)
}

// Resume lets a stopped mailing go on where it was.
func (m *Mailings) Resume(ctx context.Context, id uuid.UUID) error {
	one, err := m.ByID(ctx, id)
	if err != nil {
		return err
	}
	to := Walking
	if one.WalkedAt != nil {
		to = Sending
	}
	if err := m.turn(ctx, id, to, Stopped); err != nil {
		return err
	}
	return m.opt.Post.ReleaseBatch(ctx, id)
}

// Skip keeps the mailing of a day from being sent. One that is stopped gives up its rest; one that is on its way has to be
// stopped first.
func (m *Mailings) Skip(ctx context.Context, kind string, day time.Time) error {
	made := m.blank(kind, dateOf(day))
	made.State, made.FinishedAt = Skipped, &made.StartedAt
	there, begun, err := m.begin(ctx, made)
	if err != nil || begun || there.State == Skipped {
		return err
	}
	return m.GiveUp(ctx, there.ID)
}

// GiveUp gives up the rest of a stopped mailing.
func (m *Mailings) GiveUp(ctx context.Context, id uuid.UUID) error {
	if err := m.turn(ctx, id, Skipped, Stopped); err != nil {
		return err
	}
	if _, err := m.opt.Post.DropBatch(ctx, id); err != nil {
		return err
	}
	return m.recount(ctx, id, m.now())
}

// Unskip takes a day back that was to be skipped and hasn't been begun.
func (m *Mailings) Unskip(ctx context.Context, kind string, day time.Time) error {
	gone, err := deleteSkipped(ctx, m.db, kind, dateOf(day).Format(time.DateOnly))
	if err == nil && !gone {
		return fault.NotFound("edition.not_skipped")
	}
	return err
}

// Resend sends again to those whose mail was refused, not to those whose mailbox is of no use, and says how many they are.
func (m *Mailings) Resend(ctx context.Context, id uuid.UUID) (int, error) {
	one, err := m.ByID(ctx, id)
	if err != nil {
		return 0, err
	}
	if one.ErasedAt != nil || one.State != Done && one.State != Sending {
		return 0, fault.Conflict("edition.not_sent")
	}
	n, err := m.opt.Post.RequeueBatch(ctx, id)
	if err != nil || n == 0 {
		return n, err
	}
	return n, m.turn(ctx, id, Sending, Done, Sending)
}

// turn moves a mailing to a state from one of others; fault.Conflict when it is in none of them.
func (m *Mailings) turn(ctx context.Context, id uuid.UUID, to string, from ...string) error {
	turned, err := turnMailing(ctx, m.db, id, to, from, m.now())
	if err == nil && !turned {
		return fault.Conflict("edition.other_state")
	}
	return err
}
