package mail

import "time"

// Wait sets how near a turn must be for a worker to wait for it, by the clock on the wall.
func Wait(p *Post, d time.Duration) { p.patience = d }

// RequireStartTLS treats a server on this machine like any other.
func RequireStartTLS(s *SMTP) { s.plain = false }

// The statements that look for work.
const (
	ClaimPacedSQL = claimPacedSQL
	ClaimFreeSQL  = claimFreeSQL
	NextTurnSQL   = nextTurnSQL
	QueuesSQL     = queuesSQL
)

// MailPace is the row of a pace.
type MailPace = mailPace
