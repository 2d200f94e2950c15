package jobs

import (
	netmail "net/mail"

	"redress/internal/center"
)

// Sender is who a mail comes from, given the center as it is at that moment: a
// center that is renamed sends under its new name with the next mail.
type Sender func(center.Center) netmail.Address

// SenderAt sends from the set address (REDRESS_MAIL_FROM). What is not set, all
// of it or only the name, is the center's own. The address should stay the
// same: receiving servers judge it.
func SenderAt(set *netmail.Address) Sender {
	return func(c center.Center) netmail.Address {
		from := netmail.Address{Name: c.Name, Address: c.Email}
		if set != nil && set.Name != "" {
			from.Name = set.Name
		}
		if set != nil && set.Address != "" {
			from.Address = set.Address
		}
		if from.Address == "" {
			return netmail.Address{} // nobody has an address yet: the post's own
		}
		return from
	}
}
