package abuse

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// ChallengeField is the name of the form field that a solution comes back in, as ALTCHA's own widget names it.
const ChallengeField = "altcha"

// How long a challenge can be solved, and how much work one is. A browser tries numbers from 0, so the work is ease or effort
// hashes at most and half of that on average. static/js/challenge.js makes 90,000 to 140,000 hashes a second in Chromium on
// two shared cores of a server; a phone of today is taken for a fifth of that, an old one for a twentieth. So in calm a phone works for
// 0.1 s on average and 0.25 s at most, an old one for twice to four times that; under attack a phone for 1 s, at most 2.5 s, an old
// one for 5 to 10 s, while its owner types. A phone that can't do even that sends its form without.
//
// A program makes such hashes a hundred times as fast. The work tells browsers from what merely posts forms; what a program
// may do is bounded by [Limits].
const (
	ChallengeFor = 10 * time.Minute
	ease         = 5_000
	effort       = 50_000
)

// usedAtMost is how many solutions are remembered at once, about 20 MB: 400 a second for ten minutes, twelve times what the
// busiest hour of a national petition site has had.
const usedAtMost = 240_000

// Challenge is a small piece of work for a browser, in the form of ALTCHA's proof of work, version 1: find the number from 0
// to MaxNumber for which SHA-256(Salt + number) is Challenge, both in hexadecimal. Signature is ours, so that nothing has to
// be remembered about a challenge that was given out.
type Challenge struct {
	Algorithm string `json:"algorithm"` // "SHA-256"
	Challenge string `json:"challenge"`
	MaxNumber int64  `json:"maxnumber"`
	Salt      string `json:"salt"` // random, with "?expires=<Unix seconds>&" at its end
	Signature string `json:"signature"`
}

// solution is what comes back: base64 of this as JSON.
type solution struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Number    int64  `json:"number"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// Verdict says what came back with a form. It is a label of a metric.
type Verdict string

// The verdicts.
const (
	Solved    Verdict = "solved"
	Missing   Verdict = "missing" // no script, or no time for it
	Expired   Verdict = "expired"
	Forged    Verdict = "forged" // not given out here, or not solved
	Used      Verdict = "used"   // before; or so many are remembered that nobody can tell
	Malformed Verdict = "malformed"
)

// ChallengeOptions configure [NewChallenges].
type ChallengeOptions struct {
	Key   []byte           // signs; 32 bytes that nothing else is signed with. The same on every node
	Clock func() time.Time // nil: time.Now
	Max   int              // solutions remembered at once; 0: 240,000
}

// Challenges gives out challenges and judges solutions. It is safe for concurrent use.
//
// A solution counts once per process: which ones were used is remembered here, until they expire, and not in the database.
// Where several nodes stand behind one address, a solution counts at most once on each of them within its ten minutes. That
// is a small discount on a price that is small by design; what a robot may do at all is bounded by [Limits].
type Challenges struct {
	key []byte
	now func() time.Time
	max int

	mu    sync.Mutex
	used  map[int64]map[fingerprint]struct{} // by the minute in which they expire
	count int
}

type fingerprint [16]byte

// NewChallenges returns challenges of which none has been used.
func NewChallenges(o ChallengeOptions) *Challenges {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Max <= 0 {
		o.Max = usedAtMost
	}
	return &Challenges{key: o.Key, now: o.Clock, max: o.Max, used: map[int64]map[fingerprint]struct{}{}}
}

// New makes a challenge that can be solved for ten minutes; a hard one takes ten times the work.
func (c *Challenges) New(now time.Time, hard bool) Challenge {
	most := int64(ease)
	if hard {
		most = effort
	}
	var salt [12]byte
	_, _ = rand.Read(salt[:]) // crypto/rand.Read never fails
	// The "&" ends the salt: without it, digits of the number could be read as digits of the time, and the same work would
	// give solutions that expire in a thousand years.
	text := fmt.Sprintf("%x?expires=%d&", salt, now.Add(ChallengeFor).Unix())
	hash := work(text, chance(most))
	return Challenge{Algorithm: algorithm, Challenge: hash, MaxNumber: most, Salt: text, Signature: c.sign(hash)}
}

const (
	algorithm    = "SHA-256"
	payloadLimit = 1024 // bytes; a payload has about 400
)

var saltShape = regexp.MustCompile(`^[0-9a-f]{24}\?expires=([0-9]{1,12})&$`)

// Check judges what a form held in ChallengeField, and remembers a solution as used.
func (c *Challenges) Check(payload string) Verdict {
	if payload == "" {
		return Missing
	}
	s, expires, ok := read(payload)
	if !ok {
		return Malformed
	}
	if !hmac.Equal([]byte(s.Signature), []byte(c.sign(s.Challenge))) || work(s.Salt, s.Number) != s.Challenge {
		return Forged
	}
	now := c.now()
	if !now.Before(expires) {
		return Expired
	}
	return c.use(s.Challenge, expires, now)
}

// read takes a payload apart. Fields that ALTCHA's widget adds, such as the time it took, are passed over.
func read(payload string) (s solution, expires time.Time, ok bool) {
	if len(payload) > payloadLimit {
		return s, expires, false
	}
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(raw, &s) != nil || s.Algorithm != algorithm || s.Number < 0 {
		return s, expires, false
	}
	found := saltShape.FindStringSubmatch(s.Salt)
	if found == nil {
		return s, expires, false
	}
	seconds, err := strconv.ParseInt(found[1], 10, 64)
	return s, time.Unix(seconds, 0), err == nil
}

// use remembers a solution until it expires. When too many are remembered a new one can't be, and counts as used: else one
// solution would be good for everything until the crowd is over.
func (c *Challenges) use(challenge string, expires, now time.Time) Verdict {
	raw, err := hex.DecodeString(challenge)
	if err != nil || len(raw) != sha256.Size {
		return Malformed
	}
	print, minute := fingerprint(raw[:16]), expires.Unix()/60
	c.mu.Lock()
	defer c.mu.Unlock()
	for at, prints := range c.used {
		if at < now.Unix()/60 {
			c.count -= len(prints)
			delete(c.used, at)
		}
	}
	if _, before := c.used[minute][print]; before || c.count >= c.max {
		return Used
	}
	if c.used[minute] == nil {
		c.used[minute] = map[fingerprint]struct{}{}
	}
	c.used[minute][print] = struct{}{}
	c.count++
	return Solved
}

func (c *Challenges) sign(challenge string) string {
	mac := hmac.New(sha256.New, c.key)
	_, _ = mac.Write([]byte(challenge)) // a hash doesn't fail
	return hex.EncodeToString(mac.Sum(nil))
}

func work(salt string, number int64) string {
	sum := sha256.Sum256(strconv.AppendInt([]byte(salt), number, 10))
	return hex.EncodeToString(sum[:])
}

// chance is a number from 0 to most that nobody can guess.
func chance(most int64) int64 {
	n, err := rand.Int(rand.Reader, big.NewInt(most+1))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return n.Int64()
}
