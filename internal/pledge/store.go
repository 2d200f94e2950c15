package pledge

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/content/item"
	"redress/internal/content/prose"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/postgres"
)

// BySlug is the pledge of an issue in the language of ctx, else in the default
// language.
func (p *Pledges) BySlug(ctx context.Context, issueSlug string) (Pledge, error) {
	return p.bySlug(ctx, issueSlug, i18n.Lang(ctx))
}

func (p *Pledges) bySlug(ctx context.Context, issueSlug, lang string) (Pledge, error) {
	return p.pledge(p.db.Read(ctx), issueSlug, lang)
}

func (p *Pledges) pledge(db *gorm.DB, issueSlug, lang string) (Pledge, error) {
	if !item.IsSlug(issueSlug) { // could be bytes that PostgreSQL doesn't take for text
		return Pledge{}, fault.NotFound("pledge.unknown")
	}
	var pledge Pledge
	err := db.
		Where("issue_slug = ? AND lang IN ?", issueSlug, []string{lang, i18n.Default}).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "lang = ? DESC", Vars: []any{lang}}}).
		Take(&pledge).Error
	return p.finish(pledge, err)
}

func (p *Pledges) byID(ctx context.Context, id uuid.UUID) (Pledge, error) {
	var pledge Pledge
	err := p.db.Read(ctx).Where("id = ?", id).Take(&pledge).Error
	return p.finish(pledge, err)
}

// finish fills what isn't in the row.
func (p *Pledges) finish(pledge Pledge, err error) (Pledge, error) {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Pledge{}, fault.NotFound("pledge.unknown")
	}
	if err != nil {
		return Pledge{}, err
	}
	pledge.HTML = p.render(pledge)
	pledge.opening = startOf(pledge.Opens, 0, p.opt.Zone)
	pledge.closing = startOf(pledge.Closes, 1, p.opt.Zone)
	return pledge, nil
}

// rendered is a statement and its HTML.
type rendered struct {
	statement string
	html      prose.HTML
}

// render makes the HTML once per statement: every signing reads its pledge.
func (p *Pledges) render(pledge Pledge) prose.HTML {
	if last, ok := p.rendered.Load(pledge.ID); ok && last.(rendered).statement == pledge.Statement {
		return last.(rendered).html
	}
	html := prose.Render(pledge.Statement, nil).HTML()
	p.rendered.Store(pledge.ID, rendered{pledge.Statement, html})
	return html
}

// startOf is when a calendar day, or the one so many days later, begins in zone.
func startOf(day *time.Time, later int, zone *time.Location) time.Time {
	if day == nil {
		return time.Time{}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d+later, 0, 0, 0, 0, zone)
}

// signature reads a signature and its person; either gone is fault.NotFound.
func (p *Pledges) signature(ctx context.Context, id uuid.UUID) (Signature, Person, error) {
	var row struct {
		Signature
		Person
	}
	err := p.db.Read(ctx).Raw(`
		SELECT signature.*, signature_person.* FROM signature
		JOIN signature_person ON signature_id = id WHERE id = ?`, id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Signature{}, Person{}, fault.NotFound("token.unknown")
	}
	return row.Signature, row.Person, err
}

// emailOf opens the address of a signature.
func (p *Pledges) emailOf(db *gorm.DB, id uuid.UUID) (string, error) {
	var person Person
	if err := db.Where("signature_id = ?", id).Take(&person).Error; err != nil {
		return "", err
	}
	return p.box.Open(person.Email, personPlace("email", id))
}

// lockMailbox makes the transaction the only one that signs or confirms with this
// key.
func lockMailbox(tx *postgres.Tx, key int64) error {
	return tx.Exec(`SELECT pg_advisory_xact_lock(?)`, key).Error
}

// signatureInsert writes a signature that waits for its mailbox and says what
// was there. It is one statement, the same for everyone who signs.
//
//   - mine: this signer's row. room: may another confirm from the mailbox?
//   - gone: of those that wait for the mailbox, the oldest make way, so that
//     typing an address again and again keeps nobody from signing with it.
//   - signed: the new row; a withdrawn one is written anew under the new id. It
//     takes no place on the mailbox: confirming does.
//   - asked, full: the row to write to the mailbox about, unless it has heard
//     the same within a day.
const signatureInsert = `
WITH mine AS (
	SELECT id, state FROM signature WHERE pledge = @pledge AND signer_key = @signer_key
), live AS (
	SELECT 1 FROM mine WHERE state <> 'withdrawn'
), room AS (
	SELECT count(*) < @slots AS free FROM signature
	WHERE pledge = @pledge AND mailbox_key = @mailbox_key AND mailbox_slot IS NOT NULL
), gone AS (
	DELETE FROM signature WHERE id IN (
		SELECT id FROM signature WHERE pledge = @pledge AND mailbox_key = @mailbox_key AND state = 'pending'
		ORDER BY created_at DESC, id DESC OFFSET @waiting - 1)
	AND state = 'pending' AND (SELECT free FROM room) AND NOT EXISTS (SELECT 1 FROM live)
), signed AS (
	INSERT INTO signature (id, pledge, lang, state, signer_key, mailbox_key, key_version, state_code,
		show_name, updates_words, epoch, created_at, source)
	SELECT @id, @pledge, @lang, 'pending', @signer_key, @mailbox_key, @key_version, @state_code,
		@show_name, @updates_words, 0, @now, @source
	FROM room WHERE free AND NOT EXISTS (SELECT 1 FROM live)
	ON CONFLICT ON CONSTRAINT signature_signer DO UPDATE SET
		id = excluded.id, lang = excluded.lang, state = 'pending', key_version = excluded.key_version,
		mailbox_key = excluded.mailbox_key, state_code = excluded.state_code,
		show_name = excluded.show_name, updates_words = excluded.updates_words, epoch = signature.epoch + 1,
		created_at = excluded.created_at, confirmed_at = NULL, told_at = NULL, full_told_at = NULL,
		origin = excluded.origin, source = excluded.source
	WHERE signature.state = 'withdrawn'
	RETURNING id
), person AS (
	INSERT INTO signature_person (signature_id, given_name, family_name, email, zip)
	SELECT id, @given_name, @family_name, @email, @zip FROM signed
), asked AS (
	UPDATE signature SET told_at = @now
	WHERE id = (SELECT id FROM mine) AND state IN ('confirmed', 'held') AND (told_at IS NULL OR told_at <= @day_ago)
	RETURNING id
), no_room AS (
	SELECT 1 FROM room WHERE NOT free AND NOT EXISTS (SELECT 1 FROM mine WHERE state IN ('confirmed', 'held'))
), "full" AS (
	UPDATE signature SET full_told_at = @now
	WHERE pledge = @pledge AND mailbox_key = @mailbox_key AND mailbox_slot = 1
		AND (full_told_at IS NULL OR full_told_at <= @day_ago)
		AND EXISTS (SELECT 1 FROM no_room)
	RETURNING id
)
SELECT (SELECT id FROM signed) AS signed, (SELECT id FROM mine WHERE state = 'pending') AS waits, (SELECT id FROM asked) AS asked,
	EXISTS (SELECT 1 FROM no_room) AS no_room, (SELECT id FROM "full") AS "full"`

func insertSignature(tx *postgres.Tx, s Signature, person Person, now time.Time) (found, error) {
	var f found
	err := tx.Raw(signatureInsert, map[string]any{
		"id": s.ID, "pledge": s.Pledge, "lang": s.Lang, "signer_key": s.SignerKey, "mailbox_key": s.MailboxKey,
		"key_version": s.KeyVersion, "state_code": s.StateCode, "show_name": s.ShowName, "updates_words": s.UpdatesWords,
		"given_name": []byte(person.GivenName), "family_name": []byte(person.FamilyName),
		"email": []byte(person.Email), "zip": []byte(person.Zip),
		"source": s.Source, "now": now, "day_ago": now.Add(-24 * time.Hour), "slots": MailboxSlots, "waiting": MailboxWaiting,
	}).Take(&f).Error
	return f, err
}

// countSignature moves a pending signature to confirmed, gives it a place on its
// mailbox, and moves its pledge's count with it, in one statement; false: there
// is no place, or it wasn't pending any more, or its tokens were revoked. The
// caller has locked the mailbox.
func countSignature(tx *postgres.Tx, s Signature, slot int16, now time.Time) (bool, error) {
	done := tx.Exec(`
		WITH room AS (
			SELECT min(place)::smallint AS place FROM generate_series(1, @places) AS place WHERE NOT EXISTS (
				SELECT 1 FROM signature WHERE pledge = @pledge AND mailbox_key = @mailbox_key AND mailbox_slot = place)
		), confirmed AS (
			UPDATE signature SET state = 'confirmed', confirmed_at = @now, counter_slot = @slot, mailbox_slot = place
			FROM room WHERE id = @id AND state = 'pending' AND epoch = @epoch AND place IS NOT NULL
			RETURNING pledge
		)
		INSERT INTO pledge_counter (pledge, slot, confirmed) SELECT pledge, @slot, 1 FROM confirmed
		ON CONFLICT (pledge, slot) DO UPDATE SET confirmed = pledge_counter.confirmed + 1`,
		map[string]any{
			"id": s.ID, "pledge": s.Pledge, "mailbox_key": s.MailboxKey, "epoch": s.Epoch, "slot": slot, "now": now, "places": MailboxSlots,
		})
	return done.RowsAffected == 1, done.Error
}

// mailboxFull tells whether a signature waits though as many as may have
// confirmed from its mailbox. It looks at both at once: the signature may have
// been one of them meanwhile.
func mailboxFull(db *gorm.DB, s Signature) (bool, error) {
	var full bool
	err := db.Raw(`
		SELECT count(*) FILTER (WHERE mailbox_slot IS NOT NULL) >= ? AND bool_or(id = ? AND state = 'pending')
		FROM signature WHERE pledge = ? AND mailbox_key = ? HAVING count(*) > 0`,
		MailboxSlots, s.ID, s.Pledge, s.MailboxKey).Scan(&full).Error
	return full, err
}

func sumCounter(db *gorm.DB, slug string) (int64, error) {
	var sum int64
	err := db.Raw(`SELECT coalesce(sum(confirmed), 0)::bigint FROM pledge_counter WHERE pledge = ?`, slug).Scan(&sum).Error
	return sum, err
}

type shownRow struct {
	ID          uuid.UUID
	GivenName   []byte
	StateCode   string
	ConfirmedAt time.Time
}

func latestShown(db *gorm.DB, slug string, limit int) ([]shownRow, error) {
	var rows []shownRow
	err := db.Raw(`
		SELECT id, given_name, state_code, confirmed_at FROM signature JOIN signature_person ON signature_id = id
		WHERE pledge = ? AND state = 'confirmed' AND show_name
		ORDER BY confirmed_at DESC, id DESC LIMIT ?`, slug, limit).Scan(&rows).Error
	return rows, err
}

// lockSignature holds a signature until the transaction ends; nil: it is gone.
func lockSignature(tx *postgres.Tx, id uuid.UUID) (*Signature, error) {
	var rows []Signature
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("id = ?", id).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// withdrawSignature frees the row's slots and revokes its tokens.
func withdrawSignature(tx *postgres.Tx, id uuid.UUID) error {
	err := tx.Exec(`
		UPDATE signature SET state = 'withdrawn', epoch = epoch + 1, mailbox_slot = NULL, counter_slot = NULL,
			updates_words = '', show_name = false WHERE id = ?`, id).Error
	if err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM signature_person WHERE signature_id = ?`, id).Error
}

func deleteSignature(tx *postgres.Tx, id uuid.UUID) error {
	return tx.Exec(`DELETE FROM signature WHERE id = ?`, id).Error
}

// uncount takes one off the count, erasedCount keeps it though its row goes.
func uncount(tx *postgres.Tx, slug string, slot int16) error {
	return tx.Exec(`UPDATE pledge_counter SET confirmed = confirmed - 1 WHERE pledge = ? AND slot = ?`, slug, slot).Error
}

func erasedCount(tx *postgres.Tx, slug string, slot int16) error {
	return tx.Exec(`UPDATE pledge_counter SET erased = erased + 1 WHERE pledge = ? AND slot = ?`, slug, slot).Error
}

// deleteUnconfirmed deletes a portion of those made before a time, however often
// they were asked to confirm since: anybody can set that off.
func deleteUnconfirmed(db *gorm.DB, before time.Time, portion int) (int64, error) {
	done := db.Exec(`
		DELETE FROM signature WHERE id IN (
			SELECT id FROM signature WHERE state = 'pending' AND created_at < ? ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)`,
		before, portion)
	return done.RowsAffected, done.Error
}

// retentions are the pledges that have an end, each with the last of its days
// over all languages.
func retentions(db *gorm.DB) ([]retention, error) {
	var rows []retention
	err := db.Raw(`
		SELECT issue_slug AS pledge, max(closes + kept_days_after_close) AS kept_until FROM pledge
		GROUP BY issue_slug HAVING bool_and(closes IS NOT NULL) ORDER BY issue_slug`).Scan(&rows).Error
	return rows, err
}

// deleteKept deletes a portion of a pledge's signatures; what they counted for
// stays counted.
func deleteKept(tx *postgres.Tx, slug string, portion int) (int64, error) {
	var deleted int64
	err := tx.Raw(`
		WITH old AS (
			DELETE FROM signature WHERE id IN (SELECT id FROM signature WHERE pledge = @pledge LIMIT @portion FOR UPDATE SKIP LOCKED)
			RETURNING counter_slot
		), slots AS (
			SELECT counter_slot AS slot, count(*) AS n FROM old WHERE counter_slot IS NOT NULL GROUP BY counter_slot
		), counted AS (
			UPDATE pledge_counter c SET erased = erased + n FROM slots WHERE c.pledge = @pledge AND c.slot = slots.slot
		)
		SELECT count(*) FROM old`, map[string]any{"pledge": slug, "portion": portion}).Scan(&deleted).Error
	return deleted, err
}

func drifts(ctx context.Context, db *postgres.DB) ([]Drift, error) {
	var rows []Drift
	err := db.Read(ctx).Raw(`
		WITH rows AS (
			SELECT pledge, counter_slot AS slot, count(*) AS n FROM signature WHERE counter_slot IS NOT NULL GROUP BY pledge, counter_slot
		)
		SELECT coalesce(c.pledge, r.pledge) AS pledge, coalesce(c.slot, r.slot) AS slot,
			coalesce(c.confirmed, 0) AS confirmed, coalesce(c.erased, 0) AS erased, coalesce(r.n, 0) AS rows
		FROM pledge_counter c FULL JOIN rows r ON r.pledge = c.pledge AND r.slot = c.slot
		WHERE coalesce(c.confirmed, 0) - coalesce(c.erased, 0) <> coalesce(r.n, 0)
		ORDER BY 1, 2`).Scan(&rows).Error
	return rows, err
}

// savePledge writes a pledge over what stood under its slug and language; the
// id that it had stays.
func savePledge(tx *postgres.Tx, pledge Pledge) error {
	return tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "issue_slug"}, {Name: "lang"}},
		DoUpdates: clause.AssignmentColumns([]string{
			"title", "statement", "addressee", "goal", "opens", "closes", "handed_over", "kept_days_after_close", "shows_names",
		}),
	}).Create(&pledge).Error
}
