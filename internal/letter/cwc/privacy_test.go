package cwc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"redress/internal/letter/cwc"
	"redress/internal/letter/cwc/cwctest"
	"redress/internal/mail"
)

// canaryLetter is a valid letter, and what of it no error and no log may
// repeat: every field but those that could hold nothing else.
func canaryLetter() (cwc.Message, []string) {
	m := letter()
	var canaries []string
	for i, field := range texts(&m) {
		if strings.Contains("Ms. HCO01 CO "+strings.Join(cwc.Topics(), " "), *field) {
			continue
		}
		switch {
		case strings.Contains(*field, "://"):
			*field = fmt.Sprintf("https://canary%dx.example.org", i)
		case strings.Contains(*field, "@"):
			*field = fmt.Sprintf("canary%dx@example.org", i)
		case strings.Trim(*field, "0123456789-") != "" && len(*field) != 32:
			*field = fmt.Sprintf("Canary %dx <b>", i)
		}
		canaries = append(canaries, *field)
	}
	return m, canaries
}

func TestNoErrorAndNoLogRepeatsALetter(t *testing.T) {
	t.Parallel()
	m, canaries := canaryLetter()
	canaries = append(canaries, cwctest.HouseKey, cwctest.SenateKey, "apikey", "127.0.0.1")
	var said []string
	say := func(err error) {
		for ; err != nil; err = errors.Unwrap(err) {
			said = append(said, fmt.Sprintf("%v | %+v | %#v", err, err, err))
		}
	}
	raw := written(t, m)
	for _, field := range texts(&m) { // each one wrong in turn, the others as they are
		kept := *field
		for _, wrong := range []string{kept + "\u00a7" + strings.Repeat("y", 20000), "CanaryWrong <" + kept, "CanaryWrong"} {
			*field = wrong
			_, err := m.XML()
			say(err)
			say(cwc.Validate(cwc.Unchecked(m)))
		}
		*field = kept
	}
	say(cwc.Validate([]byte(strings.Replace(string(raw), "<City>", "<CanaryWrong>x</CanaryWrong><City>", 1))))
	say(cwc.Validate([]byte(strings.Replace(string(raw), "<City>", "<CanaryWrong", 1))))
	w := newWorld(t)
	for _, b := range []cwctest.Behavior{
		cwctest.Refusing, cwctest.Broken, cwctest.Overloaded, cwctest.WrongType, cwctest.Dropping, cwctest.Hanging, cwctest.LateAnswer,
		{Status: 401, Quote: true}, {Status: 403, Quote: true}, {Status: 400, Quote: true}, {Status: 307, Quote: true}, {Status: 418, Quote: true},
	} {
		w.clock.move(time.Hour)
		w.clock.set(noon.Add(time.Duration(len(said)) * time.Second))
		for _, through := range []func(context.Context) error{
			func(ctx context.Context) error { return w.Send(ctx, cwc.House, raw) },
			func(ctx context.Context) error { return w.Validate(ctx, cwc.House, raw) },
			func(ctx context.Context) error {
				session, err := w.Sender(cwc.House).Open(ctx)
				if err != nil {
					return err
				}
				return session.Send(ctx, &mail.Envelope{Raw: raw})
			},
		} {
			w.Next(cwc.House, b)
			ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
			say(through(ctx))
			cancel()
		}
		w.ListAs(cwc.House, b)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		say(w.Refresh(ctx))
		cancel()
	}
	said = append(said, w.log.String())
	if len(said) < 50 || !strings.Contains(w.log.String(), "level=") {
		t.Fatalf("only %d things were said", len(said))
	}
	canaries = append(canaries, "CanaryWrong")
	for _, text := range said {
		for _, canary := range canaries {
			if strings.Contains(text, canary) {
				t.Errorf("%q is repeated in %.300s", canary, text)
			}
		}
	}
}
