// Package dkim signs the mails that leave the center (RFC 6376, RFC 8463), so that receiving servers can tell them from
// forgeries, and makes and describes the key for it. The signing itself is go-msgauth's.
package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"

	msgauth "github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/publicsuffix"
)

// Signer signs mails for one domain. It is safe for concurrent use.
type Signer struct {
	domain, selector string
	key              crypto.Signer
}

// New returns a signer whose public key is published at selector._domainkey.domain. The key is one that [ReadKey] returned.
// The error names what is wrong with domain or selector.
func New(domain, selector string, key crypto.Signer) (*Signer, error) {
	if !name(domain, 2) {
		return nil, errors.New("the domain must be a domain name in ASCII, such as example.org")
	}
	if !name(selector, 1) {
		return nil, errors.New("the selector must be of letters, digits and hyphens, such as redress1")
	}
	if key == nil {
		return nil, errors.New("a key is needed")
	}
	return &Signer{strings.ToLower(domain), strings.ToLower(selector), key}, nil
}

// Domain is the domain that signs (d=).
func (s *Signer) Domain() string { return s.domain }

// signed are the header fields under the signature. Those that stand twice can't be added to the mail either, since a second
// one would have to be under the signature too (RFC 6376 §8.15); neither can those that the mail lacks.
var signed = []string{
	"From", "From", "To", "To", "Reply-To", "Reply-To", "Subject", "Subject", "Date", "Date", "Message-ID", "Message-ID",
	"MIME-Version", "Content-Type", "Content-Type", "Content-Transfer-Encoding", "Cc", "Sender",
	"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Auto-Submitted",
}

// Sign returns the mail with its signature in front. raw is a whole mail whose lines end in CRLF.
func (s *Signer) Sign(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(raw) + 1024)
	err := msgauth.Sign(&out, bytes.NewReader(raw), &msgauth.SignOptions{
		Domain: s.domain, Selector: s.selector, Signer: s.key, Hash: crypto.SHA256, HeaderKeys: signed,
		HeaderCanonicalization: msgauth.CanonicalizationRelaxed, BodyCanonicalization: msgauth.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("sign mail: %w", err)
	}
	return out.Bytes(), nil
}

// Aligned tells whether a mail from an address at the domain from, signed by the domain signer, passes DMARC with relaxed
// alignment (RFC 7489 §3.1.1): the signer is that domain or a parent of it within the same organization's.
func Aligned(from, signer string) bool {
	from, signer = strings.ToLower(from), strings.ToLower(signer)
	if from == signer {
		return true
	}
	organization, err := publicsuffix.EffectiveTLDPlusOne(from)
	if err != nil || !strings.HasSuffix(from, "."+signer) {
		return false
	}
	return signer == organization || strings.HasSuffix(signer, "."+organization)
}

// name is true for a domain name of at least so many labels.
func name(s string, labels int) bool {
	parts := strings.Split(s, ".")
	if len(s) > 253 || len(parts) < labels {
		return false
	}
	for _, label := range parts {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
		}) {
			return false
		}
	}
	return true
}

// kind is the key's kind as a record names it (k=).
func kind(key crypto.Signer) string {
	switch key.Public().(type) {
	case *rsa.PublicKey:
		return "rsa"
	case ed25519.PublicKey:
		return "ed25519"
	}
	return ""
}
