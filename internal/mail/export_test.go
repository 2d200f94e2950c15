package mail

// RequireStartTLS treats a server on this machine like any other.
func RequireStartTLS(s *SMTP) { s.plain = false }
