package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Where the device is finds representatives for a letter and for a call, too.
func TestALetterAndACallGoWhereTheDeviceIs(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	for path, next := range map[string]string{letterPath: "", "/issues/qualified-immunity/call": "call"} {
		asked := l.page(t, http.StatusOK, l.get(path))
		_, form, found := strings.Cut(asked, `<form action="`+letterPath+`/recipients" method="post" class="locate-form" data-locate hidden>`)
		form, _, _ = strings.Cut(form, "</form>")
		if !found || !strings.Contains(form, `name="lat"`) || !strings.Contains(form, `name="lon"`) || strings.Contains(form, `name="next" value="call"`) != (next != "") || !strings.Contains(asked, "/static/locate.") {
			t.Errorf("%s can't ask where the device is: %s", path, form)
		}
		point := url.Values{"lat": {"39.73890"}, "lon": {"-104.99020"}, "next": {next}}
		if answer := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", point)); !strings.Contains(answer, "DeGette") || strings.Contains(answer, "39.7389") {
			t.Errorf("%s answers a point with\n%s", path, answer)
		}
	}
}
