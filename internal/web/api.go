package web

import "redress/internal/api"

// apiDeps is what the API answers from.
func (s *Site) apiDeps() api.Deps {
	return api.Deps{Atlas: s.Atlas, Log: s.Log, Now: s.Now}
}
