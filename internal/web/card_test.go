package web

import (
	"bytes"
	"image/png"
	"net/http"
	"testing"
	"time"

	"redress/internal/web/card"
)

func TestPagesHaveAPictureForTheirLinks(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	for page, picture := range map[string]string{
		"/terms/due-process": "/terms/due-process.png", "/issues/qualified-immunity": "/issues/qualified-immunity.png", theNews: "/issues/qualified-immunity.png",
	} {
		holds(t, page, s.page(t, page), `<meta property="og:image" content="https://act.example.org`+picture+`">`,
			`<meta name="twitter:card" content="summary_large_image">`, `<meta property="og:image:width" content="1200">`)
		answer := s.get(picture, "Accept-Encoding", "br, gzip")
		file := []byte(bodyOf(t, answer))
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%s answers %d, %v", picture, answer.StatusCode, answer.Header)
		}
		if size, err := png.DecodeConfig(bytes.NewReader(file)); err != nil || size.Width != card.Width || size.Height != card.Height {
			t.Errorf("%s: %+v, %v", picture, size, err)
		}
		tag := answer.Header.Get("Etag")
		if again := s.get(picture, "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its tag %q answers %d", picture, tag, again.StatusCode)
		}
	}
	holds(t, "a page without a picture of its own", s.page(t, "/terms"), `<meta property="og:image" content="https://act.example.org/static/social.`)
	for _, path := range []string{"/terms/nothing.png", "/issues/nothing.png", "/terms/.png", "/issues/due-process.png", "/terms/due-process.png.png", "/terms/due-process.jpg"} {
		if answer := s.get(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}
