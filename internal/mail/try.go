package mail

import (
	"context"

	"github.com/google/uuid"
)

// Try sends one mail at once, for an operator who wants to see it arrive, and says what became of it: the state that its row would
// have. There is no row: nothing is about it, and nothing tries again. A *Refusal is the server's no.
func (p *Post) Try(ctx context.Context, kind string, message Message) (string, error) {
	now := p.now()
	l := p.lane(kind)
	if l == nil || l.sender == nil {
		return "", errStrange
	}
	if message.Capture && p.folder != nil {
		l = p.folder
	}
	m := Mail{ID: uuid.Must(uuid.NewV7()), Kind: kind, MessageID: uuid.NewString() + "@" + p.opt.Domain, CreatedAt: now}
	e, err := p.compose(m, message)
	if err != nil {
		return "", err
	}
	s, err := l.sender.Open(ctx)
	if err != nil {
		return "", trouble("the mail server can't be reached: " + plain(err))
	}
	defer s.Close()
	if err := send(ctx, s, e); err != nil {
		return "", err
	}
	return l.sender.Accepted(), nil
}
