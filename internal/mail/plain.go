package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/textproto"

	"github.com/emersion/go-imap/v2"

	"redress/internal/mail/mailbox"
	"redress/internal/postgres"
)

// trouble is an error of our own whose words hold nothing personal.
type trouble string

func (t trouble) Error() string { return string(t) }

// databaseError says what couldn't be done without the driver's text, which may quote values; job rows keep errors for days.
type databaseError struct {
	doing string
	cause error
}

func broken(doing string, cause error) error { return &databaseError{doing, cause} }

func (e *databaseError) Error() string { return e.doing + ": " + postgres.Describe(e.cause) }
func (e *databaseError) Unwrap() error { return e.cause }

// plain puts an error into words for the log that can't quote an address: a server's reply is cut to its code, and what isn't
// known to be harmless is cut to its type.
func plain(err error) string {
	var (
		plainly  interface{ Plain() string }
		own      trouble
		box      *mailbox.Error
		answer   *imap.Error
		refusal  *Refusal
		reply    *textproto.Error
		network  *net.OpError
		resolve  *net.DNSError
		file     *fs.PathError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
		timeout  interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &plainly):
		return plainly.Plain()
	case errors.As(err, &own):
		return own.Error()
	case errors.As(err, &box):
		return box.Error() + ": " + plain(box.Cause)
	case errors.As(err, &answer):
		return "the server answered " + string(answer.Type)
	case errors.As(err, &refusal):
		return refusal.Error()
	case errors.As(err, &reply):
		return fmt.Sprintf("the server answered %d", reply.Code)
	case errors.As(err, &hostname):
		return "the server's certificate is for another name"
	case errors.As(err, &unknown):
		return "the server's certificate is signed by an unknown authority"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid"
	case errors.As(err, &record):
		return "the server does not speak TLS on this port"
	case errors.As(err, &resolve):
		return "the server's name can't be resolved"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	case errors.As(err, &network):
		return network.Op + ": " + network.Err.Error()
	case errors.As(err, &file):
		return file.Op + ": " + file.Err.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	}
	if described := postgres.Describe(err); described != "other" {
		return described
	}
	return fmt.Sprintf("%T", err)
}
