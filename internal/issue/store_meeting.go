package issue

import (
	"context"
	"errors"
	"reflect"
	"time"

	"gorm.io/gorm/clause"

	"redress/internal/i18n"
	"redress/internal/postgres"
)

func (s *Issues) agenda(ctx context.Context, issue string) (Agenda, []Meeting, error) {
	var found []Agenda
	var meetings []Meeting
	err := errors.Join(
		s.read(ctx).Where("issue_slug = ?", issue).Limit(1).Find(&found).Error,
		s.read(ctx).Where("issue_slug = ?", issue).Order("starts, key").Find(&meetings).Error,
	)
	if err != nil {
		return Agenda{}, nil, wrap("read meetings", err)
	}
	if len(found) == 0 {
		return Agenda{IssueSlug: issue, Lang: i18n.Lang(ctx)}, nil, nil
	}
	return found[0], meetings, nil
}

// saveMeetings replaces an issue's meetings. One that stood there already keeps
// its place in calendars: its sequence grows when it was changed, and only then.
func saveMeetings(tx *postgres.Tx, agenda Agenda, meetings []Meeting, now time.Time) error {
	var before []Meeting
	if err := tx.Where("issue_slug = ? AND lang = ?", agenda.IssueSlug, agenda.Lang).Find(&before).Error; err != nil {
		return wrap("read meetings before they change", err)
	}
	for n := range meetings {
		meetings[n].ChangedAt = now
		for _, old := range before {
			if old.Key == meetings[n].Key {
				meetings[n].follow(old)
			}
		}
	}
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "issue_slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&agenda).Error
	if err != nil {
		return wrap("save agenda", err)
	}
	if err := tx.Where("issue_slug = ? AND lang = ?", agenda.IssueSlug, agenda.Lang).Delete(new(Meeting)).Error; err != nil {
		return wrap("replace meetings", err)
	}
	if len(meetings) == 0 {
		return nil
	}
	return wrap("save meetings", tx.Create(&meetings).Error)
}

// follow takes over an earlier version's sequence and time when nothing was
// changed, and counts on when something was.
func (m *Meeting) follow(old Meeting) {
	if reflect.DeepEqual(m.bare(), old.bare()) {
		m.Sequence, m.ChangedAt = old.Sequence, old.ChangedAt
		return
	}
	m.Sequence = old.Sequence + 1
}

// bare is the meeting without what follows from changing it, its moments in UTC.
func (m Meeting) bare() Meeting {
	m.Sequence, m.ChangedAt = 0, time.Time{}
	m.Starts, m.Ends, m.SignUpBy = m.Starts.UTC(), m.Ends.UTC(), m.SignUpBy.UTC()
	return m
}
