package letter

import (
	"context"
	"fmt"
	"time"

	"redress/internal/postgres"
)

// TestOfficial is an official whose letters are only tried: they are captured,
// whatever the site does.
type TestOfficial struct {
	OfficialID string `gorm:"primaryKey"`
	SetBy      string
	SetAt      time.Time
}

// SetTest puts an official into test mode, or takes them out of it. Letters that
// are on their way follow. by is who asked for it. An id that nobody holds is an
// error.
func (l *Letters) SetTest(ctx context.Context, official string, on bool, by string) error {
	if _, found := l.atlas.Official(official); !found && on {
		return fmt.Errorf("nobody here has the id %s", official)
	}
	return setTest(ctx, l.db.Read(ctx), TestOfficial{OfficialID: official, SetBy: by, SetAt: l.now().UTC()}, on)
}

// tested tells whether a delivery is only tried, as things stand now.
func (l *Letters) tested(ctx context.Context, d Delivery) (bool, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), d.MessageID)
	if err != nil {
		return false, err
	}
	return tested(ctx, l.db.Read(ctx), d, m)
}

// ReadTests lists the officials in test mode.
func ReadTests(ctx context.Context, db *postgres.DB) ([]TestOfficial, error) {
	return readTests(ctx, db.Read(ctx))
}
