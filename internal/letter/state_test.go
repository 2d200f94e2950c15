package letter

import (
	"fmt"
	"slices"
	"testing"

	"redress/internal/postgres/postgrestest"
)

// The database refuses what the program's own tables of moves don't hold, and
// the reverse: both say the same.
func TestTheDatabaseKnowsTheSameLegalMoves(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	for table, want := range map[string][]string{"delivery_legal_move": pairs(legalFrom), "message_legal_move": pairs(messageFrom)} {
		var got []string
		if err := db.Read(t.Context()).Raw("SELECT from_state || ' to ' || to_state FROM " + table).Scan(&got).Error; err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s holds %v, the program %v", table, got, want)
		}
	}
	err := db.Read(t.Context()).Exec(`INSERT INTO message (id, issue_slug, lang, state, key_version, placed, created_at, mailed_at)
		VALUES ('00000000-0000-0000-0000-000000000001', 'x', 'en', 'CO', 1, true, now(), now())`).Error
	if err != nil {
		t.Fatal(err)
	}
	for move, legal := range map[string]bool{"'awaiting_confirmation', 'confirmed'": true, "'confirmed', 'expired'": false, "'erased', 'confirmed'": false} {
		err := db.Read(t.Context()).Exec(`INSERT INTO message_move (message_id, from_state, to_state, at)
			VALUES ('00000000-0000-0000-0000-000000000001', ` + move + `, now())`).Error
		if (err == nil) != legal {
			t.Errorf("history of %s: %v", move, err)
		}
	}
}

func pairs[S ~string](from map[S][]S) []string {
	var all []string
	for to, list := range from {
		for _, f := range list {
			all = append(all, fmt.Sprintf("%s to %s", f, to))
		}
	}
	slices.Sort(all)
	return all
}
