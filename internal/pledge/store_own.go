package pledge

import (
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
}

// everyPledge are the pledges that may have signatures. With them a mailbox's own
// are found in the index that keeps two on each; one of mailboxes alone would cost
// every signing.
const everyPledge = `(SELECT issue_slug FROM pledge UNION SELECT pledge FROM pledge_counter)`

func ownedRows(db *gorm.DB, mailboxKey []byte) ([]ownedRow, error) {
	var rows []ownedRow
	err := db.Raw(`
		SELECT signature.*, given_name, family_name, email, zip, coalesce(rule, '') AS held_for
		FROM signature LEFT JOIN signature_person ON signature_person.signature_id = id
			LEFT JOIN signature_hold ON signature_hold.signature_id = id
		WHERE pledge IN `+everyPledge+` AND mailbox_key = ? ORDER BY created_at DESC, id DESC`, mailboxKey).Scan(&rows).Error
	return rows, err
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
