package mail

import (
	"reflect"
	"slices"
	"time"
)

// lane is one way out: mails that share a sender share its troubles and its hours.
type lane struct {
	sender  Sender
	circuit circuit
}

// live is false for a way out that ends in a folder, and for none.
func (l *lane) live() bool { return l.sender != nil && l.sender.Accepted() != Captured }

// shut says whether nothing can go out here now.
func (l *lane) shut(now time.Time) bool {
	if l.sender == nil || l.circuit.open(now) {
		return true
	}
	_, closed := l.closedUntil(now)
	return closed
}

func (l *lane) closedUntil(now time.Time) (until time.Time, closed bool) {
	if hours, ok := l.sender.(Hours); ok {
		return hours.ClosedUntil(now)
	}
	return time.Time{}, false
}

// laneOf is the one lane of a sender, whoever asks for it.
func (p *Post) laneOf(s Sender) *lane {
	if s != nil && !reflect.ValueOf(s).Comparable() {
		return &lane{sender: s} // nobody can give the same one twice
	}
	for _, l := range p.lanes {
		if l.sender == s {
			return l
		}
	}
	l := &lane{sender: s}
	if s != nil {
		p.lanes = append(p.lanes, l)
	}
	return l
}

// wayOut is the lane of a kind. Nothing reaches an office, by whatever way, while officials' mail is captured.
func (p *Post) wayOut(k Kind) *lane {
	switch {
	case k.Official && (k.Sender == nil || !p.officials.live()):
		return p.officials
	case k.Sender == nil:
		return p.people
	}
	return p.laneOf(k.Sender)
}

func (p *Post) lane(kind string) *lane { return p.ways[kind] }

// passable lists the worker's kinds that have a way out at the moment: those that are sent, and those that are captured and so need no
// pace. Rows of kinds that this program doesn't know (an older node of a fleet) are left to those that do.
func (w *worker) passable(now time.Time) (sent, captured []string) {
	for name, kind := range w.kinds {
		switch l := w.lane(name); {
		case kind.Bulk != w.bulk, l.shut(now):
		case l.live():
			sent = append(sent, name)
		default:
			captured = append(captured, name)
		}
	}
	slices.Sort(sent)
	slices.Sort(captured)
	return sent, captured
}
