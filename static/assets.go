package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// Prefix is the path under which every asset is served.
const Prefix = "/static/"

// Stylesheet is the name of the one stylesheet: all of css/ in the order of
// its file names.
const Stylesheet = "site.css"

// forever is what browsers and proxies are told of a fingerprinted name.
const forever = "public, max-age=31536000, immutable"

// Assets are the files of the site, ready to be sent: fingerprinted and
// compressed once, when the program starts.
type Assets struct {
	byName map[string]*asset // "letter.js" → asset
	byURL  map[string]*asset // "/static/letter.0a1b2c3d4e.js" → asset
}

type asset struct {
	url    string
	header http.Header // Content-Type, Cache-Control, Vary
	plain  body
	gzip   body
	brotli body
}

type body struct {
	bytes  []byte
	length []string
	etag   string
}

// Load reads the embedded files. A script that imports another names it by its
// plain name ("./copy.js"); Load rewrites that to the fingerprinted one.
func Load() (*Assets, error) { return load(files()) }

func load(from fs.FS) (*Assets, error) {
	a := &Assets{byName: map[string]*asset{}, byURL: map[string]*asset{}}
	if err := a.addStylesheet(from); err != nil {
		return nil, err
	}
	if err := a.addImages(from); err != nil {
		return nil, err
	}
	if err := a.addScripts(from); err != nil {
		return nil, err
	}
	a.add(speculationName, "application/speculationrules+json", []byte(speculationRules))
	return a, nil
}

// URL is the fingerprinted path of an asset, "" when there is none.
func (a *Assets) URL(name string) string {
	if found, ok := a.byName[name]; ok {
		return found.url
	}
	return ""
}

// Names lists every asset's plain name in order.
func (a *Assets) Names() []string {
	names := make([]string, 0, len(a.byName))
	for name := range a.byName {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Serve answers a request for an asset and reports whether there is one. Only
// the path decides; a name with an old or made-up fingerprint is not found.
func (a *Assets) Serve(w http.ResponseWriter, r *http.Request) bool {
	found, ok := a.byURL[r.URL.Path]
	if !ok {
		return false
	}
	h := w.Header()
	for name, values := range found.header {
		h[name] = values
	}
	b := found.plain
	switch accepted := r.Header.Get("Accept-Encoding"); {
	case found.brotli.bytes != nil && accepts(accepted, "br"):
		b = found.brotli
		h.Set("Content-Encoding", "br")
	case found.gzip.bytes != nil && accepts(accepted, "gzip"):
		b = found.gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", b.etag)
	if r.Header.Get("If-None-Match") == b.etag {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	h["Content-Length"] = b.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.bytes) // the browser went away: nobody to tell
	}
	return true
}

// accepts reports whether an Accept-Encoding header offers a coding by name
// without forbidding it (q=0).
func accepts(header, coding string) bool {
	for offer := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

func (a *Assets) addStylesheet(from fs.FS) error {
	names, err := fs.Glob(from, "css/*.css")
	if err != nil {
		return err
	}
	sort.Strings(names)
	var sheet bytes.Buffer
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		sheet.Write(text)
		sheet.WriteByte('\n')
	}
	a.add(Stylesheet, "text/css; charset=utf-8", sheet.Bytes())
	return nil
}

func (a *Assets) addImages(from fs.FS) error {
	names, err := fs.Glob(from, "images/*")
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		a.add(path.Base(name), typeOf(name), content)
	}
	return nil
}

var imports = regexp.MustCompile(`(from\s+|import\s+)(["'])\./([\w-]+\.js)["']`)

// addScripts adds js/. A script is added after those that it imports, so that
// its own fingerprint covers theirs.
func (a *Assets) addScripts(from fs.FS) error {
	names, err := fs.Glob(from, "js/*.js")
	if err != nil {
		return err
	}
	visiting := map[string]bool{}
	var addScript func(name string) error
	addScript = func(name string) error {
		if a.byName[name] != nil {
			return nil
		}
		if visiting[name] {
			return fmt.Errorf("js/%s imports itself in a circle", name)
		}
		visiting[name] = true
		text, err := fs.ReadFile(from, "js/"+name)
		if err != nil {
			return fmt.Errorf("read js/%s: %w", name, err)
		}
		for _, found := range imports.FindAllSubmatch(text, -1) {
			if err := addScript(string(found[3])); err != nil {
				return err
			}
		}
		text = imports.ReplaceAllFunc(text, func(match []byte) []byte {
			parts := imports.FindSubmatch(match)
			return []byte(string(parts[1]) + `"` + a.URL(string(parts[3])) + `"`)
		})
		a.add(name, "text/javascript; charset=utf-8", text)
		return nil
	}
	for _, name := range names {
		if err := addScript(path.Base(name)); err != nil {
			return err
		}
	}
	return nil
}

func typeOf(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (a *Assets) add(name, contentType string, content []byte) {
	sum := sha256.Sum256(content)
	print := hex.EncodeToString(sum[:])[:12]
	ext := path.Ext(name)
	made := &asset{
		url: Prefix + strings.TrimSuffix(name, ext) + "." + print + ext,
		header: http.Header{
			"Content-Type":  {contentType},
			"Cache-Control": {forever},
		},
		plain: newBody(content, print, ""),
	}
	if compressible(contentType) {
		made.header["Vary"] = []string{"Accept-Encoding"}
		made.brotli = smaller(content, newBody(brotliBest(content), print, "-br"))
		made.gzip = smaller(content, newBody(gzipBest(content), print, "-gz"))
	}
	a.byName[name] = made
	a.byURL[made.url] = made
}

func newBody(content []byte, print, suffix string) body {
	return body{
		bytes:  content,
		length: []string{strconv.Itoa(len(content))},
		etag:   `"` + print + suffix + `"`,
	}
}

// smaller is the compressed body, or none where compressing didn't help.
func smaller(plain []byte, compressed body) body {
	if len(compressed.bytes) >= len(plain) {
		return body{}
	}
	return compressed
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") ||
		strings.HasPrefix(contentType, "image/svg+xml") ||
		strings.Contains(contentType, "json")
}

func brotliBest(content []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotli.BestCompression)
	_, _ = w.Write(content) // a bytes.Buffer doesn't fail
	_ = w.Close()
	return out.Bytes()
}

func gzipBest(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid constant
	_, _ = w.Write(content)
	_ = w.Close()
	return out.Bytes()
}
