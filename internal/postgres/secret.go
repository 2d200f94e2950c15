package postgres

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
)

// ErrOtherSecret says that the database was begun with another secret than the one given now.
var ErrOtherSecret = errors.New("REDRESS_SECRET is not the secret this database was begun with: sealed data could not be opened and links already mailed would be dead; give the original secret")

// secretCheck is the key of the check value in table setting.
const secretCheck = "secret_check"

// CheckSecret compares a value derived from the secret with the one the database keeps. The first
// caller's value is kept; another value is refused with [ErrOtherSecret].
func (db *DB) CheckSecret(ctx context.Context, check []byte) error {
	if len(check) == 0 {
		return errors.New("the secret's check value is empty")
	}
	_, err := db.Pool.Exec(ctx, `INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, secretCheck, check)
	if err != nil {
		return fmt.Errorf("keep the secret's check value: %w", err)
	}
	var kept []byte
	if err := db.Pool.QueryRow(ctx, `SELECT value FROM setting WHERE key = $1`, secretCheck).Scan(&kept); err != nil {
		return fmt.Errorf("read the secret's check value: %w", err)
	}
	if subtle.ConstantTimeCompare(kept, check) != 1 {
		return ErrOtherSecret
	}
	return nil
}
