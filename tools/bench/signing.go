package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"

	"github.com/emersion/go-msgauth/dkim"

	"redress/internal/mail"
)

// signing signs each mail as it is handed over, with a key as large as mail servers ask for.
type signing struct {
	mail.Sender
	options *dkim.SignOptions
}

func newSigning(s mail.Sender) (*signing, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return &signing{Sender: s, options: &dkim.SignOptions{
		Domain: "center.test", Selector: "bench", Signer: key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	}}, nil
}

func (s *signing) Open(ctx context.Context) (mail.Session, error) {
	session, err := s.Sender.Open(ctx)
	if err != nil {
		return nil, err
	}
	return signingSession{session, s.options}, nil
}

type signingSession struct {
	mail.Session
	options *dkim.SignOptions
}

func (s signingSession) Send(ctx context.Context, e *mail.Envelope) error {
	var signed bytes.Buffer
	if err := dkim.Sign(&signed, bytes.NewReader(e.Raw), s.options); err != nil {
		return err
	}
	e.Raw = signed.Bytes()
	return s.Session.Send(ctx, e)
}
