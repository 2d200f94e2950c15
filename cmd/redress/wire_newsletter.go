package main

import (
	"context"
	"log/slog"
	"time"

	"redress/internal/center"
	"redress/internal/config"
	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/jobs"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// basics are the rooms that most others need.
type basics struct {
	centers    *center.Centers
	supporters *supporter.Supporters
	issues     *issue.Issues
}

func newBasics(d *database, box *seal.Box) basics {
	return basics{center.New(d.DB), supporter.New(d.DB, box, time.Now), issue.New(d.DB)}
}

// paper is the newsletter's editions.
type paper struct {
	post       *mail.Post
	terms      *glossary.Glossary
	mailings   *newsletter.Mailings
	mails      *jobs.EditionMails
	updates    *jobs.UpdateMails
	centers    *center.Centers
	supporters *supporter.Supporters
}

// press is what the editions are made from.
type press struct {
	config     *config.Config
	database   *database
	box        *seal.Box
	post       *mail.Post
	centers    *center.Centers
	supporters *supporter.Supporters
	issues     *issue.Issues
	terms      *glossary.Glossary
	pledges    *pledge.Pledges
	newsletter *newsletter.Newsletter
	log        *slog.Logger
}

// newPaper wires the editions and makes the post able to send them.
func newPaper(p press) paper {
	c := p.config
	mailings := newsletter.NewMailings(newsletter.MailingOptions{
		DB: p.database.DB, Box: p.box, Post: p.post, Terms: p.terms, Action: actionOf(p.issues, p.pledges), Log: p.log,
		Issues: p.issues, Supporters: p.supporters, ActionOn: actionOn(p.pledges),
		Schedule: newsletter.Schedule{Zone: c.Location, Hour: c.NewsletterHour, Days: newsletter.DaysOf(c.NewsletterOn...), Weekly: c.NewsletterWeekday},
	})
	mails := &jobs.EditionMails{
		Mailings: mailings, Newsletter: p.newsletter, Issues: p.issues, Centers: p.centers, BaseURL: c.BaseURL,
		ListID: "newsletter." + c.Base.Hostname(), From: jobs.SenderAt(c.From),
	}
	mails.Register(p.post)
	updates := &jobs.UpdateMails{
		Mailings: mailings, Issues: p.issues, Centers: p.centers, BaseURL: c.BaseURL,
		ListID: "updates." + c.Base.Hostname(), From: jobs.SenderAt(c.From), Zone: c.Location,
	}
	updates.Register(p.post)
	return paper{p.post, p.terms, mailings, mails, updates, p.centers, p.supporters}
}

// actionOf picks what an edition asks for: to sign the pledge of the first issue that its term belongs to, or of the site's first
// issue; where it has none that is open, to write.
func actionOf(issues *issue.Issues, pledges *pledge.Pledges) func(context.Context, glossary.Term) (newsletter.Action, error) {
	return func(ctx context.Context, term glossary.Term) (newsletter.Action, error) {
		some, err := issues.Named(ctx, term.IssueSlugs)
		if err == nil && len(some) == 0 {
			some, err = issues.List(ctx)
		}
		if err != nil || len(some) == 0 {
			return newsletter.Action{}, err
		}
		return actionOn(pledges)(ctx, some[0].Slug)
	}
}

// actionOn is what an issue asks for: to sign its pledge; where it has none that is open, to write.
func actionOn(pledges *pledge.Pledges) func(context.Context, string) (newsletter.Action, error) {
	return func(ctx context.Context, issue string) (newsletter.Action, error) {
		action := newsletter.Action{Issue: issue}
		count, err := pledges.OpenCount(ctx, issue)
		if fault.KindOf(err) == fault.KindNotFound {
			return action, nil
		}
		action.Signed, action.Goal = count.Confirmed, count.Goal
		return action, err
	}
}
