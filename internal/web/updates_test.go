package web

import (
	"net/http"
	"testing"
	"time"
)

const theNews = "/issues/qualified-immunity/updates/four-bills-end-in-january"

func TestUpdatesStandOnTheIssueTheListAndThePageOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	for _, page := range []string{"/issues/qualified-immunity", "/issues/qualified-immunity/updates"} {
		holds(t, page, s.page(t, page), `href="`+theNews+`"`, `<time datetime="2026-11-27">November 27, 2026</time>`)
	}
	holds(t, "the update", s.page(t, theNews), "<h1>Four federal bills end on January 3</h1>", `href="/issues/qualified-immunity/updates/bills-to-keep-the-rule"`,
		`<meta property="og:type" content="article">`, `content="https://act.example.org`+theNews+`"`)
	holds(t, "the sitemap", s.page(t, "/sitemap.xml"), "<loc>https://act.example.org"+theNews+"</loc>", "<loc>https://act.example.org/issues/qualified-immunity/updates</loc>")
	holds(t, "an issue without news", s.page(t, "/issues/public-records/updates"), `<meta name="robots" content="noindex">`)
	for _, path := range []string{
		"/issues/nothing/updates", "/issues/qualified-immunity/updates/nothing", "/issues/qualified-immunity/updates/%00",
		"/issues/public-records/updates/four-bills-end-in-january",
	} {
		if answer := s.get(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}
