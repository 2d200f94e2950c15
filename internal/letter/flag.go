package letter

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// The flags: what staff should know of where a message came from. A flag stops
// nothing.
const (
	FlagAddress = "address" // many mailboxes wrote from one street address
	FlagBurst   = "burst"   // many mailboxes wrote from one network within minutes
)

// From how many mailboxes on messages are flagged, and within which time. Four
// grown-ups in one home are common (the Census counts a mean household at 2.5),
// and a class or a table in a library writes together; more than these are looked
// at by a person.
const (
	manyAtAddress = 5
	addressWithin = 30 * 24 * time.Hour
	manyInBurst   = 12
	burstWithin   = 10 * time.Minute
)

// addressKey is a keyed hash of a street address, the same for the ways in which
// people write one.
func addressKey(box *seal.Box, a civics.Address) []byte {
	fold := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	zip, _, _ := strings.Cut(a.Zip, "-")
	return box.Key("letter address", fold(a.Street), zip)
}

// networkKey is a keyed hash of a visitor's network on one day; nil when it isn't
// known.
func networkKey(box *seal.Box, network string, now time.Time) []byte {
	if network == "" {
		return nil
	}
	return box.Key("letter network", network, day(now))
}

// Flagged is a message with flags. It names nobody.
type Flagged struct {
	ID        uuid.UUID
	IssueSlug string
	State     string
	Confirmed time.Time
	Flags     []string `gorm:"serializer:json"`
	Letters   int
	Waiting   int // letters that can still be stopped
}

// ReadFlagged lists the flagged messages, newest first.
func ReadFlagged(ctx context.Context, db *postgres.DB) ([]Flagged, error) {
	return flagged(ctx, db.Read(ctx))
}
