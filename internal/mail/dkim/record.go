package dkim

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// Record is the DNS record that lets receivers verify the signatures.
type Record struct {
	Name string // where it stands, without a dot at the end
	TXT  string // its value
}

// Record says what must be published.
func (s *Signer) Record() (Record, error) {
	public, err := publicKey(s)
	if err != nil {
		return Record{}, err
	}
	return Record{
		Name: s.selector + "._domainkey." + s.domain,
		TXT:  fmt.Sprintf("v=DKIM1; k=%s; p=%s", kind(s.key), public),
	}, nil
}

// publicKey is the key as a record's p= holds it: the bare key for Ed25519 (RFC 8463 §4), SubjectPublicKeyInfo for RSA.
func publicKey(s *Signer) (string, error) {
	if small, ok := s.key.Public().(ed25519.PublicKey); ok {
		return base64.StdEncoding.EncodeToString(small), nil
	}
	der, err := x509.MarshalPKIXPublicKey(s.key.Public())
	if err != nil {
		return "", fmt.Errorf("describe the key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(der), nil
}

// longestString is what one string of a TXT record holds, in bytes; a longer value is several, read as one.
const longestString = 255

// Zone is the record as a line of a zone file.
func (r Record) Zone() string {
	var parts []string
	for part := range slices.Chunk([]byte(r.TXT), longestString) {
		parts = append(parts, `"`+string(part)+`"`)
	}
	return fmt.Sprintf("%s. IN TXT ( %s )", r.Name, strings.Join(parts, " "))
}

// Published is what DNS says about a record.
type Published int

// The answers of [Record.Published].
const (
	Unknown   Published = iota // DNS doesn't answer
	Missing                    // there is no such record
	Different                  // another key stands there: every signature fails
	Matching
)

// Resolver looks TXT records up; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Published asks whether the record is published as it should be. ctx bounds the time that takes.
func (r Record) Published(ctx context.Context, dns Resolver) Published {
	values, err := dns.LookupTXT(ctx, r.Name+".") // the dot keeps search domains out
	if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound {
		return Missing
	}
	if err != nil {
		return Unknown
	}
	want, found := tags(r.TXT), Missing
	for _, value := range values {
		got := tags(value)
		if got["k"] == "" {
			got["k"] = "rsa" // RFC 6376 §3.6.1
		}
		switch {
		case got["p"] == want["p"] && got["k"] == want["k"]:
			return Matching
		case got["p"] != "" || got["v"] == "DKIM1":
			found = Different
		}
	}
	return found
}

// tags reads a tag list; blanks within a value don't count, since records are folded.
func tags(text string) map[string]string {
	all := map[string]string{}
	for tag := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(tag, "=")
		if ok {
			all[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
		}
	}
	return all
}
