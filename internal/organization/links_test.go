package organization

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func TestCheckAll(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	mux := http.NewServeMux()
	plain := httptest.NewServer(mux)
	t.Cleanup(plain.Close)
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/nohead", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("/down", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain.URL+"/ok", http.StatusFound) })
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.Path)
		mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)

	want := map[string]string{"/ok": "", "/nohead": "", "/moved": "", "/gone": "410", "/round": "redirects more than", "/down": "without https"}
	var links []LinkResult
	for path := range want {
		links = append(links, LinkResult{URL: server.URL + path})
	}
	links = append(links, LinkResult{URL: plain.URL + "/ok"}, LinkResult{URL: "https://127.0.0.1:1/"})
	checkAll(t.Context(), strict(server.Client()), links)
	for _, l := range links[:len(want)] {
		fault := want[strings.TrimPrefix(l.URL, server.URL)]
		if (fault == "") != (l.Fault == "") || !strings.Contains(l.Fault, fault) {
			t.Errorf("%s: %d %q, want %q", l.URL, l.Status, l.Fault, fault)
		}
		if strings.Contains(l.Fault, server.URL) {
			t.Errorf("the fault repeats the address: %q", l.Fault)
		}
	}
	if l := links[len(want)]; !strings.Contains(l.Fault, "https") || l.Status != 0 {
		t.Errorf("a link without https: %+v", l)
	}
	if l := links[len(want)+1]; l.Fault == "" || l.Status != 0 {
		t.Errorf("nobody listens: %+v", l)
	}
	for _, a := range asked {
		if a == "GET /ok" {
			t.Error("GET was sent where HEAD was enough")
		}
	}
}
