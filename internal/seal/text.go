package seal

import (
	"crypto/rand"
	"encoding/binary"
	"hash"
	"log/slog"

	"github.com/google/uuid"
)

// Place is where sealed text stands. Text sealed for one place does not open
// at another, so that rows can't be swapped in the database unnoticed.
type Place struct {
	Table  string
	Column string
	Row    uuid.UUID
}

// Text is sealed text: XChaCha20-Poly1305 with a random nonce in front, bound
// to its Place. As a column it is bytea. It prints as "[sealed]" and never
// marshals to its contents.
type Text []byte

const sealed = "[sealed]"

// String hides the text from %v and %s.
func (Text) String() string { return sealed }

// GoString hides the text from %#v.
func (Text) GoString() string { return sealed }

// LogValue hides the text from slog.
func (Text) LogValue() slog.Value { return slog.StringValue(sealed) }

// MarshalText hides the text from JSON, YAML and their kin.
func (Text) MarshalText() ([]byte, error) { return []byte(sealed), nil }

// GormDataType is the column's type.
func (Text) GormDataType() string { return "bytea" }

// Seal seals plain for its place. The length of plain is padded to a multiple
// of 16 bytes, so that a short name and a long one look alike.
func (b *Box) Seal(plain string, at Place) Text {
	nonce := make([]byte, b.text.NonceSize(), b.text.NonceSize()+4+len(plain)+16+b.text.Overhead())
	_, _ = rand.Read(nonce) // crypto/rand.Read never fails since Go 1.24
	padded := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(plain)+16), uint32(len(plain)))
	padded = append(padded, plain...)
	if over := len(padded) % 16; over != 0 {
		padded = append(padded, make([]byte, 16-over)...)
	}
	return b.text.Seal(nonce, nonce, padded, at.bytes())
}

// Open opens text sealed for this place, else returns ErrSealed. A nil Text
// opens as "".
func (b *Box) Open(t Text, at Place) (string, error) {
	if t == nil {
		return "", nil
	}
	n := b.text.NonceSize()
	if len(t) < n {
		return "", ErrSealed
	}
	padded, err := b.text.Open(nil, t[:n], t[n:], at.bytes())
	if err != nil || len(padded) < 4 {
		return "", ErrSealed
	}
	size := binary.BigEndian.Uint32(padded)
	if int64(size) > int64(len(padded)-4) {
		return "", ErrSealed
	}
	return string(padded[4 : 4+size]), nil
}

func (p Place) bytes() []byte {
	out := make([]byte, 0, len(p.Table)+len(p.Column)+2+len(p.Row))
	out = append(out, p.Table...)
	out = append(out, 0)
	out = append(out, p.Column...)
	out = append(out, 0)
	return append(out, p.Row[:]...)
}

func writePart(h hash.Hash, part string) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(part)))
	_, _ = h.Write(size[:])
	_, _ = h.Write([]byte(part))
}
