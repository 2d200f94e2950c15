// Package seal holds everything that derives from REDRESS_SECRET: sealed text
// (personal data at rest), keyed hashes (to find duplicates without the data),
// and tokens (proof that a link came from a mail of ours).
//
// Keys are derived with HKDF-SHA-256 (RFC 5869), one per use, so that a key
// never serves two purposes. A lost secret loses all sealed data: see the
// README on backing it up.
package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// MinSecret is the shortest secret that New takes, in bytes: 128 bits of
// hex are 32 characters.
const MinSecret = 32

// keyVersion names the derivation below. It is stored beside every keyed hash,
// so that a rotation can tell old from new.
const keyVersion int16 = 1

// ErrShortSecret is returned by New for a secret under MinSecret bytes.
var ErrShortSecret = fmt.Errorf("REDRESS_SECRET must be at least %d characters", MinSecret)

// Box seals, hashes and signs with the keys of one secret. It is safe for
// concurrent use.
type Box struct {
	text  cipher.AEAD
	hash  []byte
	token []byte
	check []byte
}

// New derives the keys from the secret.
func New(secret []byte) (*Box, error) {
	if len(secret) < MinSecret {
		return nil, ErrShortSecret
	}
	var b Box
	var textKey []byte
	for _, k := range []struct {
		name string
		into *[]byte
	}{
		{"redress sealed text", &textKey},
		{"redress keyed hash", &b.hash},
		{"redress token", &b.token},
		{"redress check value", &b.check},
	} {
		key, err := hkdf.Key(sha256.New, secret, nil, fmt.Sprintf("%s v%d", k.name, keyVersion), chacha20poly1305.KeySize)
		if err != nil {
			return nil, fmt.Errorf("derive keys: %w", err)
		}
		*k.into = key
	}
	var err error
	if b.text, err = chacha20poly1305.NewX(textKey); err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	return &b, nil
}

// KeyVersion is stored beside every keyed hash.
func (b *Box) KeyVersion() int16 { return keyVersion }

// CheckValue tells whether two boxes have the same secret, and nothing else
// about it. The database keeps it.
func (b *Box) CheckValue() []byte { return b.check }

// Key is a keyed hash (HMAC-SHA-256, 32 bytes) of parts, different for each
// purpose. Parts are length-prefixed, so that ("ab", "c") differs from
// ("a", "bc").
func (b *Box) Key(purpose string, parts ...string) []byte {
	mac := hmac.New(sha256.New, b.hash)
	writePart(mac, purpose)
	for _, p := range parts {
		writePart(mac, p)
	}
	return mac.Sum(nil)
}

// NewSecret makes a secret for a first start: 32 random bytes in hex.
func NewSecret() []byte {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails since Go 1.24
	return fmt.Appendf(nil, "%x", raw)
}

// ErrSealed is returned when sealed text can't be opened: another secret,
// another place, or damaged bytes.
var ErrSealed = errors.New("sealed text does not open here")
