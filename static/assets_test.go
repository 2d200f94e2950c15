package static

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func get(t *testing.T, a *Assets, path, accept string) (*http.Response, bool) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	found := a.Serve(w, r)
	return w.Result(), found
}

func TestNamesCarryTheFingerprintOfTheBytes(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"css/20-b.css": {Data: []byte("b{}")},
		"css/10-a.css": {Data: []byte("a{}")},
		"js/one.js":    {Data: []byte(`import { two } from "./two.js";`)},
		"js/two.js":    {Data: []byte(`export const two = 2;`)},
		"images/x.svg": {Data: []byte("<svg/>")},
	}
	before, err := load(tree)
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := get(t, before, before.URL(Stylesheet), "")
	if text, _ := io.ReadAll(sheet.Body); string(text) != "a{}\nb{}\n" {
		t.Errorf("the stylesheet is %q", text)
	}
	script, _ := get(t, before, before.URL("one.js"), "")
	if text, _ := io.ReadAll(script.Body); !strings.Contains(string(text), `from "`+before.URL("two.js")+`"`) {
		t.Errorf("an import isn't fingerprinted: %s", text)
	}
	tree["js/two.js"] = &fstest.MapFile{Data: []byte(`export const two = 3;`)}
	after, err := load(tree)
	if err != nil {
		t.Fatal(err)
	}
	for name, moves := range map[string]bool{"two.js": true, "one.js": true, Stylesheet: false, "x.svg": false} {
		if moved := before.URL(name) != after.URL(name); moved != moves {
			t.Errorf("%s has a new name: %v, want %v", name, moved, moves)
		}
	}
	if _, found := get(t, after, before.URL("two.js"), ""); found {
		t.Error("an old name is served with new bytes")
	}
}

func TestScriptsThatImportEachOtherAreRefused(t *testing.T) {
	t.Parallel()
	_, err := load(fstest.MapFS{
		"js/one.js": {Data: []byte(`import "./two.js";`)},
		"js/two.js": {Data: []byte(`import "./one.js";`)},
	})
	if err == nil {
		t.Error("no error")
	}
	_, err = load(fstest.MapFS{"js/one.js": {Data: []byte(`import "./gone.js";`)}})
	if err == nil {
		t.Error("a script that imports what isn't there: no error")
	}
}

func TestEveryFileIsServed(t *testing.T) {
	t.Parallel()
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Names()) < 8 {
		t.Errorf("only %v", a.Names())
	}
	for _, name := range a.Names() {
		plain, found := get(t, a, a.URL(name), "")
		text, _ := io.ReadAll(plain.Body)
		if !found || plain.StatusCode != http.StatusOK || len(text) == 0 || plain.Header.Get("Content-Type") == "" || plain.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d, %d bytes, %q", name, plain.StatusCode, len(text), plain.Header.Get("Content-Type"))
		}
		squeezed, _ := get(t, a, a.URL(name), "gzip, br")
		if squeezed.Header.Get("Content-Encoding") == "br" {
			unsqueezed, err := io.ReadAll(brotli.NewReader(squeezed.Body))
			if err != nil || string(unsqueezed) != string(text) || squeezed.Header.Get("Vary") != "Accept-Encoding" || squeezed.Header.Get("Etag") == plain.Header.Get("Etag") {
				t.Errorf("%s in brotli: %v, %v", name, err, squeezed.Header)
			}
		} else if strings.HasSuffix(name, ".css") {
			t.Errorf("%s isn't compressed", name)
		}
	}
	refused, _ := get(t, a, a.URL(Stylesheet), "br;q=0, gzip;q=0")
	if refused.Header.Get("Content-Encoding") != "" {
		t.Error("a coding that was refused is sent")
	}
}

// TestScriptsKeepToThePolicy looks for what has no place on this site.
func TestScriptsKeepToThePolicy(t *testing.T) {
	t.Parallel()
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range a.Names() {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		r, _ := get(t, a, a.URL(name), "")
		text, _ := io.ReadAll(r.Body)
		for _, bad := range []string{".innerHTML", "eval(", "document.write", "document.cookie", "new Function"} {
			if strings.Contains(string(text), bad) {
				t.Errorf("%s uses %s", name, bad)
			}
		}
	}
}
