package newsletter

import (
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/fault"
)

func walk(db *gorm.DB, after uuid.UUID, rhythms []string, limit int) ([]Subscriber, error) {
	var rows []Subscriber
	err := db.Where("state = 'active' AND id > ? AND rhythm IN ?", after, rhythms).Order("id").Limit(limit).Find(&rows).Error
	return rows, err
}

// subscriberOf reads a subscriber and its person; either gone is fault.NotFound.
func subscriberOf(db *gorm.DB, id uuid.UUID) (Subscriber, Person, error) {
	var row struct {
		Subscriber
		Email []byte
	}
	err := db.Raw(`
		SELECT subscriber.*, subscriber_person.email FROM subscriber JOIN subscriber_person USING (id) WHERE id = ?`, id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Subscriber{}, Person{}, fault.NotFound("newsletter.no_subscription")
	}
	return row.Subscriber, Person{ID: row.ID, Email: row.Email}, err
}
