package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"redress/internal/letter"
)

// watchPattern is the route of the streams.
const watchPattern = "/messages/:token/events"

// How receipts that are looked at are kept up to date.
const (
	watchEvery   = 2 * time.Second  // one question to the database for all of them
	watchPing    = 20 * time.Second // a line that keeps proxies from closing the connection
	watchFor     = 15 * time.Minute // then the browser connects again
	watchersMost = 2000             // per process; the pages of all others ask by themselves
	watchersEach = 8                // of one message, so that nobody takes the streams of all with one receipt
)

// watching tells open receipts that something of their message moved. One
// goroutine asks for all of them while there are any.
type watching struct {
	stamps func(context.Context, []uuid.UUID) (map[uuid.UUID]letter.Stamp, error)

	mu       sync.Mutex
	watchers map[*watcher]struct{}
	running  bool
	stopped  chan struct{}
}

// watcher is one open receipt. moved holds one note at most: that it should look.
type watcher struct {
	message uuid.UUID
	seen    letter.Stamp
	known   bool
	moved   chan letter.Stamp
}

func newWatching(stamps func(context.Context, []uuid.UUID) (map[uuid.UUID]letter.Stamp, error)) *watching {
	return &watching{stamps: stamps, watchers: map[*watcher]struct{}{}, stopped: make(chan struct{})}
}

// add begins to watch a message; ok is false when too many are watched, too many
// watch this one, or the site stops.
func (w *watching) add(message uuid.UUID) (one *watcher, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.stopped:
		return nil, false
	default:
	}
	if len(w.watchers) >= watchersMost || w.watchersOf(message) >= watchersEach {
		return nil, false
	}
	one = &watcher{message: message, moved: make(chan letter.Stamp, 1)}
	w.watchers[one] = struct{}{}
	if !w.running {
		w.running = true
		go w.look()
	}
	return one, true
}

// watchersOf is for who holds mu.
func (w *watching) watchersOf(message uuid.UUID) int {
	n := 0
	for one := range w.watchers {
		if one.message == message {
			n++
		}
	}
	return n
}

func (w *watching) remove(one *watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.watchers, one)
}

// stop ends every stream, so that the server can.
func (w *watching) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.stopped:
	default:
		close(w.stopped)
	}
}

// look asks until nobody watches any more.
func (w *watching) look() {
	turn := time.NewTicker(watchEvery)
	defer turn.Stop()
	for {
		select {
		case <-w.stopped:
			return
		case <-turn.C:
		}
		ids := w.watched()
		if ids == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		stamps, err := w.stamps(ctx, ids)
		cancel()
		if err == nil { // else the next turn asks again
			w.tell(stamps)
		}
	}
}

// watched lists the messages; nil when there are none, and the goroutine ends.
func (w *watching) watched() []uuid.UUID {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.watchers) == 0 {
		w.running = false
		return nil
	}
	seen := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for one := range w.watchers {
		if !seen[one.message] {
			seen[one.message] = true
			ids = append(ids, one.message)
		}
	}
	return ids
}

func (w *watching) tell(stamps map[uuid.UUID]letter.Stamp) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.watchers {
		now, found := stamps[one.message]
		if !found {
			now = letter.Stamp{Settled: true} // erased while it was looked at
		}
		if one.known && one.seen == now {
			continue
		}
		one.seen, one.known = now, true
		select {
		case <-one.moved: // an older note that nobody has read
		default:
		}
		one.moved <- now
	}
}

const streamType = "text/event-stream"

// watchReceipt streams a note whenever something of a message moved (server-sent
// events, WHATWG HTML §9.2). The page then reads itself again; the stream holds
// nothing else. With too many streams open the answer is 204, at which browsers
// stop asking and the page looks by itself.
func (s *Site) watchReceipt(c echo.Context) error {
	message, err := s.Letters.Watched(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	if c.Request().Method == http.MethodHead { // which has no body to go on with
		h.Set(echo.HeaderContentType, streamType)
		return c.NoContent(http.StatusOK)
	}
	one, ok := s.watching.add(message)
	if !ok {
		return c.NoContent(http.StatusNoContent)
	}
	defer s.watching.remove(one)
	h.Set(echo.HeaderContentType, streamType)
	h.Set("X-Accel-Buffering", "no") // nginx would keep the notes to itself
	stream := stream{http.NewResponseController(c.Response()), c}
	if err := stream.write("retry: 5000\n\n"); err != nil {
		return nil // the visitor has gone: nobody is left to tell
	}
	return s.watch(c.Request().Context(), stream, one)
}

func (s *Site) watch(gone context.Context, to stream, one *watcher) error {
	end, ping := time.NewTimer(watchFor), time.NewTicker(watchPing)
	defer end.Stop()
	defer ping.Stop()
	for {
		note := ": still here\n\n"
		var settled bool
		select {
		case <-gone.Done():
			return nil
		case <-s.watching.stopped:
			return nil
		case <-end.C:
			return nil
		case <-ping.C:
		case stamp := <-one.moved:
			note, settled = "event: moved\ndata: "+stamp.Moved.UTC().Format(time.RFC3339Nano)+"\n\n", stamp.Settled
			if settled {
				note += "event: settled\ndata: yes\n\n"
			}
		}
		if err := to.write(note); err != nil || settled {
			return nil // the visitor has gone, or needn't come back
		}
	}
}

// stream writes an answer that goes on, each piece within a time of its own.
type stream struct {
	control *http.ResponseController
	echo.Context
}

func (s stream) write(piece string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(watchPing)) // not every writer has one
	if !s.Response().Committed {
		s.Response().WriteHeader(http.StatusOK)
	}
	if _, err := s.Response().Write([]byte(piece)); err != nil {
		return err
	}
	return s.control.Flush()
}
