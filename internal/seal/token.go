package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
)

// Purpose is what a token allows. A token of one purpose is unknown to
// every other.
type Purpose byte

// The purposes.
const (
	Receipt     Purpose = 'r' // in the redirect after a form: may see states; confirms nothing
	Confirm     Purpose = 'c' // in a mail: confirms
	Manage      Purpose = 'm' // in a mail that was asked for: self-service
	Unsubscribe Purpose = 'u' // in every mail of the newsletter
	StopUpdates Purpose = 's' // in every update: ends updates
)

// How long a token holds after it was made.
const (
	ConfirmFor = 7 * 24 * time.Hour
	ManageFor  = time.Hour
	ReceiptFor = 60 * 24 * time.Hour // as long as the longest-kept message
)

// Token says what its bearer may do to which row. It is computed when a mail
// is rendered or a redirect written, never stored. Epoch must equal the row's:
// raising the row's epoch revokes all its tokens.
type Token struct {
	Purpose Purpose
	ID      uuid.UUID
	Expires time.Time // to the second
	Epoch   int32
}

const (
	tokenBody = 1 + 16 + 8 + 4
	tokenMAC  = 16 // 128 bits: a guess succeeds once in 2^128
)

// Sign makes the token's text: URL-safe, without a slash, 60 characters.
func (b *Box) Sign(t Token) string {
	raw := make([]byte, 0, tokenBody+tokenMAC)
	raw = append(raw, byte(t.Purpose))
	raw = append(raw, t.ID[:]...)
	raw = binary.BigEndian.AppendUint64(raw, uint64(t.Expires.Unix()))
	raw = binary.BigEndian.AppendUint32(raw, uint32(t.Epoch))
	raw = append(raw, b.tokenMAC(raw)...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Verify reads a token's text. Damaged text, or a token for another purpose, is
// fault.NotFound("token.unknown"); one that ran out is
// fault.NotFound("token.expired"). The caller compares Epoch with the row's.
func (b *Box) Verify(text string, purpose Purpose, now time.Time) (Token, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != tokenBody+tokenMAC {
		return Token{}, fault.NotFound("token.unknown")
	}
	body, mac := raw[:tokenBody], raw[tokenBody:]
	if !hmac.Equal(mac, b.tokenMAC(body)) || Purpose(body[0]) != purpose {
		return Token{}, fault.NotFound("token.unknown")
	}
	t := Token{
		Purpose: purpose,
		ID:      uuid.UUID(body[1:17]),
		Expires: time.Unix(int64(binary.BigEndian.Uint64(body[17:25])), 0),
		Epoch:   int32(binary.BigEndian.Uint32(body[25:29])),
	}
	if !now.Before(t.Expires) {
		return Token{}, fault.NotFound("token.expired")
	}
	return t, nil
}

func (b *Box) tokenMAC(body []byte) []byte {
	mac := hmac.New(sha256.New, b.token)
	_, _ = mac.Write(body)
	return mac.Sum(nil)[:tokenMAC]
}
