// Package abuse keeps one visitor from taking what is there for all: limits per network, and a honeypot for simple robots.
package abuse

import (
	"net/netip"
	"net/url"
	"time"
)

// Options configure [New].
type Options struct {
	On    bool             // false: every action is allowed (load tests on loopback)
	Clock func() time.Time // nil: time.Now
	Max   int              // networks remembered at once; 0: 100,000
}

// Limits counts actions per network.
type Limits struct{}

// New returns limits that remember nothing yet.
func New(o Options) *Limits { return &Limits{} }

// Allow counts one action by an address and says whether it may go on. If not, it returns a fault of kind Busy with the
// key "abuse.slow_down" and the time after which the action would be allowed.
func (l *Limits) Allow(action string, ip netip.Addr) error { return nil }

// HoneypotField is the name of a form field that people don't see and simple robots fill.
const HoneypotField = "fax_number"

// Honeypot says whether a robot filled the hidden field. The caller then pretends success and keeps nothing.
func Honeypot(form url.Values) bool { return form.Get(HoneypotField) != "" }
