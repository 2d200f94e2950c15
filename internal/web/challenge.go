package web

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
)

// watch fills in what judges forms where nothing was given: by the setting, and
// with a key of this process when there is no secret.
func (d *Deps) watch() {
	if d.Challenges == nil {
		d.Challenges = abuse.NewChallenges(abuse.ChallengeOptions{Key: d.challengeKey(), Clock: d.Now})
	}
	if d.Siege == nil {
		d.Siege = abuse.NewSiege(abuse.SiegeOptions{Mode: abuse.Mode(d.Config.Challenge), Clock: d.Now, Changed: d.tellOfSiege})
	}
	for _, action := range []string{abuse.Letter, abuse.Sign, abuse.Subscribe} {
		d.Metrics.WatchSiege(action, func() bool { return d.Siege.Under(action) })
	}
}

// challengeKey signs challenges: the same on all nodes that share the secret.
func (d *Deps) challengeKey() []byte {
	if d.Box != nil {
		return d.Box.Key("challenge")
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // crypto/rand.Read never fails
	return key
}

// tellOfSiege logs the beginning and the end of an attack, and no more of it
// than which forms it is on.
func (d *Deps) tellOfSiege(action string, under bool) {
	if under {
		d.Log.Warn("forms are under attack: mail for those without a solved challenge waits", "action", action)
		return
	}
	d.Log.Info("forms are no longer under attack", "action", action)
}

// giveChallenge gives a browser something to work on while its visitor types;
// nothing when the operator wants none.
func (s *Site) giveChallenge(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	if !s.Siege.Asks() {
		return c.NoContent(http.StatusNoContent)
	}
	return c.JSON(http.StatusOK, s.Challenges.New(s.Now(), s.Siege.Hard()))
}

// slow judges what came back for a form's challenge, and says whether the mail
// that the form sets off has to wait. The form's answer doesn't depend on it.
func (s *Site) slow(c echo.Context, action string, form url.Values) bool {
	verdict := s.Challenges.Check(form.Get(abuse.ChallengeField))
	s.Metrics.Challenged(action, string(verdict))
	return s.Siege.Slow(action, addressOf(c), verdict)
}
