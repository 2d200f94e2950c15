package mail

import (
	"context"
	"time"
)

// keepRows is how long a finished row stays: as long as the longest-lived message it can belong to.
const keepRows = 60 * 24 * time.Hour

// Clean erases rows finished long ago and captured mails older than 28 days. It runs once a day.
func (p *Post) Clean(ctx context.Context) error {
	now := p.now()
	for _, sender := range []Sender{p.opt.Folder, p.people.sender, p.officials.sender} {
		if c, ok := sender.(*Capture); ok && c != nil {
			if err := c.Erase(now); err != nil {
				return err
			}
		}
	}
	if err := eraseIdlePaces(ctx, p.db, now.Add(-keepRows)); err != nil {
		return err
	}
	return eraseFinished(ctx, p.db, now.Add(-keepRows))
}
