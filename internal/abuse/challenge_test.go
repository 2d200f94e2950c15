package abuse

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newChallenges(o ChallengeOptions) (*Challenges, *clock) {
	c := new(clock)
	o.Clock = c.now
	if o.Key == nil {
		o.Key = bytes.Repeat([]byte("k"), 32)
	}
	return NewChallenges(o), c
}

// solve does what the browser does.
func solve(t testing.TB, c Challenge) map[string]any {
	t.Helper()
	for n := range c.MaxNumber + 1 {
		if work(c.Salt, n) == c.Challenge {
			return map[string]any{"algorithm": c.Algorithm, "challenge": c.Challenge, "number": n, "salt": c.Salt, "signature": c.Signature}
		}
	}
	t.Fatal("no number solves it")
	return nil
}

func packed(t testing.TB, s map[string]any) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}

func TestASolutionCountsOnce(t *testing.T) {
	t.Parallel()
	c, _ := newChallenges(ChallengeOptions{})
	payload := packed(t, solve(t, c.New(c.now(), false)))
	for _, want := range []Verdict{Solved, Used, Used} {
		if got := c.Check(payload); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := c.Check(packed(t, solve(t, c.New(c.now(), true)))); got != Solved {
		t.Errorf("a hard one: %s", got)
	}
}

func TestItIsTheOpenProtocol(t *testing.T) {
	t.Parallel()
	c, _ := newChallenges(ChallengeOptions{})
	text, err := json.Marshal(c.New(c.now(), false))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	if len(fields) != 5 || fields["algorithm"] != "SHA-256" || fields["maxnumber"] != float64(ease) || len(fields["challenge"].(string)) != 64 || len(fields["signature"].(string)) != 64 {
		t.Errorf("%s", text)
	}
	if want := fmt.Sprintf("?expires=%d&", start.Add(10*time.Minute).Unix()); !strings.HasSuffix(fields["salt"].(string), want) {
		t.Errorf("salt %s, want %s at its end", fields["salt"], want)
	}
	// What the widget of the protocol's makers sends beside it does no harm.
	s := solve(t, c.New(c.now(), false))
	s["took"] = 1234
	if got := c.Check(packed(t, s)); got != Solved {
		t.Errorf("with a field more: %s", got)
	}
}

func TestASolutionExpires(t *testing.T) {
	t.Parallel()
	c, clock := newChallenges(ChallengeOptions{})
	late, inTime := packed(t, solve(t, c.New(c.now(), false))), packed(t, solve(t, c.New(c.now(), false)))
	clock.add(ChallengeFor - time.Second)
	if got := c.Check(inTime); got != Solved {
		t.Errorf("a second before: %s", got)
	}
	clock.add(time.Second)
	for range 2 {
		if got := c.Check(late); got != Expired {
			t.Errorf("after ten minutes: %s", got)
		}
	}
	if got := c.Check(inTime); got != Expired {
		t.Errorf("a used one after ten minutes: %s", got)
	}
}

func TestWhatIsNoSolution(t *testing.T) {
	t.Parallel()
	c, _ := newChallenges(ChallengeOptions{})
	good := solve(t, c.New(c.now(), false))
	number := good["number"].(int64)
	with := func(field string, value any) string {
		other := maps.Clone(good)
		other[field] = value
		return packed(t, other)
	}
	salt := good["salt"].(string)
	elsewhere, _ := newChallenges(ChallengeOptions{Key: bytes.Repeat([]byte("x"), 32)})
	foreign := elsewhere.New(elsewhere.now(), false)
	for name, test := range map[string]struct {
		payload string
		want    Verdict
	}{
		"nothing":              {"", Missing},
		"no base64":            {"{}", Malformed},
		"no JSON":              {base64.StdEncoding.EncodeToString([]byte("altcha")), Malformed},
		"an empty object":      {packed(t, map[string]any{}), Malformed},
		"a long one":           {strings.Repeat("A", payloadLimit+4), Malformed},
		"another algorithm":    {with("algorithm", "SHA-1"), Malformed},
		"a number below zero":  {with("number", -1), Malformed},
		"a number as text":     {with("number", "1"), Malformed},
		"a fraction":           {with("number", 1.5), Malformed},
		"a huge number":        {with("number", 1e300), Malformed},
		"another number":       {with("number", number+1), Forged},
		"another signature":    {with("signature", strings.Repeat("0", 64)), Forged},
		"no signature":         {with("signature", ""), Forged},
		"another challenge":    {with("challenge", work(salt, number+1)), Forged},
		"a later time":         {with("salt", strings.Replace(salt, "expires=1", "expires=9", 1)), Forged},
		"a salt without time":  {with("salt", salt[:24]), Malformed},
		"a salt without end":   {with("salt", strings.TrimSuffix(salt, "&")), Malformed},
		"another key":          {packed(t, solve(t, foreign)), Forged},
		"one's own challenge":  {packed(t, map[string]any{"algorithm": "SHA-256", "challenge": work(salt, 1), "number": 1, "salt": salt, "signature": good["signature"]}), Forged},
		"a challenge in caps":  {with("challenge", strings.ToUpper(good["challenge"].(string))), Forged},
		"a time beyond belief": {with("salt", salt[:24]+"?expires=9999999999999&"), Malformed},
	} {
		if got := c.Check(test.payload); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if got := c.Check(packed(t, good)); got != Solved {
		t.Errorf("and then the good one: %s", got)
	}
}

// Digits of the number can't be moved into the time: the same work would count for a thousand years.
func TestDigitsCantMoveBetweenTimeAndNumber(t *testing.T) {
	t.Parallel()
	c, _ := newChallenges(ChallengeOptions{})
	for range 50 {
		good := solve(t, c.New(c.now(), false))
		digits, salt := fmt.Sprint(good["number"]), good["salt"].(string)
		for cut := 1; cut < len(digits); cut++ {
			moved := maps.Clone(good)
			moved["salt"] = salt + digits[:cut]
			moved["number"] = json.Number(strings.TrimLeft(digits[cut:], "0") + "0")
			if got := c.Check(packed(t, moved)); got != Malformed {
				t.Fatalf("%s", got)
			}
		}
	}
}

func TestMemoryOfUsedOnesIsBounded(t *testing.T) {
	t.Parallel()
	c, clock := newChallenges(ChallengeOptions{Max: 3})
	payloads := make([]string, 4)
	for i := range payloads {
		payloads[i] = packed(t, solve(t, c.New(c.now(), false)))
	}
	for i, want := range []Verdict{Solved, Solved, Solved, Used} {
		if got := c.Check(payloads[i]); got != want {
			t.Errorf("number %d: %s, want %s", i, got, want)
		}
	}
	clock.add(ChallengeFor + time.Minute)
	for range 2 * 3 { // those of before are forgotten now, and these once they have expired
		if got := c.Check(packed(t, solve(t, c.New(c.now(), false)))); got != Solved {
			t.Errorf("once the others have expired: %s", got)
		}
		clock.add(ChallengeFor/2 + time.Minute)
	}
	if c.count > 3 || len(c.used) > 3 {
		t.Errorf("%d remembered in %d minutes", c.count, len(c.used))
	}
}

func TestASolutionSentAtOnceManyTimesCountsOnce(t *testing.T) {
	t.Parallel()
	c, _ := newChallenges(ChallengeOptions{})
	payload := packed(t, solve(t, c.New(c.now(), false)))
	var solved atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if c.Check(payload) == Solved {
				solved.Add(1)
			}
		})
	}
	wg.Wait()
	if solved.Load() != 1 {
		t.Errorf("%d times", solved.Load())
	}
}

// Whatever is changed in a payload, it isn't solved.
func TestNoOtherPayloadCounts(t *testing.T) {
	t.Parallel()
	c, _ := newChallenges(ChallengeOptions{})
	good := packed(t, solve(t, c.New(c.now(), false)))
	raw, _ := base64.StdEncoding.DecodeString(good)
	want, _, _ := read(good)
	rapid.Check(t, func(t *rapid.T) {
		bad := bytes.Clone(raw)
		at := rapid.IntRange(0, len(bad)-1).Draw(t, "at")
		bad[at] = rapid.Byte().Filter(func(b byte) bool { return b != bad[at] }).Draw(t, "byte")
		payload := base64.StdEncoding.EncodeToString(bad)
		got := c.Check(payload)
		if same, _, ok := read(payload); ok && same == want { // "Number" is read as "number" is
			return
		}
		if got == Solved || got == Used {
			t.Fatalf("%s with another byte at %d: %s", got, at, bad)
		}
	})
}

func FuzzCheck(f *testing.F) {
	c, _ := newChallenges(ChallengeOptions{})
	f.Add("")
	f.Add("e30=")
	f.Add(packed(f, map[string]any{"algorithm": "SHA-256", "challenge": "00", "number": 1, "salt": strings.Repeat("0", 24) + "?expires=9999999999&", "signature": c.sign("00")}))
	f.Fuzz(func(t *testing.T, payload string) {
		if got := c.Check(payload); got == Solved || got == Used || got == Expired {
			t.Errorf("%s", got)
		}
	})
}

func BenchmarkNewAndCheck(b *testing.B) {
	c, _ := newChallenges(ChallengeOptions{})
	for b.Loop() {
		c.Check("e30=")
		c.New(c.now(), false)
	}
}
