package letter

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/postgres"
)

// BySlug is the letter of an issue in the context's language, or in the default
// one; fault.NotFound when the issue has none.
func (l *Letters) BySlug(ctx context.Context, issueSlug string) (Letter, error) {
	var letter Letter
	err := l.db.Read(ctx).
		Where("issue_slug = ? AND lang IN ?", issueSlug, []string{i18n.Lang(ctx), i18n.Default}).
		Order(gorm.Expr("lang = ? DESC", i18n.Lang(ctx))).
		Take(&letter).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Letter{}, fault.NotFound("letter.unknown")
	}
	if err != nil {
		return Letter{}, fmt.Errorf("read letter: %w", err)
	}
	err = l.db.Read(ctx).Where("issue_slug = ? AND lang = ?", letter.IssueSlug, letter.Lang).Order("position").Find(&letter.Asks).Error
	if err != nil {
		return Letter{}, fmt.Errorf("read asks: %w", err)
	}
	return letter, nil
}

func replaceLetter(ctx context.Context, tx *postgres.Tx, letter Letter) error {
	at := tx.WithContext(ctx)
	if err := at.Where("issue_slug = ? AND lang = ?", letter.IssueSlug, letter.Lang).Delete(&Letter{}).Error; err != nil {
		return fmt.Errorf("replace letter: %w", err)
	}
	if err := at.Create(&letter).Error; err != nil {
		return fmt.Errorf("save letter: %w", err)
	}
	if err := at.Create(&letter.Asks).Error; err != nil {
		return fmt.Errorf("save asks: %w", err)
	}
	return nil
}

// knownTo is what a letter of the issue is checked against.
func knownTo(ctx context.Context, tx *postgres.Tx, issueSlug, lang string) (known, error) {
	facts := known{bills: map[string]knownBill{}, committees: map[string]string{}}
	var bills []struct {
		Key, Legislature string
		CommitteeIDs     []string `gorm:"serializer:json"`
	}
	err := tx.WithContext(ctx).Raw("SELECT key, legislature, committee_ids FROM bill WHERE issue_slug = ? AND lang = ?", issueSlug, lang).Scan(&bills).Error
	if err != nil {
		return known{}, fmt.Errorf("read bills: %w", err)
	}
	for _, b := range bills {
		facts.bills[b.Key] = knownBill{legislature: b.Legislature, committees: b.CommitteeIDs}
	}
	var committees []struct{ ID, Name string }
	if err := tx.WithContext(ctx).Raw("SELECT id, name FROM committee").Scan(&committees).Error; err != nil {
		return known{}, fmt.Errorf("read committees: %w", err)
	}
	for _, c := range committees {
		facts.committees[c.ID] = c.Name
	}
	return facts, nil
}

// mailboxLocks is the class of the advisory locks on mailboxes.
const mailboxLocks = 0x6c747273

// lockMailbox makes the transaction the only one that takes or confirms letters
// of the mailbox.
func lockMailbox(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	mailbox := int32(binary.BigEndian.Uint32(mailboxKey))
	if err := tx.WithContext(ctx).Exec("SELECT pg_advisory_xact_lock(?, ?)", mailboxLocks, mailbox).Error; err != nil {
		return fmt.Errorf("lock mailbox: %w", err)
	}
	return nil
}

// findEarlier finds the same letter of the last day and notes that its mailbox is
// written to, in one statement that is the same for everyone.
//
//   - waiting: the first that its mailbox hasn't confirmed.
//   - sent: the last that it has.
//   - remind, tell: they, unless the mailbox has heard of them lately.
//   - others: how many other letters the mailbox had in the day up to now that
//     came in before this one first did. It is counted no further than matters.
func findEarlier(ctx context.Context, tx *postgres.Tx, m Message) (earlier, error) {
	if err := lockMailbox(ctx, tx, m.MailboxKey); err != nil {
		return earlier{}, err
	}
	var b earlier
	err := tx.WithContext(ctx).Raw(`
		WITH same AS (
			SELECT * FROM message WHERE mailbox_key = @mailbox_key AND issue_slug = @issue AND digest = @digest
		), waiting AS (
			SELECT id, mailed_at FROM same WHERE confirmed_at IS NULL AND created_at > @day_ago ORDER BY created_at, id LIMIT 1
		), sent AS (
			SELECT id FROM same WHERE confirmed_at > @day_ago ORDER BY confirmed_at DESC LIMIT 1
		), remind AS (
			UPDATE message SET mailed_at = @now
			WHERE id = (SELECT id FROM waiting) AND mailed_at <= @remind_before AND NOT EXISTS (SELECT 1 FROM sent)
			RETURNING id
		), tell AS (
			UPDATE message SET told_at = @now
			WHERE id = (SELECT id FROM sent) AND (told_at IS NULL OR told_at <= @day_ago)
			RETURNING id
		)
		SELECT (SELECT id FROM waiting) AS waiting, (SELECT id FROM remind) AS remind, (SELECT id FROM sent) AS sent,
			(SELECT id FROM tell) AS tell,
			(SELECT count(*) FROM (
				SELECT DISTINCT issue_slug, digest FROM message
				WHERE mailbox_key = @mailbox_key AND created_at > @day_ago AND (issue_slug, digest) <> (@issue, @digest)
					AND created_at < coalesce((SELECT min(created_at) FROM same WHERE created_at > @day_ago), 'infinity')
				LIMIT @enough
			) AS other) AS others,
			CASE WHEN EXISTS (SELECT 1 FROM remind) THEN @now ELSE (SELECT mailed_at FROM waiting) END AS mailed_at`,
		map[string]any{
			"mailbox_key": m.MailboxKey, "issue": m.IssueSlug, "digest": m.Digest, "now": m.CreatedAt,
			"day_ago": m.CreatedAt.Add(-sameWithin), "remind_before": m.CreatedAt.Add(-remindAfter),
			"enough": mailboxADay,
		}).Take(&b).Error
	if err != nil {
		return earlier{}, fmt.Errorf("find same message: %w", err)
	}
	return b, nil
}

// sentAlready is another message with the same words that was confirmed less
// than a day before this one was written, or since.
func sentAlready(ctx context.Context, db *gorm.DB, m Message) (Message, bool, error) {
	var rows []Message
	err := db.WithContext(ctx).
		Where("mailbox_key = ? AND issue_slug = ? AND digest = ? AND id <> ?", m.MailboxKey, m.IssueSlug, m.Digest, m.ID).
		Where("confirmed_at > ?", m.CreatedAt.Add(-sameWithin)).
		Order("confirmed_at").Limit(1).Find(&rows).Error
	if err != nil {
		return Message{}, false, fmt.Errorf("find same message: %w", err)
	}
	if len(rows) == 0 {
		return Message{}, false, nil
	}
	return rows[0], true, nil
}

func insertMessage(ctx context.Context, tx *postgres.Tx, w written) error {
	at := tx.WithContext(ctx)
	for _, row := range []any{&w.message, &w.person, &w.texts, &w.deliveries} {
		if err := at.Create(row).Error; err != nil {
			return fmt.Errorf("save message: %s", postgres.Describe(err))
		}
	}
	return nil
}

// markConfirmed confirms the message, with its history row; first is false when
// it was confirmed before, or its epoch has moved on since m was read.
func markConfirmed(ctx context.Context, tx *postgres.Tx, m Message, now time.Time) (first bool, err error) {
	var rows int
	err = tx.WithContext(ctx).Raw(`
		WITH moved AS (
			UPDATE message SET status = @to, confirmed_at = @now
			WHERE id = @id AND epoch = @epoch AND confirmed_at IS NULL AND status = ANY(CAST(@legal AS text[])) RETURNING id
		), history AS (
			INSERT INTO message_move (message_id, from_state, to_state, at) SELECT id, @from, @to, @now FROM moved
		)
		SELECT count(*) FROM moved`, map[string]any{
		"id": m.ID, "epoch": m.Epoch, "now": now, "from": string(MessageAwaiting), "to": string(MessageConfirmed), "legal": textArray(messageFrom[MessageConfirmed]),
	}).Scan(&rows).Error
	if err != nil {
		return false, fmt.Errorf("confirm message: %w", err)
	}
	return rows == 1, nil
}

func insertProof(ctx context.Context, tx *postgres.Tx, proof MessageProof) error {
	if err := tx.WithContext(ctx).Create(&proof).Error; err != nil {
		return fmt.Errorf("save proof: %w", err)
	}
	return nil
}

// messageByID reads a message. One that was erased, or expired, is fault.NotFound
// with a key that says so.
func messageByID(ctx context.Context, db *gorm.DB, id uuid.UUID) (Message, error) {
	var m Message
	err := db.WithContext(ctx).Take(&m, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Message{}, fault.NotFound("token.unknown")
	}
	if err != nil {
		return Message{}, fmt.Errorf("read message: %w", err)
	}
	switch m.Status {
	case MessageErased:
		return Message{}, fault.NotFound("messages.gone.erased")
	case MessageExpired:
		return Message{}, fault.NotFound("messages.gone.expired")
	}
	return m, nil
}

// personOf is who wrote a message; fault.NotFound when they were erased.
func personOf(ctx context.Context, db *gorm.DB, message uuid.UUID) (MessagePerson, error) {
	var row MessagePerson
	err := db.WithContext(ctx).Take(&row, "message_id = ?", message).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return MessagePerson{}, fault.NotFound("token.unknown")
	}
	if err != nil {
		return MessagePerson{}, fmt.Errorf("read person: %w", err)
	}
	return row, nil
}

func deliveryByID(ctx context.Context, db *gorm.DB, id uuid.UUID) (Delivery, error) {
	var d Delivery
	err := db.WithContext(ctx).Take(&d, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Delivery{}, fault.NotFound("letter.delivery.unknown")
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("read delivery: %w", err)
	}
	return d, nil
}

func deliveriesOf(ctx context.Context, db *gorm.DB, message uuid.UUID) ([]Delivery, error) {
	var ds []Delivery
	if err := db.WithContext(ctx).Where("message_id = ?", message).Order("position").Find(&ds).Error; err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return ds, nil
}

func textsOf(ctx context.Context, db *gorm.DB, message uuid.UUID) (map[uuid.UUID]MessageText, error) {
	var rows []MessageText
	if err := db.WithContext(ctx).Where("message_id = ?", message).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	texts := make(map[uuid.UUID]MessageText, len(rows))
	for _, row := range rows {
		texts[row.ID] = row
	}
	return texts, nil
}

// heldDeliveries lists what is held: for one reason (HoldNone: for any but that a
// person reads it) and one official ("": all), oldest first.
func heldDeliveries(ctx context.Context, db *gorm.DB, why Hold, official string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := db.WithContext(ctx).Raw(`
		SELECT id FROM delivery
		WHERE state = 'held' AND (@why = '' AND held_for <> 'review' OR held_for = @why) AND (@official = '' OR official_id = @official)
		ORDER BY moved_at, id`, map[string]any{"why": string(why), "official": official}).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read held deliveries: %w", err)
	}
	return ids, nil
}

// lockHeld reads a delivery and keeps others from moving it; held is false when
// it is gone, no longer held, or by now for a person to read.
func lockHeld(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (d Delivery, held bool, err error) {
	var rows []Delivery
	if err := tx.WithContext(ctx).Raw("SELECT * FROM delivery WHERE id = ? AND state = 'held' AND held_for <> 'review' FOR UPDATE", id).Scan(&rows).Error; err != nil {
		return Delivery{}, false, fmt.Errorf("read delivery: %w", err)
	}
	if len(rows) == 0 {
		return Delivery{}, false, nil
	}
	return rows[0], true, nil
}

func waiting(ctx context.Context, db *gorm.DB) ([]Waiting, error) {
	var rows []struct {
		Waiting
		Written time.Time
	}
	err := db.WithContext(ctx).Raw(`
		SELECT d.held_for, d.official_id, max(d.official_name) AS official_name, count(*) AS letters,
			min(d.moved_at) AS since, min(m.created_at) AS written
		FROM delivery d JOIN message m ON m.id = d.message_id
		WHERE d.state = 'held'
		GROUP BY d.held_for, d.official_id ORDER BY d.held_for, letters DESC, d.official_id`).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count held deliveries: %w", err)
	}
	list := make([]Waiting, len(rows))
	for i, r := range rows {
		list[i] = r.Waiting
		list[i].ErasedFrom = r.Written.Add(keepAtMost)
	}
	return list, nil
}

// step takes the move if it is legal from where the delivery stands, and writes
// its history row and its event in the same statement. moved is false when it was
// not: a second "I sent it", an answer that came late, or one to a mail that no
// longer carries the delivery changes nothing.
func step(ctx context.Context, tx *postgres.Tx, m move) (moved bool, err error) {
	values := map[string]any{
		"id": m.delivery, "to": string(m.to), "code": m.code, "enhanced": m.enhanced, "why": string(m.why), "at": m.at, "day": day(m.at),
		"legal": textArray(m.legalFrom()), "counted": textArray(countedStates), "mail": m.mail, "any": uuid.Nil,
		"carried_by": (*uuid.UUID)(nil), "sent_to": "", "checked_at": (*time.Time)(nil), "channel": "",
	}
	if r := m.release; r != nil {
		values["carried_by"], values["sent_to"], values["checked_at"] = &r.carriedBy, r.sentTo, r.checkedAt
	}
	if f := m.fallBack; f != nil {
		values["channel"], values["sent_to"] = f.channel, f.sentTo
	}
	var rows int
	err = tx.WithContext(ctx).Raw(`
		WITH standing AS (
			SELECT id, state, channel FROM delivery WHERE id = @id FOR UPDATE
		), moved AS (
			UPDATE delivery SET state = @to, code = @code, enhanced = @enhanced, held_for = @why, moved_at = @at,
				carried_by = coalesce(CAST(@carried_by AS uuid), delivery.carried_by),
				checked_at = coalesce(CAST(@checked_at AS timestamptz), delivery.checked_at),
				sent_to = coalesce(nullif(@sent_to, ''), delivery.sent_to),
				fell_back = CASE WHEN @channel = '' THEN delivery.fell_back ELSE delivery.channel END,
				channel = coalesce(nullif(@channel, ''), delivery.channel)
			FROM standing
			WHERE delivery.id = standing.id AND delivery.state = ANY(CAST(@legal AS text[]))
			  AND (@mail = CAST(@any AS uuid) OR coalesce(delivery.carried_by, @mail) = @mail)
			RETURNING delivery.id, delivery.message_id, delivery.official_id, delivery.channel, standing.state AS came_from
		), history AS (
			INSERT INTO delivery_move (delivery_id, from_state, to_state, code, enhanced, held_for, at)
			SELECT id, came_from, @to, @code, @enhanced, @why, @at FROM moved
		), event AS (
			INSERT INTO letter_event (issue_slug, day, state, official_id, channel, variant, event, n)
			SELECT m.issue_slug, @day, m.state, moved.official_id, moved.channel, m.variant, @to, 1
			FROM moved JOIN message m ON m.id = moved.message_id
			WHERE @to = ANY(CAST(@counted AS text[])) AND moved.came_from <> @to
		)
		SELECT count(*) FROM moved`, values).Scan(&rows).Error
	if err != nil {
		return false, fmt.Errorf("move delivery: %w", err)
	}
	return rows == 1, nil
}

// textArray writes states as an array's text, which GORM would spread.
func textArray[S ~string](states []S) string {
	out := make([]string, len(states))
	for i, s := range states {
		out[i] = string(s)
	}
	return "{" + strings.Join(out, ",") + "}"
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// end moves messages to erased or expired and deletes what they held: writers,
// texts, and with these the deliveries. where picks them among message m. The row
// stays, without the keys of its mailbox, its words and its place.
func end(ctx context.Context, tx *postgres.Tx, where string, values map[string]any, now time.Time) (int64, error) {
	values["now"], values["legal"] = now, textArray(messageFrom[MessageErased])
	var ended int64
	err := tx.WithContext(ctx).Raw(`
		WITH served AS (
			SELECT m.id, m.status FROM message m WHERE (`+where+`) FOR UPDATE
		), moved AS (
			UPDATE message SET status = `+endState+`, mailbox_key = NULL, digest = NULL, address_key = NULL, network_key = NULL,
				updates_ask = '', findings = '[]', flags = '[]'
			FROM served
			WHERE message.id = served.id AND message.status = ANY(CAST(@legal AS text[]))
			RETURNING message.id, served.status AS came_from, message.status AS became
		), history AS (
			INSERT INTO message_move (message_id, from_state, to_state, at) SELECT id, came_from, became, @now FROM moved
		), people AS (
			DELETE FROM message_person USING moved WHERE message_person.message_id = moved.id
		), texts AS (
			DELETE FROM message_text USING moved WHERE message_text.message_id = moved.id
		)
		SELECT count(*) FROM moved`, values).Scan(&ended).Error
	if err != nil {
		return 0, fmt.Errorf("erase messages: %s", postgres.Describe(err))
	}
	return ended, nil
}

// endState is what a message becomes that is kept long enough: what nobody
// confirmed has expired.
const endState = `CASE WHEN @asked OR served.status = 'confirmed' THEN 'erased' ELSE 'expired' END`

// endServed ends the messages that are past one of the times for which they are kept.
func endServed(ctx context.Context, tx *postgres.Tx, now time.Time) (int64, error) {
	return end(ctx, tx, `m.status IN ('awaiting_confirmation', 'confirmed') AND (
		(m.confirmed_at IS NULL AND m.created_at < @unconfirmed)
		OR m.created_at < @at_most
		OR (m.confirmed_at IS NOT NULL
		    AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = m.id AND d.state = 'held')
		    AND GREATEST(m.confirmed_at, (SELECT max(d.moved_at) FROM delivery d WHERE d.message_id = m.id)) < @delivered))`,
		map[string]any{
			"asked": false, "unconfirmed": now.Add(-keepUnconfirmed), "at_most": now.Add(-keepAtMost), "delivered": now.Add(-keepDelivered),
		}, now)
}

// endMailbox ends every message of a mailbox.
func endMailbox(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, now time.Time) (int64, error) {
	return end(ctx, tx, `m.mailbox_key = @mailbox_key`, map[string]any{"asked": true, "mailbox_key": mailboxKey}, now)
}

// settleFormer gives the messages that a former program confirmed while this one
// started the state that goes with it.
func settleFormer(ctx context.Context, tx *postgres.Tx) error {
	err := tx.WithContext(ctx).Exec(`
		WITH moved AS (
			UPDATE message SET status = 'confirmed'
			WHERE status = 'awaiting_confirmation' AND confirmed_at IS NOT NULL RETURNING id, confirmed_at
		)
		INSERT INTO message_move (message_id, from_state, to_state, at)
		SELECT id, 'awaiting_confirmation', 'confirmed', confirmed_at FROM moved`).Error
	if err != nil {
		return fmt.Errorf("settle messages: %w", err)
	}
	return nil
}

// deleteEnded deletes the rows of messages whose receipts have ended.
func deleteEnded(ctx context.Context, tx *postgres.Tx, before time.Time) error {
	err := tx.WithContext(ctx).Exec("DELETE FROM message WHERE status IN ('erased', 'expired') AND created_at < ?", before).Error
	if err != nil {
		return fmt.Errorf("erase messages: %w", err)
	}
	return nil
}

func deleteProofs(ctx context.Context, tx *postgres.Tx, before time.Time) (int64, error) {
	gone := tx.WithContext(ctx).Exec("DELETE FROM message_proof WHERE confirmed_at < ?", before)
	if gone.Error != nil {
		return 0, fmt.Errorf("erase proofs: %w", gone.Error)
	}
	return gone.RowsAffected, nil
}
