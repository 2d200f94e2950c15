package main

import (
	"context"
	"net"
	"os"
	"time"

	"redress/internal/config"
	"redress/internal/mail/dkim"
)

// dnsPatience is how long DNS may take to say what is published.
const dnsPatience = 3 * time.Second

// signing says whether mails are signed, and whether receivers can verify it.
func (e *examination) signing(ctx context.Context, c *config.Config) {
	if c.DKIM == nil {
		if c.SMTPURL != "" {
			e.note("mails aren't signed here (REDRESS_DKIM_KEY): the mail server must sign them, or many land in spam")
		}
		return
	}
	record, err := c.DKIM.Record()
	if err != nil {
		e.bad("the key of REDRESS_DKIM_KEY can't be described: %v", err)
		return
	}
	e.good("mails are signed by %s", c.DKIM.Domain())
	if info, err := os.Stat(c.DKIMKey); err == nil && info.Mode().Perm()&0o007 != 0 {
		e.note("everyone on this machine may read the key of REDRESS_DKIM_KEY")
	}
	ctx, cancel := context.WithTimeout(ctx, dnsPatience)
	defer cancel()
	e.published(record, record.Published(ctx, net.DefaultResolver))
}

func (e *examination) published(record dkim.Record, found dkim.Published) {
	publish := "publish this: " + record.Zone()
	switch found {
	case dkim.Matching:
		e.good("%s is published, with this key", record.Name)
	case dkim.Different:
		e.bad("another key is published at %s, so that every signature fails; %s", record.Name, publish)
	case dkim.Missing:
		e.bad("%s is not published, so that nobody can verify a signature; %s", record.Name, publish)
	case dkim.Unknown:
		e.note("DNS doesn't answer, so nobody knows here whether the key is published; %s", publish)
	}
}

// bounces says what becomes of mails that come back.
func (e *examination) bounces(c *config.Config) {
	switch {
	case c.Bounces == "" && c.SMTPURL != "":
		e.note("nobody reads the mails that come back: REDRESS_BOUNCES is not set")
	case c.Bounces != "" && c.BouncesIMAP == "":
		e.note("mails come back to %s; its mail server must bring them to redress bounce", c.Bounces)
	case c.Bounces != "":
		e.good("mails come back to %s, whose mailbox the site reads", c.Bounces)
	}
}
