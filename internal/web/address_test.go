package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestWhoIsNotKnownIsNoNetwork(t *testing.T) {
	t.Parallel()
	e := echo.New()
	e.IPExtractor = clientAddress(nil)
	for socket, want := range map[string]string{"198.51.100.7:40000": "198.51.100.0/24", "[2001:db8:1:2::3]:40000": "2001:db8:1::/48", "@": ""} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.RemoteAddr = socket
		if got := networkOf(e.NewContext(r, httptest.NewRecorder())); got != want {
			t.Errorf("%s: %q, want %q", socket, got, want)
		}
	}
}
