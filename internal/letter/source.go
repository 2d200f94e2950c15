package letter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// SourceDay is how many messages that came by one source code were confirmed on
// one day.
type SourceDay struct {
	IssueSlug string
	Code      string
	Day       time.Time // UTC
	N         int64
}

// ReadSourceDays counts confirmed messages by code and day (UTC). The slug "" means
// all issues; a zero from or until is no bound; until's day counts. A message whose
// row was deleted stays counted.
func ReadSourceDays(ctx context.Context, db *postgres.DB, slug string, from, until time.Time) ([]SourceDay, error) {
	return sourceDays(ctx, db, slug, from, until)
}

// Profiles are what some messages' writers left, for a list of supporters. A
// message that was erased has none.
func (l *Letters) Profiles(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (map[uuid.UUID]supporter.Profile, error) {
	people, err := profileRows(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	profiles := make(map[uuid.UUID]supporter.Profile, len(people))
	for _, r := range people {
		profile := supporter.Profile{Lang: r.lang, Source: r.source}
		for _, field := range []struct {
			column string
			text   seal.Text
			into   *string
		}{
			{"given_name", r.person.GivenName, &profile.GivenName},
			{"family_name", r.person.FamilyName, &profile.FamilyName},
			{"zip", r.person.Zip, &profile.Zip},
		} {
			*field.into, err = l.box.Open(field.text, seal.Place{Table: "message_person", Column: field.column, Row: r.person.MessageID})
			if err != nil {
				return nil, err
			}
		}
		profiles[r.person.MessageID] = profile
	}
	return profiles, nil
}
