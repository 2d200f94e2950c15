package jobs

import (
	"context"
	"errors"
	"time"

	"redress/internal/letter"
	"redress/internal/mail"
)

// table is the one list of what this program works on and when.
func (j *Jobs) table() []duty {
	return []duty{
		on(func(ctx context.Context, _ mail.Wake) error { return j.sendMail(ctx) }),
		on(func(ctx context.Context, _ mailSweep) error { return j.sendMail(ctx) }).each(5*time.Second, mailSweep{}),
		on(func(ctx context.Context, _ mail.WakeBulk) error { return j.deps.Post.WorkBulk(ctx) }).each(5*time.Second, mail.WakeBulk{}),
		on(func(ctx context.Context, _ newsletterSchedule) error { return j.scheduleMailings(ctx) }).each(time.Minute, newsletterSchedule{}),
		on(func(ctx context.Context, _ newsletterWalk) error { return j.walkMailings(ctx) }).each(5*time.Second, newsletterWalk{}),
		on(func(ctx context.Context, _ retention) error { return j.eraseOld(ctx) }).each(time.Hour, retention{}),
		on(func(ctx context.Context, _ letterRecheck) error { return j.recheckLetters(ctx) }).each(5*time.Minute, letterRecheck{}),
		on(func(ctx context.Context, _ letterNotice) error { return j.noticeLetters(ctx) }).each(letter.NoticeEvery, letterNotice{}),
		on(func(ctx context.Context, _ bounceCollect) error { return j.collectBounces(ctx) }).each(3*time.Minute, bounceCollect{}),
		on(func(ctx context.Context, _ pledgeAudit) error { return j.auditPledges(ctx) }).nightly(pledgeAudit{}),
	}
}

// mailSweep finds mails that no wake-up announced: those that wait for their next try, those whose
// worker was killed, those queued in the same second as others.
type mailSweep struct{}

func (mailSweep) Kind() string { return "mail.sweep" }

// retention erases what has been kept long enough.
type retention struct{}

func (retention) Kind() string { return "retention" }

// letterRecheck sends on letters that waited for newer addresses, when those have come.
type letterRecheck struct{}

func (letterRecheck) Kind() string { return "letter.recheck" }

// letterNotice tells the operator of letters that wait to be read.
type letterNotice struct{}

func (letterNotice) Kind() string { return "letter.notice" }

// newsletterSchedule begins the mailings whose hour has come.
type newsletterSchedule struct{}

func (newsletterSchedule) Kind() string { return "newsletter.schedule" }

// newsletterWalk gives the next recipients of open mailings their mails.
type newsletterWalk struct{}

func (newsletterWalk) Kind() string { return "newsletter.walk" }

// bounceCollect reads the mailbox that bounces come to, if the operator named one.
type bounceCollect struct{}

func (bounceCollect) Kind() string { return "mail.bounces" }

// pledgeAudit compares the pledges' counts with their signatures.
type pledgeAudit struct{}

func (pledgeAudit) Kind() string { return "pledge.audit" }

// Timeout is for tens of millions of signatures.
func (pledgeAudit) Timeout() time.Duration { return time.Hour }

// mailWorkers is how many jobs of a node send mail at a time; the others leave it to them, so that a
// flood of mail leaves workers for everything else.
const mailWorkers = 4

// sendMail sends what is due. A worker takes everything there is, so when enough are at it, another
// has nothing to add.
func (j *Jobs) sendMail(ctx context.Context) error {
	select {
	case j.mails <- struct{}{}:
		defer func() { <-j.mails }()
		return j.deps.Post.Work(ctx)
	default:
		return nil
	}
}

func (j *Jobs) recheckLetters(ctx context.Context) error {
	if j.deps.Recheck == nil {
		return nil
	}
	return j.deps.Recheck(ctx)
}

func (j *Jobs) noticeLetters(ctx context.Context) error {
	if j.deps.Notice == nil {
		return nil
	}
	return j.deps.Notice(ctx)
}

func (j *Jobs) collectBounces(ctx context.Context) error {
	if j.deps.Bounces == nil {
		return nil
	}
	return j.deps.Bounces(ctx)
}

func (j *Jobs) auditPledges(ctx context.Context) error {
	if j.deps.Audit == nil {
		return nil
	}
	return j.deps.Audit(ctx)
}

func (j *Jobs) scheduleMailings(ctx context.Context) error {
	if j.deps.Mailings == nil {
		return nil
	}
	return j.deps.Mailings.Tick(ctx)
}

func (j *Jobs) walkMailings(ctx context.Context) error {
	if j.deps.Mailings == nil {
		return nil
	}
	return j.deps.Mailings.Walk(ctx)
}

// eraseOld runs every subject's retention, also after one has failed.
func (j *Jobs) eraseOld(ctx context.Context) error {
	var faults []error
	for _, erase := range j.deps.Retention {
		faults = append(faults, erase(ctx))
	}
	return errors.Join(faults...)
}
