package letter

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

func setTest(ctx context.Context, db *gorm.DB, t TestOfficial, on bool) error {
	at := db.WithContext(ctx)
	if !on {
		at = at.Delete(&TestOfficial{}, "official_id = ?", t.OfficialID)
	} else {
		at = at.Save(&t)
	}
	if at.Error != nil {
		return fmt.Errorf("set test mode: %w", at.Error)
	}
	return nil
}

func readTests(ctx context.Context, db *gorm.DB) ([]TestOfficial, error) {
	var list []TestOfficial
	if err := db.WithContext(ctx).Order("set_at").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read test mode: %w", err)
	}
	return list, nil
}

// testOfficials are the ids of the officials in test mode.
func testOfficials(ctx context.Context, db *gorm.DB) (map[string]bool, error) {
	list, err := readTests(ctx, db)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]bool, len(list))
	for _, t := range list {
		ids[t.OfficialID] = true
	}
	return ids, nil
}

// tested tells whether a delivery is only to be tried, as things stand now: it
// was when it was written, its official is, or its letter is.
func tested(ctx context.Context, db *gorm.DB, d Delivery, m Message) (bool, error) {
	var on bool
	err := db.WithContext(ctx).Raw(`
		SELECT @was OR EXISTS (SELECT 1 FROM test_official WHERE official_id = @official)
			OR EXISTS (SELECT 1 FROM letter WHERE issue_slug = @issue AND lang = @lang AND test)`,
		map[string]any{"was": d.Test, "official": d.OfficialID, "issue": m.IssueSlug, "lang": m.Lang}).Scan(&on).Error
	if err != nil {
		return false, fmt.Errorf("read test mode: %w", err)
	}
	return on, nil
}
