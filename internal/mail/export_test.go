package mail

// RequireStartTLS treats a server on this machine like any other.
func RequireStartTLS(s *SMTP) { s.plain = false }

// The statements that look for work.
const (
	ClaimPacedSQL = claimPacedSQL
	ClaimFreeSQL  = claimFreeSQL
	NextTurnSQL   = nextTurnSQL
	QueuesSQL     = queuesSQL
)
