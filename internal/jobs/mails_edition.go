package jobs

import (
	"context"
	netmail "net/mail"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"redress/internal/center"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/views/emails"
)

// EditionMails are the newsletter's editions, drawn. What all readers of one language get alike is drawn once; a mail differs by
// its links.
type EditionMails struct {
	Mailings   *newsletter.Mailings
	Newsletter *newsletter.Newsletter
	Issues     *issue.Issues
	Centers    *center.Centers
	BaseURL    string // of the site, without a slash at the end
	ListID     string // RFC 2919; "": none
	From       Sender

	drawn drawnMailings[mail.Message]
}

// Register makes a post able to send them.
func (m *EditionMails) Register(post *mail.Post) {
	post.Register(mail.Kind{Name: newsletter.MailEdition, Render: m.render, Bulk: true})
}

func (m *EditionMails) render(ctx context.Context, row mail.Mail) (mail.Message, error) {
	if row.Batch == nil {
		return mail.Message{}, fault.NotFound("edition.no_mailing")
	}
	box, err := m.Newsletter.Letterbox(ctx, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	message, err := m.drawn.of(*row.Batch, box.Lang, func() (mail.Message, error) {
		one, err := m.Mailings.ByID(ctx, *row.Batch)
		if err != nil {
			return mail.Message{}, err
		}
		message, err := m.drawOf(i18n.With(ctx, box.Lang), one)
		if fault.KindOf(err) == fault.KindNotFound && box.Lang != i18n.Default {
			return m.drawOf(i18n.With(ctx, i18n.Default), one) // its term isn't there in that language
		}
		return message, err
	})
	if err != nil {
		return mail.Message{}, err
	}
	return m.addressed(message, box.Email, box.Subscriber), nil
}

func (m *EditionMails) drawOf(ctx context.Context, one newsletter.Mailing) (mail.Message, error) {
	edition, err := m.Mailings.Of(ctx, one)
	if err != nil {
		return mail.Message{}, err
	}
	return m.draw(ctx, edition)
}

// Preview draws what the mailing of a day says, to an address, with links that lead nowhere.
func (m *EditionMails) Preview(ctx context.Context, kind string, day time.Time, to string) (mail.Message, error) {
	edition, err := m.Mailings.Edition(ctx, kind, day)
	if err != nil {
		return mail.Message{}, err
	}
	message, err := m.draw(ctx, edition)
	message.To = netmail.Address{Address: to}
	return message, err
}

// nobody is whose links stand in what is drawn once, until a reader's take their place.
var nobody newsletter.Subscriber

func (m *EditionMails) draw(ctx context.Context, e newsletter.Edition) (mail.Message, error) {
	here, err := m.Centers.Current(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	var of *issue.Issue
	if e.Action.Issue != "" {
		named, err := m.Issues.Named(ctx, []string{e.Action.Issue})
		if err != nil {
			return mail.Message{}, err
		}
		if len(named) > 0 {
			of = &named[0]
		}
	}
	links := m.Newsletter.Links(nobody)
	message := mail.Message{From: m.From(here), ListUnsubscribe: links.OneClick, ListID: m.ListID}
	message.Subject, message.Text, message.HTML, err = emails.Edition(ctx, emails.Frame{Center: here, BaseURL: m.BaseURL}, e, of, links)
	return message, err
}

// addressed is a drawn mail with its reader's address and links.
func (m *EditionMails) addressed(message mail.Message, to string, s newsletter.Subscriber) mail.Message {
	links := strings.NewReplacer(m.Newsletter.Token(nobody), m.Newsletter.Token(s))
	message.To = netmail.Address{Address: to}
	message.Text, message.HTML = links.Replace(message.Text), links.Replace(message.HTML)
	message.ListUnsubscribe = links.Replace(message.ListUnsubscribe)
	return message
}

// drawnMailings remembers what was made last for all mails of a mailing in a language. The zero value is ready.
type drawnMailings[T any] struct {
	mu  sync.Mutex
	all map[drawnKey]T
}

type drawnKey struct {
	mailing uuid.UUID
	lang    string
}

// mostDrawn is how many are remembered: two mailings at a time in a few languages.
const mostDrawn = 16

func (d *drawnMailings[T]) of(mailing uuid.UUID, lang string, draw func() (T, error)) (T, error) {
	key := drawnKey{mailing, lang}
	d.mu.Lock()
	defer d.mu.Unlock()
	if made, there := d.all[key]; there {
		return made, nil
	}
	made, err := draw()
	if err != nil {
		return made, err
	}
	if d.all == nil || len(d.all) >= mostDrawn {
		d.all = map[drawnKey]T{}
	}
	d.all[key] = made
	return made, nil
}
