package mail

import (
	"strings"

	"github.com/google/uuid"

	"redress/internal/seal"
)

// ReturnPath gives each mail an envelope sender of its own (a variable envelope return path), so that a bounce says which
// mail it is about: bounces@act.example.org becomes bounces+mark@act.example.org, the mark being the row's id under a key.
// Only whoever saw the mail's envelope can name it; a made-up bounce changes nothing.
type ReturnPath struct {
	local, domain string
	box           *seal.Box
}

// markPurpose sets marks in return paths apart from others.
const markPurpose = "mail return path"

// NewReturnPath takes the address that bounces come to: a plain one, since a mark is put behind its local part.
func NewReturnPath(address string, box *seal.Box) (*ReturnPath, error) {
	local, domain, ok := SplitAddress(address)
	if !ok || !isASCII(local) || strings.Contains(local, "+") || len(local)+1+seal.MarkLength > 64 {
		return nil, trouble("the address for bounces must be plain, without a +, and short")
	}
	return &ReturnPath{local, domain, box}, nil
}

// Of is the envelope sender of a mail.
func (r *ReturnPath) Of(mail uuid.UUID) string {
	return r.local + "+" + r.box.Mark(markPurpose, mail) + "@" + r.domain
}

// Mail says which mail an address is the return path of; false: of none.
func (r *ReturnPath) Mail(address string) (uuid.UUID, bool) {
	local, domain, ok := strings.Cut(strings.TrimSpace(address), "@")
	if !ok || !strings.EqualFold(domain, r.domain) || len(local) != len(r.local)+1+seal.MarkLength {
		return uuid.Nil, false
	}
	if name := local[:len(r.local)]; !strings.EqualFold(name, r.local) || local[len(r.local)] != '+' {
		return uuid.Nil, false
	}
	return r.box.Marked(markPurpose, local[len(r.local)+1:])
}
