package main

import (
	"context"
	"io"
	"net"
	"sync/atomic"

	"github.com/emersion/go-smtp"
)

// sink is a mail server on loopback that takes every mail and keeps none.
type sink struct {
	url   string
	taken atomic.Int64
	stop  func()
}

func startSink(ctx context.Context) (*sink, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{url: "smtp://" + listener.Addr().String()}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return sinkSession{s}, nil }))
	server.Domain = "sink.test"
	server.ErrorLog = silent{}
	go func() { _ = server.Serve(listener) }()
	s.stop = func() { _ = server.Close() }
	return s, nil
}

type sinkSession struct{ *sink }

func (sinkSession) Mail(string, *smtp.MailOptions) error { return nil }
func (sinkSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (sinkSession) Reset()                               {}
func (sinkSession) Logout() error                        { return nil }

func (s sinkSession) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	s.taken.Add(1)
	return nil
}

// silent is the server's log of lost connections: the workers say what went wrong.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
