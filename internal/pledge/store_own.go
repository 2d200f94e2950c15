package pledge

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/postgres"
	"redress/internal/seal"
)

type ownedRow struct {
	Signature
	GivenName  seal.Text
	FamilyName seal.Text
	Email      seal.Text
	Zip        seal.Text
	HeldFor    string
	HeldSince  *time.Time
	DistrictID string
	Congress   int
}

// everyPledge are the pledges that may have signatures. With them a mailbox's own
// are found in the index that keeps two on each; one of mailboxes alone would cost
// every signing.
const everyPledge = `(SELECT issue_slug FROM pledge UNION SELECT pledge FROM pledge_counter)`

func ownedRows(db *gorm.DB, mailboxKey []byte) ([]ownedRow, error) {
	var rows []ownedRow
	err := db.Raw(`
		SELECT signature.*, given_name, family_name, email, zip, coalesce(rule, '') AS held_for, since AS held_since,
			coalesce(district_id, '') AS district_id, coalesce(congress, 0) AS congress
		FROM signature LEFT JOIN signature_person ON signature_person.signature_id = id
			LEFT JOIN signature_hold ON signature_hold.signature_id = id
			LEFT JOIN signature_district ON signature_district.signature_id = id
		WHERE pledge IN `+everyPledge+` AND mailbox_key = ? ORDER BY created_at DESC, id DESC`, mailboxKey).Scan(&rows).Error
	return rows, err
}

// decisionsOn are staff's decisions about signatures, by signature, the oldest
// first. Decisions are few and each one's steps are found by signature.
func decisionsOn(db *gorm.DB, signatures []ownedRow) (map[uuid.UUID][]OwnDecision, error) {
	if len(signatures) == 0 {
		return nil, nil //nolint:nilnil // about nothing, nothing
	}
	var pledges []string
	var ids []uuid.UUID
	for _, s := range signatures {
		pledges, ids = append(pledges, s.Pledge), append(ids, s.ID)
	}
	var rows []struct {
		SignatureID uuid.UUID
		OwnDecision
	}
	err := db.Raw(`
		SELECT signature_id, decision, decided_at AS at, was, became, undone_at AS undone
		FROM signature_review JOIN signature_review_step ON review_id = signature_review.id
		WHERE pledge IN ? AND signature_id IN ? ORDER BY decided_at`, pledges, ids).Scan(&rows).Error
	by := make(map[uuid.UUID][]OwnDecision, len(rows))
	for _, r := range rows {
		by[r.SignatureID] = append(by[r.SignatureID], r.OwnDecision)
	}
	return by, err
}

// lockOwn holds a signature of a mailbox that has its person until the transaction
// ends; nil: there is none.
func lockOwn(tx *postgres.Tx, mailboxKey []byte, id uuid.UUID) (*Signature, error) {
	var rows []Signature
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where("id = ? AND mailbox_key = ? AND EXISTS (SELECT 1 FROM signature_person WHERE signature_id = id)", id, mailboxKey).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// lockAllOwn holds every signature of a mailbox, in one order for all.
func lockAllOwn(tx *postgres.Tx, mailboxKey []byte) ([]Signature, error) {
	var rows []Signature
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where("pledge IN "+everyPledge+" AND mailbox_key = ?", mailboxKey).Order("id").Find(&rows).Error
	return rows, err
}

func setShown(tx *postgres.Tx, id uuid.UUID, show bool) error {
	return tx.Exec(`UPDATE signature SET show_name = ? WHERE id = ?`, show, id).Error
}

// makeWay deletes what is of no use beside a signature that takes another name:
// one of that name that was withdrawn, or that waits while this one doesn't.
func makeWay(tx *postgres.Tx, s Signature, signerKey []byte) error {
	return tx.Exec(`
		DELETE FROM signature WHERE pledge = ? AND signer_key = ? AND id <> ?
			AND (state = 'withdrawn' OR state = 'pending' AND ? <> 'pending')`, s.Pledge, signerKey, s.ID, s.State).Error
}

func rename(tx *postgres.Tx, id uuid.UUID, signerKey []byte, version int16, person Person) error {
	if err := tx.Exec(`UPDATE signature SET signer_key = ?, key_version = ? WHERE id = ?`, signerKey, version, id).Error; err != nil {
		return err
	}
	return tx.Exec(`UPDATE signature_person SET given_name = ?, family_name = ? WHERE signature_id = ?`,
		[]byte(person.GivenName), []byte(person.FamilyName), id).Error
}

// forgetPerson deletes who signed and revokes the tokens; the row, which says
// nothing, stays as it counts or as it is held.
func forgetPerson(tx *postgres.Tx, id uuid.UUID) error {
	err := tx.Exec(`UPDATE signature SET epoch = epoch + 1, updates_words = '', show_name = false WHERE id = ?`, id).Error
	if err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM signature_district WHERE signature_id = ?`, id).Error; err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM signature_person WHERE signature_id = ?`, id).Error
}

// emailOf opens the address of a signature.
func (p *Pledges) emailOf(db *gorm.DB, id uuid.UUID) (string, error) {
	var person Person
	if err := db.Where("signature_id = ?", id).Take(&person).Error; err != nil {
		return "", err
	}
	return p.box.Open(person.Email, personPlace("email", id))
}
