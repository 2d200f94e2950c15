package letter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/seal"
)

// Stamp is when something of a message last moved. Settled: nothing of it will
// move by itself any more.
type Stamp struct {
	Moved   time.Time
	Settled bool
}

// Watched is the message whose receipt a token opens.
func (l *Letters) Watched(ctx context.Context, token string) (uuid.UUID, error) {
	m, err := l.messageFor(ctx, token, seal.Receipt)
	return m.ID, err
}

// Stamps reads the stamps of messages, all in one question. Messages that are
// gone are left out.
func (l *Letters) Stamps(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Stamp, error) {
	return stamps(ctx, l.db.Read(ctx), ids)
}
