package web

import (
	"encoding/json"
	"net/http"
	"net/url"

	"redress/internal/abuse"
	"redress/internal/supporter"
)

// TrendsPath is where the private listener of the metrics tells which networks
// sent many forms within the hour.
const TrendsPath = "/trends.json"

const trendsTold = 50

// tellTrends tells the networks that are trending; ?issue= asks for one issue's.
func (s *Site) tellTrends(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(s.Trends.Top(r.URL.Query().Get("issue"), trendsTold)) // whoever asked may have gone
}

// answerTypo takes the answer to "did you mean gmail.com?": the button that takes
// it changes the address in the form, and the form sent again as it was means it.
// It reports whether the question has been answered.
func (s *Site) answerTypo(form url.Values) bool {
	email := form.Get("email")
	if domain := supporter.Typo(email); domain != "" && form.Get("email_domain") == domain {
		form.Set("email", supporter.WithDomain(email, domain))
		s.Metrics.Ruled("typo_taken", abuse.Sign)
		return true
	}
	return email != "" && form.Get("email_asked") == email
}
