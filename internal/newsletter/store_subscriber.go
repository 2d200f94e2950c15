package newsletter

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// lockMailboxes locks these mailboxes until the transaction ends, always in the same order.
func lockMailboxes(ctx context.Context, tx *postgres.Tx, keys [][]byte) error {
	var names []string
	for _, key := range keys {
		names = append(names, "newsletter mailbox "+hex.EncodeToString(key))
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, name).Error; err != nil {
			return err
		}
	}
	return nil
}

func walk(db *gorm.DB, after uuid.UUID, rhythms []string, limit int) ([]Subscriber, error) {
	var rows []Subscriber
	err := db.Where("state = 'active' AND id > ? AND rhythm IN ?", after, rhythms).Order("id").Limit(limit).Find(&rows).Error
	return rows, err
}

var errGone = fault.NotFound("newsletter.no_subscription")

// subscriberOf reads a subscriber and its person; either gone is fault.NotFound.
func subscriberOf(db *gorm.DB, id uuid.UUID) (Subscriber, Person, error) {
	var row struct {
		Subscriber
		Email []byte
	}
	err := db.Raw(`
		SELECT subscriber.*, subscriber_person.email FROM subscriber JOIN subscriber_person USING (id) WHERE id = ?`, id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Subscriber{}, Person{}, errGone
	}
	return row.Subscriber, Person{ID: row.ID, Email: row.Email}, err
}

// current reads a subscriber by its id or by a former one, with or without its person.
func current(db *gorm.DB, id uuid.UUID) (Subscriber, error) {
	var rows []Subscriber
	err := db.Raw(`
		SELECT * FROM subscriber WHERE id = @id
		UNION ALL SELECT subscriber.* FROM subscriber JOIN subscriber_former USING (id) WHERE former = @id
		LIMIT 1`, map[string]any{"id": id}).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = errGone
	}
	if err != nil {
		return Subscriber{}, err
	}
	return rows[0], nil
}

// subscribed reads the subscription of a mailbox that hasn't ended.
func subscribed(db *gorm.DB, mailboxKey []byte) (Subscriber, error) {
	var s Subscriber
	done := db.Where("mailbox_key = ? AND state <> 'ended'", mailboxKey).Limit(1).Find(&s)
	if done.Error == nil && done.RowsAffected == 0 {
		return Subscriber{}, errGone
	}
	return s, done.Error
}

// ofMailbox reads the subscription of a mailbox, whatever its state.
func ofMailbox(db *gorm.DB, mailboxKey []byte) (Subscriber, error) {
	var s Subscriber
	done := db.Where("mailbox_key = ?", mailboxKey).Limit(1).Find(&s)
	if done.Error == nil && done.RowsAffected == 0 {
		return Subscriber{}, errGone
	}
	return s, done.Error
}

// deleteMailbox deletes the subscription of a mailbox and the changes that would bring others to it.
func deleteMailbox(tx *postgres.Tx, mailboxKey []byte) error {
	if err := tx.Exec(`DELETE FROM subscriber_change WHERE mailbox_key = ?`, mailboxKey).Error; err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM subscriber WHERE mailbox_key = ?`, mailboxKey).Error
}

// entering writes a subscription over one that has ended, or where there was none. It gets a new id, so that its consent is
// another; the former one is noted for the links in older mails. @over is the states that it writes over.
const entering = `
entered AS (
	INSERT INTO subscriber (id, mailbox_key, key_version, state, rhythm, lang, source, epoch, created_at, confirmed_at, paused_until, words)
	VALUES (@id, @mailbox_key, @key_version, @state, @rhythm, @lang, @source, @epoch, @created_at, @confirmed_at, @paused_until, @words)
	ON CONFLICT ON CONSTRAINT subscriber_mailbox DO UPDATE SET
		id = excluded.id, key_version = excluded.key_version, state = excluded.state, rhythm = excluded.rhythm, lang = excluded.lang,
		source = excluded.source, created_at = excluded.created_at, confirmed_at = excluded.confirmed_at,
		paused_until = excluded.paused_until, words = excluded.words, ended_at = NULL, ended_by = NULL
	WHERE subscriber.state = 'ended'
	RETURNING id
), mine AS (
	SELECT id, state FROM subscriber WHERE mailbox_key = @mailbox_key
), former AS (
	INSERT INTO subscriber_former (former, id) SELECT mine.id, entered.id FROM mine, entered
), person AS (
	INSERT INTO subscriber_person (id, email) SELECT id, @email FROM entered
)`

// asking is entering for somebody who typed an address: the same statement for everyone. again: what waits for its mailbox
// takes the rhythm that was chosen last.
const asking = `WITH ` + entering + `, again AS (
	UPDATE subscriber SET rhythm = @rhythm WHERE mailbox_key = @mailbox_key AND state = 'pending' RETURNING id
)
SELECT (SELECT id FROM entered) AS entered, (SELECT id FROM again) AS waits,
	(SELECT id FROM mine WHERE state IN ('active', 'paused')) AS subscribed,
	EXISTS (SELECT 1 FROM suppression WHERE mailbox_key = @mailbox_key AND reason <> 'complained') AS silenced`

func ask(tx *postgres.Tx, s Subscriber, person Person) (found, error) {
	var f found
	err := tx.Raw(asking, columns(s, person)).Take(&f).Error
	return f, err
}

// enter writes a subscription that its mailbox has confirmed. It takes the place of one that has ended or still waits; false:
// the mailbox has the newsletter already, and then the id leads there.
func enter(tx *postgres.Tx, s Subscriber, person Person) (bool, error) {
	if err := tx.Exec(`DELETE FROM subscriber WHERE mailbox_key = ? AND state = 'pending'`, s.MailboxKey).Error; err != nil {
		return false, err
	}
	var rows []uuid.UUID
	err := tx.Raw(`WITH `+entering+` SELECT id FROM entered`, columns(s, person)).Scan(&rows).Error
	if err != nil || len(rows) == 1 {
		return err == nil, err
	}
	return false, tx.Exec(`
		INSERT INTO subscriber_former (former, id) SELECT ?, id FROM subscriber WHERE mailbox_key = ? ON CONFLICT DO NOTHING`,
		s.ID, s.MailboxKey).Error
}

func columns(s Subscriber, person Person) map[string]any {
	return map[string]any{
		"id": s.ID, "mailbox_key": s.MailboxKey, "key_version": s.KeyVersion, "state": s.State, "rhythm": s.Rhythm, "lang": s.Lang,
		"source": s.Source, "epoch": s.Epoch, "created_at": s.CreatedAt, "confirmed_at": s.ConfirmedAt, "paused_until": s.PausedUntil,
		"words": s.Words, "email": []byte(person.Email),
	}
}

func insertFormer(tx *postgres.Tx, former, id uuid.UUID) error {
	return tx.Exec(`INSERT INTO subscriber_former (former, id) VALUES (?, ?) ON CONFLICT DO NOTHING`, former, id).Error
}

// begin moves a subscription from pending to active; false: it doesn't wait any more, or its tokens were revoked.
func begin(tx *postgres.Tx, s Subscriber, now time.Time) (bool, error) {
	done := tx.Exec(`UPDATE subscriber SET state = 'active', confirmed_at = ? WHERE id = ? AND epoch = ? AND state = 'pending'`,
		now, s.ID, s.Epoch)
	return done.RowsAffected == 1, done.Error
}

func setRhythm(tx *postgres.Tx, id uuid.UUID, rhythm string) error {
	return tx.Exec(`UPDATE subscriber SET rhythm = ? WHERE id = ?`, rhythm, id).Error
}

// setPause pauses a subscription until a day, or ends its pause.
func setPause(tx *postgres.Tx, id uuid.UUID, until *time.Time) error {
	state := Active
	if until != nil {
		state = Paused
	}
	return tx.Exec(`UPDATE subscriber SET state = ?, paused_until = ? WHERE id = ? AND state IN ('active', 'paused')`, state, until, id).Error
}

// resume brings back those whose pause is over.
func resume(db *gorm.DB, today time.Time) error {
	return db.Exec(`UPDATE subscriber SET state = 'active', paused_until = NULL WHERE state = 'paused' AND paused_until <= ?`, today).Error
}

// endSubscriber ends a subscription and erases its address and whatever waits.
func endSubscriber(tx *postgres.Tx, id uuid.UUID, by string, now time.Time) error {
	if err := tx.Exec(`UPDATE subscriber SET state = 'ended', ended_at = ?, ended_by = ?, paused_until = NULL WHERE id = ? AND state <> 'ended'`,
		now, by, id).Error; err != nil {
		return err
	}
	if err := deleteChange(tx, id); err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM subscriber_person WHERE id = ?`, id).Error
}

func deleteEnded(tx *postgres.Tx, id uuid.UUID) (bool, error) {
	done := tx.Exec(`DELETE FROM subscriber WHERE id = ? AND state = 'ended'`, id)
	return done.RowsAffected == 1, done.Error
}

func replacePerson(tx *postgres.Tx, person Person) error {
	return tx.Exec(`UPDATE subscriber_person SET email = ? WHERE id = ?`, []byte(person.Email), person.ID).Error
}

// insertChange writes a change in place of the one that waits.
func insertChange(tx *postgres.Tx, c Change) error {
	if err := deleteChange(tx, c.SubscriberID); err != nil {
		return err
	}
	return tx.Create(&c).Error
}

func deleteChange(tx *postgres.Tx, subscriber uuid.UUID) error {
	return tx.Exec(`DELETE FROM subscriber_change WHERE subscriber_id = ?`, subscriber).Error
}

// changeOf reads a change and the subscriber whom it is of.
func changeOf(db *gorm.DB, id uuid.UUID) (Change, Subscriber, error) {
	var rows []Change
	if err := db.Where("id = ?", id).Limit(1).Find(&rows).Error; err != nil {
		return Change{}, Subscriber{}, err
	}
	if len(rows) == 0 {
		return Change{}, Subscriber{}, errGone
	}
	s, _, err := subscriberOf(db, rows[0].SubscriberID)
	return rows[0], s, err
}

// changeFor reads the change that waits for a subscriber; nil: none does.
func changeFor(db *gorm.DB, subscriber uuid.UUID) (*Change, error) {
	var rows []Change
	err := db.Where("subscriber_id = ?", subscriber).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// deletePending deletes a portion of what was made before a time and never confirmed.
func deletePending(db *gorm.DB, before time.Time, portion int) (int64, error) {
	if err := db.Exec(`DELETE FROM subscriber_change WHERE created_at < ?`, before).Error; err != nil {
		return 0, err
	}
	done := db.Exec(`
		DELETE FROM subscriber WHERE id IN (
			SELECT id FROM subscriber WHERE state = 'pending' AND created_at < ? ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)`,
		before, portion)
	return done.RowsAffected, done.Error
}

func counts(db *gorm.DB) ([]Count, error) {
	var rows []Count
	err := db.Raw(`SELECT state, rhythm, count(*) AS count FROM subscriber GROUP BY state, rhythm ORDER BY state, rhythm`).Scan(&rows).Error
	return rows, err
}

// stateOf is the state of a mailbox's subscription, "" for none.
func stateOf(tx *postgres.Tx, mailboxKey []byte) (state string, err error) {
	err = tx.Raw(`SELECT state FROM subscriber WHERE mailbox_key = ?`, mailboxKey).Scan(&state).Error
	return state, err
}
