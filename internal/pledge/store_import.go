package pledge

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"redress/internal/fault"
	"redress/internal/supporter"
)

// bulkSlot is the slot of a pledge's counter that takes what comes in bulk.
const bulkSlot int16 = counterSlots - 1

// beginImport reads how far a file has come, and begins with a new one.
func (p *Pledges) beginImport(ctx context.Context, slug string, hash []byte) (Imported, error) {
	now := p.opt.Now().UTC()
	var state Imported
	db := p.db.Read(ctx)
	err := db.Exec(`INSERT INTO signature_import (pledge, file_hash, began_at, moved_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		slug, hash, now, now).Error
	if err != nil {
		return state, err
	}
	err = db.Where("pledge = ? AND file_hash = ?", slug, hash).Take(&state).Error
	if state.FinishedAt != nil {
		state.Before = state.Records
	}
	return state, err
}

// importLock and importMove hold a file's row, and move it.
const (
	importLock = `SELECT records FROM signature_import WHERE pledge = $1 AND file_hash = $2 FOR UPDATE`
	importMove = `UPDATE signature_import SET records = $3, taken = $4, here = $5, refused = $6, consents = $7, moved_at = $8,
		finished_at = CASE WHEN $9 THEN $8::timestamptz END WHERE pledge = $1 AND file_hash = $2`
)

// keepBatch commits a batch and how far its file has come. On an error nothing has
// changed, but what it decided about the batch has.
func (p *Pledges) keepBatch(ctx context.Context, state Imported, batch []candidate, last bool) (Imported, error) {
	tx, err := p.db.Pool.Begin(ctx)
	if err != nil {
		return state, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing, once it is committed
	var records int64
	if err := tx.QueryRow(ctx, importLock, state.Pledge, state.FileHash).Scan(&records); err != nil {
		return state, err
	}
	if records != state.Records {
		return state, fault.Conflict("pledge.import.elsewhere")
	}
	if err := p.lockMailboxes(ctx, tx, batch); err != nil {
		return state, err
	}
	there, err := presentOf(ctx, tx, presentSQL, state.Pledge, batch)
	if err != nil {
		return state, err
	}
	decide(batch, there, bulkSlot)
	if err := writeBatch(ctx, tx, batch); err != nil {
		return state, err
	}
	consents, err := p.opt.Supporters.Bring(ctx, tx, consentsOf(batch))
	if err != nil {
		return state, err
	}
	state = state.after(batch, consents)
	state.MovedAt = p.opt.Now().UTC()
	if last {
		state.FinishedAt = &state.MovedAt
	}
	_, err = tx.Exec(ctx, importMove, state.Pledge, state.FileHash, state.Records, state.Taken, state.Here, state.Refused, state.Consents, state.MovedAt, last)
	if err != nil {
		return state, err
	}
	return state, tx.Commit(ctx)
}

func (i Imported) after(batch []candidate, consents int64) Imported {
	i.Records += int64(len(batch))
	i.Consents += consents
	for _, c := range batch {
		switch c.fate {
		case taken, raised:
			i.Taken++
		case here:
			i.Here++
		case undecided, refused:
			i.Refused++
		}
	}
	return i
}

func consentsOf(batch []candidate) []supporter.Consent {
	var list []supporter.Consent
	for _, c := range batch {
		if c.consent != nil && (c.fate == taken || c.fate == raised) {
			list = append(list, *c.consent)
		}
	}
	return list
}

// lockMailboxes makes the transaction the only one that signs or confirms with the
// batch's mailboxes. Whoever locks several does so from the lowest up.
func (p *Pledges) lockMailboxes(ctx context.Context, tx pgx.Tx, batch []candidate) error {
	keys := make([]int64, 0, len(batch))
	for _, c := range batch {
		if c.fate == undecided {
			keys = append(keys, p.mailboxLock(c.signature))
		}
	}
	slices.Sort(keys)
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key`, slices.Compact(keys))
	return err
}

// presentSQL are the rows of some signers, and those that hold a place on some
// mailboxes.
const presentSQL = `
	SELECT id, state, signer_key, mailbox_key, coalesce(mailbox_slot, 0) FROM signature WHERE pledge = $1 AND signer_key = ANY($2)
	UNION
	SELECT id, state, signer_key, mailbox_key, mailbox_slot FROM signature WHERE pledge = $1 AND mailbox_key = ANY($3) AND mailbox_slot IS NOT NULL`

func presentOf(ctx context.Context, tx pgx.Tx, sql, slug string, batch []candidate) ([]present, error) {
	signers, mailboxes := make([][]byte, 0, len(batch)), make([][]byte, 0, len(batch))
	for _, c := range batch {
		if c.fate == undecided {
			signers, mailboxes = append(signers, c.signature.SignerKey), append(mailboxes, c.signature.MailboxKey)
		}
	}
	rows, err := tx.Query(ctx, sql, slug, signers, mailboxes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var there []present
	for rows.Next() {
		var x present
		var signer, mailbox []byte
		if err := rows.Scan((*[16]byte)(&x.id), &x.state, &signer, &mailbox, &x.place); err != nil {
			return nil, err
		}
		x.signer, x.mailbox = string(signer), string(mailbox)
		there = append(there, x)
	}
	return there, rows.Err()
}

// writeBatch writes what was taken and moves the count with it.
func writeBatch(ctx context.Context, tx pgx.Tx, batch []candidate) error {
	var fresh []candidate
	n := int64(0)
	for _, c := range batch {
		switch c.fate {
		case taken:
			fresh = append(fresh, c)
			n++
		case raised:
			if err := raise(ctx, tx, c.signature); err != nil {
				return err
			}
			n++
		case undecided, here, refused:
		}
	}
	if n == 0 {
		return nil
	}
	if err := copySignatures(ctx, tx, fresh); err != nil {
		return err
	}
	return countMore(ctx, tx, batch[0].signature.Pledge, n)
}

// raise counts a signature that waits for its mailbox. What its signer typed stays.
func raise(ctx context.Context, tx pgx.Tx, s Signature) error {
	_, err := tx.Exec(ctx, `
		UPDATE signature SET state = 'confirmed', confirmed_at = $2, mailbox_slot = $3, counter_slot = $4, origin = $5,
			updates_words = CASE WHEN $6 = '' THEN updates_words ELSE $6 END
		WHERE id = $1 AND state = 'pending'`,
		[16]byte(s.ID), s.ConfirmedAt, s.MailboxSlot, s.CounterSlot, s.Origin, s.UpdatesWords)
	return err
}

// copySignatures writes new signatures with their people.
func copySignatures(ctx context.Context, tx pgx.Tx, rows []candidate) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"signature"}, []string{
		"id", "pledge", "lang", "state", "signer_key", "mailbox_key", "key_version", "mailbox_slot", "state_code", "show_name",
		"updates_words", "epoch", "created_at", "confirmed_at", "counter_slot", "origin", "source",
	}, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		s := &rows[i].signature
		return []any{
			[16]byte(s.ID), s.Pledge, s.Lang, s.State, s.SignerKey, s.MailboxKey, s.KeyVersion, s.MailboxSlot, s.StateCode, s.ShowName,
			s.UpdatesWords, s.Epoch, s.CreatedAt, s.ConfirmedAt, s.CounterSlot, s.Origin, s.Source,
		}, nil
	}))
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"signature_person"}, []string{"signature_id", "given_name", "family_name", "email", "zip"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			p := &rows[i].person
			return []any{[16]byte(p.SignatureID), []byte(p.GivenName), []byte(p.FamilyName), []byte(p.Email), []byte(p.Zip)}, nil
		}))
	return err
}

// countMore moves a pledge's count by what came in bulk.
func countMore(ctx context.Context, tx pgx.Tx, slug string, n int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO pledge_counter (pledge, slot, confirmed) VALUES ($1, $2, $3)
		ON CONFLICT (pledge, slot) DO UPDATE SET confirmed = pledge_counter.confirmed + excluded.confirmed`, slug, bulkSlot, n)
	return err
}

func importedCount(db *gorm.DB, slug string) (int64, error) {
	var n int64
	err := db.Raw(`SELECT coalesce(sum(taken), 0)::bigint FROM signature_import WHERE pledge = ?`, slug).Scan(&n).Error
	return n, err
}

// trialPresentSQL sees what a trial has taken as well.
const trialPresentSQL = presentSQL + `
	UNION ALL
	SELECT '00000000-0000-0000-0000-000000000000', 'confirmed', signer_key, mailbox_key, mailbox_slot
	FROM import_trial WHERE signer_key = ANY($2) OR mailbox_key = ANY($3)`

// try goes through the whole file and keeps nothing: what it takes is noted in a
// table that only its own connection sees, so that the file's own duplicates are
// found, whoever signs meanwhile isn't kept waiting, and memory stays as it is.
func (r *importing) try(ctx context.Context) (Imported, error) {
	r.state = Imported{Pledge: r.pledge.IssueSlug}
	conn, err := r.db.Pool.Acquire(ctx)
	if err != nil {
		return r.state, err
	}
	defer conn.Release()
	_, err = conn.Exec(ctx, `
		DROP TABLE IF EXISTS pg_temp.import_trial;
		CREATE TEMP TABLE import_trial (signer_key bytea PRIMARY KEY, mailbox_key bytea NOT NULL, mailbox_slot smallint NOT NULL);
		CREATE INDEX ON import_trial (mailbox_key)`)
	if err != nil {
		return r.state, err
	}
	defer func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_, _ = conn.Exec(limited, `DROP TABLE IF EXISTS pg_temp.import_trial`) // it ends with the connection anyway
	}()
	for ctx.Err() == nil {
		batch, last, err := r.batch()
		if err != nil {
			return r.state, err
		}
		if err := r.tryBatch(ctx, conn, batch); err != nil {
			return r.state, err
		}
		if err := r.tell(batch); err != nil || last {
			return r.state, err
		}
	}
	return r.state, ctx.Err()
}

func (r *importing) tryBatch(ctx context.Context, conn *pgxpool.Conn, batch []candidate) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		there, err := presentOf(ctx, tx, trialPresentSQL, r.state.Pledge, batch)
		if err != nil {
			return err
		}
		decide(batch, there, bulkSlot)
		var took []candidate
		consents := int64(0)
		for _, c := range batch {
			if c.fate == taken || c.fate == raised {
				took = append(took, c)
				if c.consent != nil {
					consents++
				}
			}
		}
		r.state = r.state.after(batch, consents)
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"import_trial"}, []string{"signer_key", "mailbox_key", "mailbox_slot"},
			pgx.CopyFromSlice(len(took), func(i int) ([]any, error) {
				s := &took[i].signature
				return []any{s.SignerKey, s.MailboxKey, s.MailboxSlot}, nil
			}))
		return err
	})
}
