package seal

import (
	"crypto/hmac"
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// markMAC is the length of a mark's keyed hash in bytes: a guess succeeds once in 2^80, and each guess is a mail.
const markMAC = 10

// MarkLength is the length of a mark in characters.
const MarkLength = 42

var markText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Mark writes a row's id and a keyed hash of it in letters and digits that
// survive a change of case: what stands in a mail address. It doesn't run out
// and can't be revoked; whoever bears it shows that they have met that address.
// A mark of one purpose is none of another.
func (b *Box) Mark(purpose string, id uuid.UUID) string {
	return markText.EncodeToString(append(id[:], b.markMAC(purpose, id)...))
}

// Marked reads a mark; false for anything that Mark did not write, or not for
// this purpose.
func (b *Box) Marked(purpose, text string) (uuid.UUID, bool) {
	text = strings.ToLower(text)
	raw, err := markText.DecodeString(text)
	if err != nil || len(raw) != len(uuid.UUID{})+markMAC || markText.EncodeToString(raw) != text {
		return uuid.Nil, false
	}
	id := uuid.UUID(raw[:16])
	return id, hmac.Equal(raw[16:], b.markMAC(purpose, id))
}

func (b *Box) markMAC(purpose string, id uuid.UUID) []byte {
	return b.Key("mark "+purpose, string(id[:]))[:markMAC]
}
