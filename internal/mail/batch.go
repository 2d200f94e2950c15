package mail

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// heldUntil is when mails that are held would go: never while a program of ours runs.
var heldUntil = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

// Batch counts a batch's mails by state.
func (p *Post) Batch(ctx context.Context, batch uuid.UUID) (map[string]int, error) {
	states, err := batchStates(ctx, p.db, batch)
	if err != nil {
		return nil, broken("count a batch", err)
	}
	return states, nil
}

// BatchDue counts a batch's mails that wait and are due, up to a limit.
func (p *Post) BatchDue(ctx context.Context, batch uuid.UUID, limit int) (int, error) {
	n, err := batchDue(ctx, p.db, batch, p.now(), limit)
	if err != nil {
		return 0, broken("count what is due of a batch", err)
	}
	return n, nil
}

// BatchReceivers lists the classes of receivers that a batch's waiting mails go to, those with most first.
func (p *Post) BatchReceivers(ctx context.Context, batch uuid.UUID) ([]Receiving, error) {
	list, err := batchReceivers(ctx, p.db, batch)
	if err != nil {
		return nil, broken("list a batch's receivers", err)
	}
	return list, nil
}

// HoldBatch lets nothing more of a batch go. What a worker has begun is brought to its end, a second's worth; what it has merely
// claimed is taken from it.
func (p *Post) HoldBatch(ctx context.Context, batch uuid.UUID) error {
	if err := waitBatch(ctx, p.db, batch, time.Time{}, heldUntil); err != nil {
		return broken("hold a batch", err)
	}
	return nil
}

// ReleaseBatch lets a held batch go on.
func (p *Post) ReleaseBatch(ctx context.Context, batch uuid.UUID) error {
	if err := waitBatch(ctx, p.db, batch, heldUntil, p.now()); err != nil {
		return broken("release a batch", err)
	}
	return nil
}

// DropBatch gives up what waits of a batch, and says how many.
func (p *Post) DropBatch(ctx context.Context, batch uuid.UUID) (int, error) {
	n, err := dropBatch(ctx, p.db, batch)
	if err != nil {
		return n, broken("drop a batch", err)
	}
	return n, nil
}

// RequeueBatch sends again what of a batch was refused for good or for too long, with the same Message-IDs: no server took them.
// What bounced stays: its mailbox is of no use. It says how many.
func (p *Post) RequeueBatch(ctx context.Context, batch uuid.UUID) (int, error) {
	n, err := requeueBatch(ctx, p.db, batch, p.now())
	if err != nil {
		return n, broken("requeue a batch", err)
	}
	return n, nil
}

// EraseBatch erases the finished rows of a batch. Later nobody can tell which mail a bounce is about.
func (p *Post) EraseBatch(ctx context.Context, batch uuid.UUID) error {
	if err := eraseBatch(ctx, p.db, batch); err != nil {
		return broken("erase a batch", err)
	}
	return nil
}
