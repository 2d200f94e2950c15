package mail

import (
	"encoding/hex"
	"strings"
	"time"

	"redress/internal/seal"
)

// Classes of receiving domains: each keeps a pace of its own, over all nodes together. Those that hold much of any list have
// names; which domains are theirs, their own pages for senders say:
//
//	google     support.google.com/a/answer/81126, on mail to gmail.com and googlemail.com
//	microsoft  sendersupport.olc.protection.outlook.com/pm/policies.aspx
//	yahoo      senders.yahooinc.com, on Yahoo and AOL
//	apple      support.apple.com/102322
//	comcast    postmaster.comcast.net
//
// None of them publishes a number of mails a second. These are kept low enough that a sender of good repute isn't asked for
// patience, and one that is asked slows down by itself (see slow).
const (
	google    = "google"
	microsoft = "microsoft"
	yahoo     = "yahoo"
	apple     = "apple"
	comcast   = "comcast"
)

var receivers = map[string]string{
	"gmail.com": google, "googlemail.com": google,
	"outlook.com": microsoft, "hotmail.com": microsoft, "live.com": microsoft, "msn.com": microsoft,
	"yahoo.com": yahoo, "ymail.com": yahoo, "rocketmail.com": yahoo, "aol.com": yahoo, "aim.com": yahoo,
	"icloud.com": apple, "me.com": apple, "mac.com": apple,
	"comcast.net": comcast,
}

// perSecond is how many bulk mails a second a class gets at most. What isn't named shares one of 256 classes by a keyed hash,
// so that the row of a mail doesn't say at which school or shop its reader is.
var perSecond = map[string]float64{google: 100, microsoft: 50, yahoo: 50, apple: 50, comcast: 25}

const (
	perSecondElsewhere = 20.0

	// stepTime is how much of a class's pace a worker takes at a time: the lock on the class costs once for many mails.
	stepTime = 500 * time.Millisecond
	// restTime is how long a class that asked for patience gets nothing at first, and longestRest at most.
	restTime    = 30 * time.Second
	longestRest = 15 * time.Minute
	// recoverTime halves the slowness of a class that doesn't ask again.
	recoverTime  = 10 * time.Minute
	mostSlowness = 64.0
)

// Receiver is the class of a receiving domain, which comes in ASCII (see [SplitAddress]).
func Receiver(box *seal.Box, domain string) string {
	domain = strings.ToLower(domain)
	if class, named := receivers[domain]; named {
		return class
	}
	return "other:" + hex.EncodeToString(box.Key("mail receiver", domain)[:1])
}

// asksPatience knows replies by which a receiver wants fewer mails, not this one no more: 421, and what RFC 3463 files under
// policy and security (4.7.x) or calls congestion (4.4.5, 4.3.2).
func asksPatience(r *Refusal) bool {
	if r.Permanent {
		return false
	}
	return r.Code == 421 || strings.HasPrefix(r.Enhanced, "4.7.") || r.Enhanced == "4.4.5" || r.Enhanced == "4.3.2"
}
