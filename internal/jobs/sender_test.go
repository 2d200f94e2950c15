package jobs_test

import (
	netmail "net/mail"
	"testing"

	"redress/internal/center"
	"redress/internal/jobs"
)

func TestARenamedCenterSendsUnderItsNewName(t *testing.T) {
	before := center.Center{Name: "Center for Open Courts", Email: "hello@example.org"}
	after := center.Center{Name: "Courts for All", Email: "hello@example.org"}
	set := &netmail.Address{Address: "action@example.org"}
	for _, c := range []struct {
		sender jobs.Sender
		here   center.Center
		want   string
	}{
		{jobs.SenderAt(nil), before, `"Center for Open Courts" <hello@example.org>`},
		{jobs.SenderAt(set), before, `"Center for Open Courts" <action@example.org>`},
		{jobs.SenderAt(set), after, `"Courts for All" <action@example.org>`},
		{jobs.SenderAt(&netmail.Address{Name: "Action desk", Address: "action@example.org"}), after, `"Action desk" <action@example.org>`},
	} {
		from := c.sender(c.here)
		if got := from.String(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
