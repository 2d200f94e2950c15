package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics/civicstest"
	"redress/internal/letter"
)

// events reads what a stream says into a channel, until it ends.
func events(t *testing.T, r *http.Response) <-chan string {
	t.Helper()
	said := make(chan string, 100)
	go func() {
		defer close(said)
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				said <- event
			}
		}
	}()
	return said
}

func next(t *testing.T, said <-chan string) string {
	t.Helper()
	select {
	case event := <-said:
		return event
	case <-time.After(20 * time.Second):
		t.Fatal("the stream says nothing")
		return ""
	}
}

func TestAReceiptHearsThatItsLettersMoved(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	form := fillMaya(formOnPage(t, l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}}))))
	receipt := l.post(letterPath, form).Header.Get("Location")
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	r, err := http.Get(server.URL + receipt + "/events")
	if err != nil || r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
		t.Fatalf("%v %v", r, err)
	}
	t.Cleanup(func() { _ = r.Body.Close() })
	if head, err := (&http.Client{Timeout: 10 * time.Second}).Head(server.URL + receipt + "/events"); err != nil || head.StatusCode != http.StatusOK {
		t.Errorf("only the head of a stream: %v %v", head, err)
	}
	said := events(t, r)
	if got := next(t, said); got != "moved" {
		t.Fatalf("at first it says %q", got)
	}
	confirm := ""
	for _, m := range l.mails(t) {
		if path := confirmPath.FindString(m.Text); path != "" {
			confirm = path
		}
	}
	if got := l.post(confirm, nil); got.StatusCode != http.StatusSeeOther {
		t.Fatal(got.StatusCode)
	}
	l.mails(t) // the letters go out
	for {
		if got := next(t, said); got == "settled" {
			break
		}
	}
	if _, more := <-said; more {
		t.Error("the stream goes on though nothing will move")
	}
	for _, path := range []string{strings.TrimSuffix(confirm, "/confirm") + "/events", "/messages/nothing/events"} {
		if r, err := http.Get(server.URL + path); err != nil || r.StatusCode != http.StatusNotFound {
			t.Errorf("another token opens a stream: %v %v", r.StatusCode, err)
		}
	}
}

func TestStreamsEndWhenTheSiteStops(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	w := newWatching(func(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]letter.Stamp, error) {
		return map[uuid.UUID]letter.Stamp{id: {Moved: time.Unix(1, 0)}}, nil
	})
	one, ok := w.add(id)
	if !ok {
		t.Fatal("not watched")
	}
	select {
	case <-one.moved:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is told")
	}
	for range watchersEach - 1 {
		if _, ok := w.add(id); !ok {
			t.Fatal("a visitor with two windows is refused")
		}
	}
	if _, ok := w.add(id); ok {
		t.Error("one receipt takes the streams of all")
	}
	for range watchersMost - watchersEach {
		if _, ok := w.add(uuid.New()); !ok {
			t.Fatal("refused too early")
		}
	}
	if _, ok := w.add(uuid.New()); ok {
		t.Error("streams are not bounded")
	}
	w.stop()
	w.stop()
	select {
	case <-w.stopped:
	default:
		t.Error("still going on")
	}
	if _, ok := w.add(uuid.New()); ok {
		t.Error("a stopped site takes a stream")
	}
	// What is erased while it is looked at is told as settled.
	gone := &watcher{message: uuid.New(), moved: make(chan letter.Stamp, 1)}
	w.watchers[gone] = struct{}{}
	w.tell(nil)
	if stamp := <-gone.moved; !stamp.Settled {
		t.Error("a receipt of what is gone waits for ever")
	}
}
