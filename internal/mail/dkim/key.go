package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Receivers verify RSA keys from 1024 to 4096 bits (RFC 8301); under 2048 they are too easily broken by now.
const (
	leastBits = 2048
	mostBits  = 4096
	largeKey  = 64 << 10 // bytes of a file that is no key
)

// ReadKey reads a private key from a PEM file: RSA of 2048 to 4096 bits or Ed25519, as PKCS#8 or PKCS#1. The error says what
// is wrong in words that hold nothing of the file's content.
func ReadKey(path string) (crypto.Signer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.New("the file can't be opened: " + cause(err))
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, largeKey))
	if err != nil {
		return nil, errors.New("the file can't be read: " + cause(err))
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, errors.New("the file's private key is damaged")
			}
			return usable(key)
		case "RSA PRIVATE KEY":
			key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
			if err != nil {
				return nil, errors.New("the file's private key is damaged, or locked with a password")
			}
			return usable(key)
		case "ENCRYPTED PRIVATE KEY":
			return nil, errors.New("the file's private key is locked with a password: a program that starts by itself can't use it")
		}
	}
	return nil, errors.New("the file holds no private key in PEM form; make one with redress dkim new FILE")
}

func usable(key any) (crypto.Signer, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < leastBits || bits > mostBits {
			return nil, fmt.Errorf("the file's RSA key has %d bits; receivers want %d to %d", bits, leastBits, mostBits)
		}
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, errors.New("the file's private key is neither RSA nor Ed25519")
}

// cause is why a file can't be used, without its name: whoever set it knows it.
func cause(err error) string {
	if file, ok := errors.AsType[*fs.PathError](err); ok {
		return file.Err.Error()
	}
	return err.Error()
}

// NewKey writes a new private key to a file that only its owner may read: RSA of 2048 bits, which every receiver verifies, or
// Ed25519, which is small but not yet verified everywhere. A file that is there already is never overwritten.
func NewKey(path string, small bool) (crypto.Signer, error) {
	key, err := generate(small)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, errors.New("the file is there already, and a key that is in use must not be lost: name another")
	}
	if err != nil {
		return nil, fmt.Errorf("keep the key: %w", err)
	}
	err = pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(path)
		return nil, fmt.Errorf("keep the key: %w", err)
	}
	return key, nil
}

func generate(small bool) (crypto.Signer, error) {
	if small {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return rsa.GenerateKey(rand.Reader, leastBits)
}
