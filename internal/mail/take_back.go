package mail

import (
	"context"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// TakeBack drops, in the caller's transaction, the mails of these subjects that no server has been given yet, and gives the
// subjects whose mail it took. A worker that has rendered one already can't mark it `sending` any more. Their kinds' Moved isn't
// told: the caller, who stops them, knows.
//
// Workers lock a mail's row before whatever its kind locks, so this comes before the caller locks anything of the subjects.
func (p *Post) TakeBack(ctx context.Context, tx *postgres.Tx, subjects ...uuid.UUID) ([]uuid.UUID, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	taken, err := takeBack(ctx, tx, subjects)
	if err != nil {
		return nil, broken("take mails back", err)
	}
	return taken, nil
}
