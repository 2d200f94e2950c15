package pledge

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// addressRow is a signature's address, sealed, and where it stands.
type addressRow struct {
	ID        uuid.UUID
	State     string
	CreatedAt time.Time
	Email     seal.Text
	Rule      string
}

func addressRows(db *gorm.DB, pledge string, states []string, since time.Time, after uuid.UUID, limit int) ([]addressRow, error) {
	var rows []addressRow
	err := db.Raw(`
		SELECT id, state, created_at, email, coalesce(rule, '') AS rule FROM signature
			JOIN signature_person ON signature_person.signature_id = id
			LEFT JOIN signature_hold ON signature_hold.signature_id = id
		WHERE pledge = ? AND state IN ? AND created_at >= ? AND id > ? ORDER BY id LIMIT ?`, pledge, states, since, after, limit).Scan(&rows).Error
	return rows, err
}

// holdPending holds a signature that waits, with a place on its mailbox; false:
// there is none, or it doesn't wait any more, or its tokens were revoked. The
// caller has locked the mailbox.
func holdPending(tx *postgres.Tx, s Signature, rule string, now time.Time) (bool, error) {
	done := tx.Exec(`
		WITH room AS (
			SELECT min(place)::smallint AS place FROM generate_series(1, @places) AS place WHERE NOT EXISTS (
				SELECT 1 FROM signature WHERE pledge = @pledge AND mailbox_key = @mailbox_key AND mailbox_slot = place)
		), held AS (
			UPDATE signature SET state = 'held', confirmed_at = @now, mailbox_slot = place
			FROM room WHERE id = @id AND state = 'pending' AND epoch = @epoch AND place IS NOT NULL
			RETURNING id
		)
		INSERT INTO signature_hold (signature_id, rule, since) SELECT id, @rule, @now FROM held`,
		map[string]any{
			"id": s.ID, "pledge": s.Pledge, "mailbox_key": s.MailboxKey, "epoch": s.Epoch, "rule": rule, "now": now, "places": MailboxSlots,
		})
	return done.RowsAffected == 1, done.Error
}

type lockedRow struct {
	Signature
	Rule string
}

// lockSome holds those of the signatures that have a person and one of the states.
func lockSome(tx *postgres.Tx, ids []uuid.UUID, states []string) ([]lockedRow, error) {
	var rows []lockedRow
	err := tx.Raw(`
		SELECT signature.*, coalesce(rule, '') AS rule FROM signature LEFT JOIN signature_hold ON signature_hold.signature_id = id
		WHERE id IN ? AND state IN ? AND EXISTS (SELECT 1 FROM signature_person WHERE signature_person.signature_id = id)
		ORDER BY id FOR UPDATE OF signature`, ids, states).Scan(&rows).Error
	return rows, err
}

func setHeld(tx *postgres.Tx, id uuid.UUID, rule string, now time.Time) error {
	if err := tx.Exec(`UPDATE signature SET state = 'held', counter_slot = NULL WHERE id = ?`, id).Error; err != nil {
		return err
	}
	return tx.Exec(`
		INSERT INTO signature_hold (signature_id, rule, since) VALUES (?, ?, ?)
		ON CONFLICT (signature_id) DO UPDATE SET rule = excluded.rule`, id, rule, now).Error
}

func setPending(tx *postgres.Tx, id uuid.UUID) error {
	if err := tx.Exec(`UPDATE signature SET state = 'pending', mailbox_slot = NULL WHERE id = ?`, id).Error; err != nil {
		return err
	}
	return endHold(tx, id)
}

// setCounted makes a signature that is held a counted one; false: its mailbox has
// no place left.
func setCounted(tx *postgres.Tx, s Signature, slot int16) (bool, error) {
	done := tx.Exec(`
		UPDATE signature SET state = 'confirmed', counter_slot = @slot, mailbox_slot = coalesce(mailbox_slot, place)
		FROM (
			SELECT min(place)::smallint AS place FROM generate_series(1, @places) AS place WHERE NOT EXISTS (
				SELECT 1 FROM signature WHERE pledge = @pledge AND mailbox_key = @mailbox_key AND mailbox_slot = place)
		) room
		WHERE id = @id AND state = 'held' AND confirmed_at IS NOT NULL AND coalesce(mailbox_slot, place) IS NOT NULL`,
		map[string]any{"id": s.ID, "pledge": s.Pledge, "mailbox_key": s.MailboxKey, "slot": slot, "places": MailboxSlots})
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	return true, endHold(tx, s.ID)
}

func endHold(tx *postgres.Tx, id uuid.UUID) error {
	return tx.Exec(`DELETE FROM signature_hold WHERE signature_id = ?`, id).Error
}

func addToCounter(tx *postgres.Tx, pledge string, slot int16, n int64) error {
	return tx.Exec(`
		INSERT INTO pledge_counter (pledge, slot, confirmed) VALUES (@pledge, @slot, greatest(@n, 0))
		ON CONFLICT (pledge, slot) DO UPDATE SET confirmed = pledge_counter.confirmed + @n`,
		map[string]any{"pledge": pledge, "slot": slot, "n": n}).Error
}

func insertReview(tx *postgres.Tx, review Review) error { return tx.Create(&review).Error }

func insertStep(tx *postgres.Tx, step ReviewStep) error { return tx.Create(&step).Error }

func addToReview(tx *postgres.Tx, id uuid.UUID, n int64) error {
	return tx.Exec(`UPDATE signature_review SET signatures = signatures + ? WHERE id = ?`, n, id).Error
}

func undoable(db *gorm.DB, id uuid.UUID) (Review, []ReviewStep, error) {
	var found []Review
	err := db.Where("id = ? AND undone_at IS NULL AND settled_at IS NULL", id).Find(&found).Error
	if err != nil {
		return Review{}, nil, err
	}
	if len(found) == 0 {
		return Review{}, nil, fault.NotFound("pledge.review.unknown")
	}
	steps, err := stepsOf(db, id)
	return found[0], steps, err
}

func stepsOf(db *gorm.DB, id uuid.UUID) ([]ReviewStep, error) {
	var steps []ReviewStep
	err := db.Where("review_id = ?", id).Order("signature_id").Find(&steps).Error
	return steps, err
}

func endReview(tx *postgres.Tx, id uuid.UUID, by string, now time.Time) error {
	return tx.Exec(`UPDATE signature_review SET undone_by = ?, undone_at = ? WHERE id = ? AND undone_at IS NULL`, by, now, id).Error
}

func reviewsSince(db *gorm.DB, since time.Time) ([]Review, error) {
	var list []Review
	err := db.Where("decided_at >= ?", since).Order("decided_at DESC, id DESC").Find(&list).Error
	return list, err
}

// unsettled are the decisions to withdraw that were made before a time and neither
// undone nor carried out.
func unsettled(db *gorm.DB, before time.Time) ([]Review, error) {
	var list []Review
	err := db.Where("decision = 'withdraw' AND undone_at IS NULL AND settled_at IS NULL AND decided_at < ?", before).Order("decided_at").Find(&list).Error
	return list, err
}

func settleReview(tx *postgres.Tx, id uuid.UUID, now time.Time) error {
	return tx.Exec(`UPDATE signature_review SET settled_at = ? WHERE id = ?`, now, id).Error
}

func deleteReviews(db *gorm.DB, before time.Time) (int64, error) {
	gone := db.Exec(`DELETE FROM signature_review WHERE decided_at < ?`, before)
	return gone.RowsAffected, gone.Error
}

// deleteHeldUnconfirmed deletes a portion of those that staff hold and whose
// mailbox never confirmed them.
func deleteHeldUnconfirmed(db *gorm.DB, before time.Time, portion int) (int64, error) {
	gone := db.Exec(`
		DELETE FROM signature WHERE id IN (
			SELECT id FROM signature WHERE state = 'held' AND confirmed_at IS NULL AND created_at < ? LIMIT ? FOR UPDATE SKIP LOCKED)`,
		before, portion)
	return gone.RowsAffected, gone.Error
}
