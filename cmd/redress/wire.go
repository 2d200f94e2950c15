package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"redress/internal/abuse"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/jobs"
	"redress/internal/letter"
	"redress/internal/letter/cwc"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/records"
	"redress/internal/seal"
	"redress/internal/search"
	"redress/internal/supporter"
	"redress/internal/telemetry"
	"redress/internal/web"
)

// house is the whole program, wired.
type house struct {
	site     *web.Site
	jobs     *jobs.Jobs
	atlas    *civics.Atlas
	pledges  *pledge.Pledges
	congress *cwc.Client // nil while no key is set
	metrics  *telemetry.Metrics
	log      *slog.Logger

	reloading atomic.Bool // a failed reload of the atlas is being tried again
}

func wire(ctx context.Context, c *config.Config, d *database, box *seal.Box, log *slog.Logger) (*house, error) {
	geocoder := civics.Remember(civics.Guard(civics.NewCensusGeocoder(c.GeocoderURL), log))
	atlas, err := civics.Open(ctx, d.DB, log, civics.WithGeocoder(geocoder))
	if err != nil {
		return nil, err
	}
	o, err := newOutbox(ctx, c, d, box, atlas, log)
	if err != nil {
		return nil, err
	}
	terms := glossary.New(d.DB, glossary.InZone(c.Location))
	organizations := organization.New(d.DB)
	metrics := telemetry.NewMetrics()
	pledges := pledge.New(d.DB, box, o.post, pledge.Options{
		Supporters: o.supporters, StateOf: stateOf(atlas), Atlas: atlas, Zone: c.Location, Log: log, HoldDomains: c.HoldDomains,
		Ruled: func(rule string) { metrics.Ruled(rule, abuse.Sign) },
	})
	metrics.WatchDrift(pledges.Drifted, pledges.ResultsDrifted)
	metrics.WatchSubscribers(countSubscribers(o.newsletter))
	links := supporter.NewLinks(d.DB, box, o.post, time.Now)
	jobs.ManageMails{
		Links: links, Supporters: o.supporters, Pledges: pledges, Letters: o.letters, Newsletter: o.newsletter, Centers: o.centers, BaseURL: c.BaseURL,
		From: jobs.SenderAt(c.From), Zone: c.Location,
	}.Register(o.post)
	jobs.PledgeMails{Pledges: pledges, Supporters: o.supporters, Centers: o.centers, BaseURL: c.BaseURL, From: jobs.SenderAt(c.From), Zone: c.Location}.Register(o.post)
	paper := newPaper(press{
		config: c, database: d, box: box, post: o.post, centers: o.centers, supporters: o.supporters, issues: o.issues, terms: terms, pledges: pledges, newsletter: o.newsletter, log: log,
	})
	site, err := web.New(web.Deps{
		Config: c, Log: log, DB: d.DB, Box: box, Post: o.post, Atlas: atlas,
		Limits:  abuse.New(abuse.Options{On: bool(c.RateLimit), Allowed: c.Allowed, Ruled: metrics.Ruled}),
		Centers: o.centers, Issues: o.issues, Terms: terms, Organizations: organizations, Letters: o.letters, Pledges: pledges, Newsletter: o.newsletter, Records: records.New(d.DB),
		Search: search.New(d.DB), Supporters: o.supporters, Links: links, Mailings: paper.mailings, Metrics: metrics,
	})
	if err != nil {
		return nil, err
	}
	bounces, err := collectBounces(c, o.post)
	if err != nil {
		return nil, err
	}
	working, err := jobs.New(jobs.Deps{DB: d.DB, Post: o.post, Log: log, Retention: []func(context.Context) error{
		retainPledges(pledges, log), pledges.Gather, o.newsletter.Keep, o.post.Clean, retainLetters(o.letters, log), expireLinks(links, log), paper.mailings.Retain,
	}, Recheck: recheckLetters(o.letters, log), Notice: noticeOf(c, o.letters), Bounces: bounces, Audit: pledges.Audit, Mailings: paper.mailings})
	if err != nil {
		return nil, err
	}
	return &house{site: site, jobs: working, atlas: atlas, pledges: pledges, congress: o.congress, metrics: metrics, log: log}, nil
}

// outbox is what letters to offices need to go out: the site and the commands
// that release them share it.
type outbox struct {
	centers    *center.Centers
	supporters *supporter.Supporters
	post       *mail.Post
	issues     *issue.Issues
	letters    *letter.Letters
	newsletter *newsletter.Newsletter
	congress   *cwc.Client // nil while no key is set
}

func newOutbox(ctx context.Context, c *config.Config, d *database, box *seal.Box, atlas *civics.Atlas, log *slog.Logger) (*outbox, error) {
	o := &outbox{centers: center.New(d.DB), supporters: supporter.New(d.DB, box, time.Now), issues: issue.New(d.DB)}
	here, err := o.centers.Current(ctx)
	if err != nil {
		return nil, err
	}
	if o.post, err = newPost(c, d.DB, box, here, o.supporters, log); err != nil {
		return nil, err
	}
	o.newsletter = newsletter.New(newsletter.Options{
		DB: d.DB, Box: box, Post: o.post, Supporters: o.supporters, BaseURL: c.BaseURL, Zone: c.Location, Log: log,
	})
	o.post.OnLoss(o.newsletter.Lost)
	jobs.NewsletterMails{
		Newsletter: o.newsletter, Supporters: o.supporters, Centers: o.centers, BaseURL: c.BaseURL, From: jobs.SenderAt(c.From), Zone: c.Location,
	}.Register(o.post)
	of := letter.Options{
		DB: d.DB, Box: box, Post: o.post, Atlas: atlas, Issues: o.issues, Supporters: o.supporters, Live: sendsToOffices(c),
	}
	if o.congress, err = newCongress(c, log); err != nil {
		return nil, err
	}
	if o.congress != nil {
		of.Congress = o.congress
	}
	o.letters = letter.New(of)
	jobs.LetterMails{
		Letters: o.letters, Centers: o.centers, BaseURL: c.BaseURL, From: jobs.SenderAt(c.From), Zone: c.Location,
		Supporters: o.supporters, Operator: c.OperatorEmail,
	}.Register(o.post)
	jobs.CongressMails{
		Letters: o.letters, Centers: o.centers, BaseURL: c.BaseURL, Client: o.congress, Agent: c.CWCAgent,
		Contact: cwc.Contact{Name: c.CWCPerson.Name, Email: c.CWCPerson.Email, Phone: c.CWCPerson.Phone},
	}.Register(o.post)
	return o, nil
}

// newCongress is the client of Congress's own intake, nil while no key is set.
func newCongress(c *config.Config, log *slog.Logger) (*cwc.Client, error) {
	if !c.CWC() {
		return nil, nil //nolint:nilnil // it is off
	}
	return cwc.New(cwc.Options{
		House: cwc.Endpoint{BaseURL: c.CWCHouseURL, Key: c.CWCHouseKey}, Senate: cwc.Endpoint{BaseURL: c.CWCSenateURL, Key: c.CWCSenateKey},
		Testing: c.CWCMode != config.CWCProduction, Log: log,
	})
}

// newPost chooses the two ways out for mail: people's by SMTP where it is set,
// offices' only under live delivery; everything else is captured.
func newPost(c *config.Config, db *postgres.DB, box *seal.Box, here center.Center, supporters *supporter.Supporters, log *slog.Logger) (*mail.Post, error) {
	captured := mail.NewCapture(filepath.Join(c.Data, "mail"))
	o := mail.Options{Sender: captured, Officials: captured, Folder: captured, From: jobs.SenderAt(c.From)(here), Suppressed: supporters.Suppressed, SuppressedAmong: supporters.SuppressedAmong, Log: log}
	if c.Bounces != "" {
		var err error
		if o.Returns, err = mail.NewReturnPath(c.Bounces, box); err != nil {
			return nil, err
		}
	}
	if c.SMTPURL != "" {
		smtp, err := mail.NewSMTP(c.SMTPURL, c.Base.Hostname())
		if err != nil {
			return nil, err
		}
		smtp.DKIM = c.DKIM
		o.Sender = smtp
		if sendsToOffices(c) {
			o.Officials = smtp
		}
	}
	return mail.New(db, o), nil
}

// sendsToOffices tells whether letters reach real offices.
func sendsToOffices(c *config.Config) bool { return c.SMTPURL != "" && c.Delivery == config.Live }

// recheckLetters sends on letters that waited for newer addresses and logs how
// many.
func recheckLetters(letters *letter.Letters, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		done, err := letters.Recheck(ctx)
		if done.Sent > 0 {
			log.Info("sent on letters that waited for newer data", "letters", done.Sent)
		}
		return err
	}
}

// noticeOf tells the operator of letters that wait, where there is an address.
func noticeOf(c *config.Config, letters *letter.Letters) func(context.Context) error {
	if c.OperatorEmail == "" {
		return nil
	}
	return letters.Notice
}

// stateOf tells the pledges which state a ZIP code lies in. A code on a state
// line belongs to neither.
func stateOf(atlas *civics.Atlas) func(zip string) (string, bool) {
	return func(zip string) (string, bool) {
		answer, err := atlas.ByZIP(zip)
		return answer.State, err == nil
	}
}

// countSubscribers tells the metrics how many get the newsletter.
func countSubscribers(n *newsletter.Newsletter) func(context.Context, func(state, rhythm string, n int64)) error {
	return func(ctx context.Context, add func(state, rhythm string, n int64)) error {
		counts, err := n.Counts(ctx)
		for _, c := range counts {
			add(c.State, c.Rhythm, c.Count)
		}
		return err
	}
}

// retainLetters erases letters that have been kept long enough and logs how
// many.
func retainLetters(letters *letter.Letters, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		erased, err := letters.Retain(ctx)
		if err == nil && erased != (letter.Retained{}) {
			log.Info("erased letters kept long enough", "messages", erased.Messages, "proofs", erased.Proofs)
		}
		return err
	}
}

// retainPledges erases signatures that have been kept long enough and logs how
// many.
func retainPledges(pledges *pledge.Pledges, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		erased, err := pledges.Retain(ctx)
		if erased != (pledge.Retained{}) {
			log.Info("erased signatures kept long enough", "unconfirmed", erased.Unconfirmed, "of_closed_pledges", erased.Closed,
				"withdrawn_by_staff", erased.Withdrawn, "reviews", erased.Reviews)
		}
		return err
	}
}

// expireLinks erases requests for links to self-service and logs how many.
func expireLinks(links *supporter.Links, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		n, err := links.Expire(ctx)
		if n > 0 {
			log.Info("erased links to self-service that ran out", "links", n)
		}
		return err
	}
}
