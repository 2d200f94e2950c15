package search

import "context"

// Tolerate sees to it that typing errors are forgiven, if this PostgreSQL can do
// so, and reports whether they are. It is asked at every start: the extension may
// have been installed since the last one.
func (s *Search) Tolerate(ctx context.Context) (bool, error) { return s.tolerate(ctx) }

// Tolerant reports whether typing errors are forgiven, and changes nothing.
func (s *Search) Tolerant(ctx context.Context) (bool, error) { return s.tolerant(ctx) }
