package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Profile is what someone left with what they did: it is kept by the room in which
// they did it, and as long as that keeps it.
type Profile struct {
	GivenName  string
	FamilyName string
	Zip        string
	Lang       string
	Source     string // the code of the way on which they came; empty: none
}

// Profiles read those of some sources of consents, by the source's kind. A source
// that is gone has none.
type Profiles map[string]func(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (map[uuid.UUID]Profile, error)

// Exported is a supporter whose consent stands.
type Exported struct {
	Email string
	Profile
	Via   string    // what they did when they agreed: "signature", "message"
	Words string    // what they agreed to, word for word
	Given time.Time // and when
}

// exportPage is how many supporters are held in memory at a time.
const exportPage = 1000

// Export calls row for everybody with a consent of this kind that stands, once per
// mailbox, with their newest one; those who are suppressed are left out. It is one
// snapshot of the database, and as much memory for ten million as for ten. An
// error of row ends it and is returned.
func (s *Supporters) Export(ctx context.Context, kind string, profiles Profiles, row func(Exported) error) error {
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it has only read
	for last := (uuid.UUID{}); ; {
		page, end, err := exportRows(ctx, tx, kind, last, exportPage)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, page, profiles, row); err != nil {
			return err
		}
		if end == last {
			return nil
		}
		last = end
	}
}

func (s *Supporters) tell(ctx context.Context, tx pgx.Tx, page []exportedRow, profiles Profiles, row func(Exported) error) error {
	byKind := map[string][]uuid.UUID{}
	for _, r := range page {
		byKind[r.sourceKind] = append(byKind[r.sourceKind], r.sourceID)
	}
	known := map[uuid.UUID]Profile{}
	for kind, ids := range byKind {
		read, ok := profiles[kind]
		if !ok {
			continue
		}
		found, err := read(ctx, tx, ids)
		if err != nil {
			return err
		}
		for id, profile := range found {
			known[id] = profile
		}
	}
	for _, r := range page {
		email, err := s.box.Open(r.person.Email, r.person.emailPlace())
		if err != nil {
			return err
		}
		if err := row(Exported{Email: email, Profile: known[r.sourceID], Via: r.sourceKind, Words: r.words, Given: r.given}); err != nil {
			return err
		}
	}
	return nil
}

// Live are the consents of a kind that stand for some sources, by source. A
// suppressed mailbox's are none of them.
func Live(ctx context.Context, tx pgx.Tx, kind, sourceKind string, sources []uuid.UUID) (map[uuid.UUID]Consent, error) {
	if len(sources) == 0 {
		return nil, nil //nolint:nilnil // of nothing, nothing
	}
	return liveConsents(ctx, tx, kind, sourceKind, sources)
}
