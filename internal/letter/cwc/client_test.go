package cwc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics"
	"redress/internal/letter/cwc"
	"redress/internal/letter/cwc/cwctest"
	"redress/internal/mail"
)

func TestAMessageIsAcceptedByItsChamber(t *testing.T) {
	w := newWorld(t)
	for chamber, m := range map[civics.Chamber]cwc.Message{cwc.House: letter(), cwc.Senate: senateLetter()} {
		if err := w.Send(t.Context(), chamber, written(t, m)); err != nil {
			t.Errorf("%s: %v", chamber, err)
		}
	}
	if got := w.Accepted(); len(got) != 2 {
		t.Fatalf("%d accepted", len(got))
	}
	for _, a := range w.Accepted() {
		if want := map[civics.Chamber]string{cwc.House: cwctest.PathMessage, cwc.Senate: cwctest.PathProduction}[a.Chamber]; a.Path != want || a.Message.Chamber() != a.Chamber {
			t.Errorf("%+v", a)
		}
	}
}

func TestWhileTestingNothingReachesAnOffice(t *testing.T) {
	w := newWorld(t, func(o *cwc.Options) { o.Testing = true })
	if err := w.Send(t.Context(), cwc.Senate, written(t, senateLetter())); err != nil {
		t.Fatal(err)
	}
	if got := w.Accepted(); len(got) != 1 || got[0].Path != cwctest.PathTesting {
		t.Errorf("%+v", got)
	}
	if got := w.Sender(cwc.House).Accepted(); got != mail.Captured {
		t.Errorf("a test counts as %s", got)
	}
	if got := newWorld(t).Sender(cwc.House).Accepted(); got != mail.Sent {
		t.Errorf("a message counts as %s", got)
	}
}

// The House has no path for tests, so its real service is only asked to check.
func TestWhileTestingTheHouseOnlyChecks(t *testing.T) {
	for base, want := range map[string]string{"https://cwc.house.gov": "/v2/validate", "https://proxy.example.org/cwc": "/cwc/v2/validate", "https://uat-cwc.house.gov": "/v2/message", "http://127.0.0.1:1": "/v2/message"} {
		var path string
		client, err := cwc.New(cwc.Options{
			House: cwc.Endpoint{BaseURL: base, Key: "k"}, Testing: true,
			HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				path = r.URL.Path
				status := http.StatusCreated
				if strings.HasSuffix(path, "validate") {
					status = http.StatusOK
				}
				return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
			})},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Send(t.Context(), cwc.House, written(t, letter())); err != nil || path != want {
			t.Errorf("%s: %s %v", base, path, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestValidateDeliversNothing(t *testing.T) {
	w := newWorld(t)
	if err := errors.Join(w.Validate(t.Context(), cwc.House, written(t, letter())), w.Validate(t.Context(), cwc.Senate, written(t, senateLetter()))); err != nil {
		t.Fatal(err)
	}
	for _, a := range w.Accepted() {
		if a.Path != cwctest.PathTesting {
			t.Errorf("%s took it", a.Path)
		}
	}
}

func TestARetryIsNotDeliveredTwice(t *testing.T) {
	for name, lost := range map[string]cwctest.Behavior{"dropped": cwctest.LostAnswer, "broken": {Accept: true, Status: 502}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Next(cwc.House, lost)
			raw := written(t, letter())
			if err := w.Send(t.Context(), cwc.House, raw); err == nil {
				t.Fatal("a lost answer counts as one")
			}
			if err := w.Send(t.Context(), cwc.House, raw); err != nil {
				t.Fatalf("409 is no success: %v", err)
			}
			if len(w.Accepted()) != 1 || w.Answers(http.StatusConflict) != 1 {
				t.Errorf("%d accepted, %d seen before", len(w.Accepted()), w.Answers(http.StatusConflict))
			}
		})
	}
}

func TestATimeOutAfterWritingMayHaveArrived(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Next(cwc.House, cwctest.LateAnswer)
	raw := written(t, letter())
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := w.Send(ctx, cwc.House, raw)
	var trouble *cwc.Trouble
	if !errors.As(err, &trouble) || !trouble.Unknown || !trouble.Timeout() {
		t.Fatalf("%#v", err)
	}
	if err := w.Send(t.Context(), cwc.House, raw); err != nil || len(w.Accepted()) != 1 {
		t.Errorf("%v, %d accepted", err, len(w.Accepted()))
	}
}

func TestNoConnectionIsTroubleThatArrivedNowhere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + listener.Addr().String()
	listener.Close()
	for name, base := range map[string]string{"refused": dead, "no name": "http://cwc.invalid", "no TLS": strings.Replace(cwctest.Start(t).URL, "http://", "https://", 1)} {
		client, err := cwc.New(cwc.Options{House: cwc.Endpoint{BaseURL: base, Key: cwctest.HouseKey}})
		if err != nil {
			t.Fatal(err)
		}
		err = client.Send(t.Context(), cwc.House, written(t, letter()))
		var trouble *cwc.Trouble
		if !errors.As(err, &trouble) || trouble.Unknown || strings.Contains(err.Error(), cwctest.HouseKey) || strings.Contains(err.Error(), "apikey") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachAnswerMeansOneThing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		behavior        cwctest.Behavior
		status          int
		permanent, ours bool
	}{
		"a no":                      {cwctest.Refusing, 400, true, false},
		"a no without reasons":      {cwctest.Behavior{Status: 400}, 400, true, false},
		"a no to the agent":         {cwctest.Behavior{Status: 400, Errors: []string{"DeliveryAgent is not registered"}}, 400, false, true},
		"a no to agent and message": {cwctest.Behavior{Status: 400, Errors: []string{"DeliveryAgent is not registered", "Zip is wrong"}}, 400, true, false},
		"not the key":               {cwctest.Behavior{Status: 401}, 401, false, true},
		"not our address":           {cwctest.Behavior{Status: 403}, 403, false, true},
		"nothing there":             {cwctest.Behavior{Status: 404}, 404, false, true},
		"not the type":              {cwctest.WrongType, 415, false, true},
		"elsewhere":                 {cwctest.Behavior{Status: 307}, 307, false, true},
		"too many":                  {cwctest.Overloaded, 429, false, false},
		"broken":                    {cwctest.Broken, 500, false, false},
		"closed":                    {cwctest.Behavior{Status: 503, RetryAfter: "Mon, 05 Oct 2026 16:05:00 GMT"}, 503, false, false},
		"a yes of another kind":     {cwctest.Behavior{Status: 200}, 200, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Next(cwc.House, c.behavior)
			session, err := w.Sender(cwc.House).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = session.Send(t.Context(), &mail.Envelope{ID: uuid.New(), Raw: written(t, letter())})
			var refusal *mail.Refusal
			if !errors.As(err, &refusal) || refusal.Code != c.status || refusal.Permanent != c.permanent || refusal.Closing == c.permanent {
				t.Fatalf("%#v", err)
			}
			if alarmed := strings.Contains(w.log.String(), "level=ERROR"); alarmed != c.ours {
				t.Errorf("alarm %v:\n%s", alarmed, w.log)
			}
		})
	}
}

func TestAServiceThatAsksForAPauseGetsOne(t *testing.T) {
	w := newWorld(t)
	w.Next(cwc.House, cwctest.Overloaded)
	sender := w.Sender(cwc.House)
	session, err := sender.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if session.Send(t.Context(), &mail.Envelope{Raw: written(t, letter())}) == nil || session.Ping() == nil {
		t.Fatal("the session goes on")
	}
	if _, err := sender.Open(t.Context()); err == nil {
		t.Error("a session opens at once")
	}
	if _, err := w.Sender(cwc.Senate).Open(t.Context()); err != nil {
		t.Errorf("the Senate rests as well: %v", err)
	}
	w.clock.move(8 * time.Second)
	if _, err := sender.Open(t.Context()); err != nil {
		t.Errorf("still resting after Retry-After: %v", err)
	}
	w.Next(cwc.House, cwctest.Behavior{Status: 401})
	_ = w.Send(t.Context(), cwc.House, written(t, letter()))
	w.clock.move(9 * time.Minute)
	if _, err := sender.Open(t.Context()); err == nil {
		t.Error("a service that refuses the key is asked again within minutes")
	}
}

func TestNothingIsSentWhileAServiceIsClosed(t *testing.T) {
	w := newWorld(t)
	night := time.Date(2026, 10, 5, 6, 0, 0, 0, time.UTC) // 2:00 on a Monday
	w.clock.set(night)
	if _, err := w.Sender(cwc.House).Open(t.Context()); err == nil {
		t.Error("the House is open")
	}
	if until, closed := w.Sender(cwc.House).ClosedUntil(night); !closed || !until.Equal(night.Add(4*time.Hour)) {
		t.Errorf("closed until %v", until)
	}
	session, err := w.Sender(cwc.Senate).Open(t.Context())
	if err != nil || session.Ping() != nil {
		t.Errorf("the Senate is closed: %v", err)
	}
}

// After a start no office can be found until the first list is at hand. Letters on
// their way wait for it; without it each would be given up for another way.
func TestLettersWaitForTheFirstList(t *testing.T) {
	w := newWorld(t, func(o *cwc.Options) { o.Senate.Key = "" })
	w.List(cwc.House, cwc.Office{Code: "HCO01"})
	house := w.Sender(cwc.House)
	if until, closed := house.ClosedUntil(noon); !closed || !until.Equal(noon.Add(time.Minute)) {
		t.Errorf("before the first list: closed %v until %v", closed, until)
	}
	if _, closed := w.Sender(cwc.Senate).ClosedUntil(noon); closed {
		t.Error("what waits for a chamber without a key is kept waiting")
	}
	w.clock.move(48 * time.Hour)
	if _, closed := house.ClosedUntil(w.clock.now()); closed {
		t.Error("after two days letters still wait for a list")
	}
	w.clock.set(noon)
	if err := w.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, passed := range []time.Duration{0, 5 * time.Hour, 72 * time.Hour} {
		if _, closed := house.ClosedUntil(noon.Add(passed)); closed {
			t.Errorf("closed %v after a list was at hand", passed)
		}
	}
}

func TestAChamberWithoutAKeyIsNotAsked(t *testing.T) {
	w := newWorld(t, func(o *cwc.Options) { o.Senate.Key = "" })
	if w.Configured(cwc.Senate) || !w.Configured(cwc.House) || w.Active("SCO02") {
		t.Error("configured")
	}
	if _, err := w.Sender(cwc.Senate).Open(t.Context()); err == nil {
		t.Error("a session opens")
	}
	if err := w.Send(t.Context(), cwc.Senate, written(t, senateLetter())); err == nil || w.Asked(cwc.Senate) != 0 {
		t.Error("sent")
	}
	none, err := cwc.New(cwc.Options{})
	if err != nil || none.Ready() {
		t.Error("without any key it is ready")
	}
	if _, err := cwc.New(cwc.Options{House: cwc.Endpoint{BaseURL: "cwc.house.gov", Key: "secret"}}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

func TestALetterForTheOtherChamberIsNotSent(t *testing.T) {
	w := newWorld(t)
	var invalid *cwc.InvalidError
	if err := w.Send(t.Context(), cwc.House, written(t, senateLetter())); !errors.As(err, &invalid) {
		t.Errorf("%v", err)
	}
	session, err := w.Sender(cwc.House).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var refusal *mail.Refusal
	if err := session.Send(t.Context(), &mail.Envelope{Raw: []byte("<CWC/>")}); !errors.As(err, &refusal) || !refusal.Permanent {
		t.Errorf("%v", err)
	}
	if w.Asked(cwc.House) != 0 {
		t.Error("it was sent")
	}
}

func TestAMessageFollowsNobodyElsewhere(t *testing.T) {
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer elsewhere.Close()
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer here.Close()
	client, err := cwc.New(cwc.Options{House: cwc.Endpoint{BaseURL: here.URL, Key: "k"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Send(t.Context(), cwc.House, written(t, letter())); err == nil || reached.Load() {
		t.Errorf("%v, reached %v", err, reached.Load())
	}
}

func TestAnAnswerGivenTwiceCountsOnce(t *testing.T) {
	var said logbook
	defer log.SetOutput(log.Writer())
	log.SetOutput(&said) // where net/http tells of what it did not ask for
	w := newWorld(t)
	w.Always(cwc.House, cwctest.AnswersTwice)
	for range 3 {
		if err := w.Send(t.Context(), cwc.House, written(t, letter())); err != nil {
			t.Error(err)
		}
	}
	if len(w.Accepted()) != 3 || said.String() != "" {
		t.Errorf("%d accepted, and it was said: %s", len(w.Accepted()), said.String())
	}
}

func TestAtMostFiveASecondToEachChamber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Always(cwc.House, cwctest.Slow(50*time.Millisecond))
	began := time.Now()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := w.Send(t.Context(), cwc.House, written(t, letter())); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if err := w.Send(t.Context(), cwc.Senate, written(t, senateLetter())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, chamber := range []civics.Chamber{cwc.House, cwc.Senate} {
		if busiest := w.Busiest(chamber, 900*time.Millisecond); busiest > 5 || w.Asked(chamber) != 8 {
			t.Errorf("%s: %d within 0.9 s, %d in all", chamber, busiest, w.Asked(chamber))
		}
	}
	if took := time.Since(began); took < 1300*time.Millisecond {
		t.Errorf("eight took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Send(ctx, cwc.House, written(t, letter())); err == nil {
		t.Error("who has left still waits")
	}
}

func TestTheListOfOfficesIsKeptThroughTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	co := representative("CO", "1")
	if w.Active("HCO01") || w.Ready() {
		t.Error("active before anything is known")
	}
	if _, err := w.Office(co); !errors.Is(err, cwc.ErrNoList) {
		t.Errorf("%v", err)
	}
	if err := w.Refresh(t.Context()); err == nil || w.Ready() {
		t.Error("an empty list counts")
	}
	w.List(cwc.House, cwc.Office{Code: "HCO01"})
	w.List(cwc.Senate, cwc.Office{Code: "SCO02", Name: "John Hickenlooper"})
	if err := w.Refresh(t.Context()); err != nil || !w.Ready() {
		t.Fatalf("%v", err)
	}
	if !w.Active("HCO01") || !w.Active("SCO02") || w.Active("HCO02") || w.Active("SCO03") || w.Active("") || w.Active("XX") {
		t.Error("the wrong offices are active")
	}
	if code, err := w.Office(co); code != "HCO01" || err != nil {
		t.Errorf("%q %v", code, err)
	}
	if code, err := w.Office(senator("CO", "John", "Hickenlooper", "H000273", termOf(2))); code != "SCO02" || err != nil {
		t.Errorf("%q %v", code, err)
	}
	for _, trouble := range []cwctest.Behavior{cwctest.Dropping, cwctest.Broken, {Status: 403}} {
		w.ListAs(cwc.House, trouble)
		if err := w.Refresh(t.Context()); err == nil {
			t.Error("trouble is none")
		}
	}
	w.ListAs(cwc.House, cwctest.Behavior{})
	w.ListRaw(cwc.House, "text/html", []byte("<html>Closed for maintenance: HCO02</html>"))
	_ = w.Refresh(t.Context())
	w.ListRaw(cwc.House, "application/json", bytes.Repeat([]byte(`"HCO02",`), 1<<20))
	_ = w.Refresh(t.Context())
	w.clock.move(47 * time.Hour)
	if states := w.States(w.clock.now()); !w.Active("HCO01") || !states[0].Stale || states[0].Offices != 1 {
		t.Errorf("the list did not last a second day: %+v", states)
	}
	w.clock.move(time.Hour)
	if w.Active("HCO01") || w.Ready() {
		t.Error("a list of two days ago counts")
	}
	w.List(cwc.House, cwc.Office{Code: "HCO02"})
	if err := w.Refresh(t.Context()); err != nil || w.Active("HCO01") || !w.Active("HCO02") {
		t.Errorf("the new list does not count: %v", err)
	}
}

func TestRunFetchesTheListsAndEnds(t *testing.T) {
	w := newWorld(t)
	w.List(cwc.House, cwc.Office{Code: "HCO01"})
	w.List(cwc.Senate, cwc.Office{Code: "SCO02"})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	for deadline := time.Now().Add(10 * time.Second); !w.Ready(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never ready")
		}
	}
	cancel()
	<-done
	if w.Listed() != 2 {
		t.Errorf("asked %d times", w.Listed())
	}
}

func TestReasonsAreKeptWordsAreNot(t *testing.T) {
	count, faults := cwc.ReadErrors([]byte(`<?xml version="1.0" encoding="windows-1252"?><Errors><Error>Element 'Zip': '80203-CANARY' is not accepted by the pattern</Error>
		<Error><b>City</b> is required</Error><error>Canary Street &unknown; LastName Canary exceeds the maximum</error><Error>Constituent/Email invalid</Error><Error>nothing known</Error><Error>half`))
	if count != 5 || fmt.Sprint(faults) != "[Zip has not the form that is asked for City is missing LastName is too long Email is not one of what is allowed]" {
		t.Errorf("%d %v", count, faults)
	}
	count, faults = cwc.ReadErrors([]byte(`{"errors":[{"field":"Subject","message":"Subject is too short: Canary"}]}`))
	if count != 2 || len(faults) != 1 || faults[0].Field != "Subject" {
		t.Errorf("%d %v", count, faults)
	}
	for _, nothing := range []string{"", "words", "<html>", "{", strings.Repeat("<a>", 5000)} {
		if count, faults := cwc.ReadErrors([]byte(nothing)); count != 0 || faults != nil {
			t.Errorf("%.10q: %d %v", nothing, count, faults)
		}
	}
}
