package mail

import (
	"context"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// comeBack moves a mail from sent to bounced. moved is false when it is in another state, or gone; ErrNotYet: it is being sent.
// One that is deferred goes out again, and comes back again.
func comeBack(ctx context.Context, tx *postgres.Tx, id uuid.UUID, o Outcome) (m Mail, moved bool, err error) {
	var rows []Mail
	err = tx.WithContext(ctx).Raw(`SELECT * FROM mail WHERE id = ? AND state IN ('sending', 'sent') FOR UPDATE`, id).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return Mail{}, false, err
	}
	if m = rows[0]; m.State == Sending {
		return Mail{}, false, ErrNotYet
	}
	m.State, m.LastCode, m.LastEnhanced = o.State, o.Code, o.Enhanced
	err = tx.WithContext(ctx).Exec(`UPDATE mail SET state = ?, last_code = ?, last_enhanced = ? WHERE id = ?`,
		m.State, m.LastCode, m.LastEnhanced, id).Error
	return m, err == nil, err
}

// byID reads a row; the zero Mail: it is gone.
func byID(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Mail, error) {
	var m Mail
	err := tx.WithContext(ctx).Where("id = ?", id).Limit(1).Find(&m).Error
	return m, err
}
