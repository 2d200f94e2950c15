package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"redress/internal/civics/civicstest"
	"redress/internal/letter"
	"redress/internal/organization"
	"redress/internal/pledge"
)

const flyer = "/issues/qualified-immunity/from/flyer-1"

func addSource(t *testing.T, p *pledge.Pledges, code string) {
	t.Helper()
	if err := p.AddSource(t.Context(), pledge.Source{IssueSlug: "qualified-immunity", Code: code, Label: "Flyer", MadeBy: "ana"}); err != nil {
		t.Fatal(err)
	}
}

func TestSignaturesAreCountedByTheirSource(t *testing.T) {
	t.Parallel()
	p := newPledgeSite(t)
	addSource(t, p.Pledges, "flyer-1")
	plain, with := bodyOf(t, p.get(pledgePath)), bodyOf(t, p.get(pledgePath+"?from=flyer-1"))
	const field = `<input type="hidden" name="from" value="flyer-1">`
	if strings.Contains(plain, field) || !strings.Contains(with, field) {
		t.Errorf("the form lacks its code:\n%s", with)
	}
	for _, unknown := range []string{"?from=flyer-2", "?from=", "?from=%00", "?from=%3Cb%3E", "?from=flyer-2&from=flyer-1"} {
		if got := bodyOf(t, p.get(pledgePath+unknown)); got != plain {
			t.Errorf("%s is another page", unknown)
		}
	}
	for n, code := range []string{"flyer-1", "flyer-2", "<b>"} {
		form := anasForm()
		form.Set("given_name", "Ana"+strings.Repeat("a", n))
		form.Set("email", "ana"+string(rune('a'+n))+"@mail.example")
		form.Set("from", code)
		if r := p.post(pledgePath, form); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d", r.StatusCode)
		}
		if r := p.post(p.link(t), nil); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d", r.StatusCode)
		}
	}
	days := func() []pledge.SourceDay {
		list, err := p.Pledges.SourceDays(context.Background(), "qualified-immunity", time.Time{}, *p.clock)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := days(); len(got) != 1 || got[0].N != 1 || got[0].Code != "flyer-1" || got[0].Label != "Flyer" || got[0].Day.Format(time.DateOnly) != "2026-11-22" {
		t.Errorf("%+v", got)
	}
	// A code in a form that comes back stays in it.
	form := anasForm()
	form.Set("email", "ana")
	form.Set("from", "flyer-1")
	if body := bodyOf(t, p.post(pledgePath, form)); !strings.Contains(body, field) {
		t.Error("the form that came back lost its code")
	}
	// What is deleted stays counted.
	if err := p.db.Gorm.Exec(`DELETE FROM signature`).Error; err != nil {
		t.Fatal(err)
	}
	if got := days(); len(got) != 1 || got[0].N != 1 {
		t.Errorf("after deleting: %+v", got)
	}
}

func TestAnIssuesPageCarriesItsSource(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	l.Organizations = organization.New(l.db)
	addSource(t, l.Pledges, "flyer-1")
	plain, with := l.page(t, http.StatusOK, l.get("/issues/qualified-immunity")), l.get(flyer)
	if got := with.Header.Get("Cache-Control"); !strings.HasPrefix(got, "public") {
		t.Errorf("Cache-Control is %q", got)
	}
	body := l.page(t, http.StatusOK, with)
	for _, want := range []string{`<input type="hidden" name="from" value="flyer-1">`, `href="/issues/qualified-immunity/letter?from=flyer-1"`, `rel="canonical" href="` + l.Config.BaseURL + `/issues/qualified-immunity"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(plain, "flyer-1") || strings.Contains(plain, `name="from"`) {
		t.Error("the plain page has a code")
	}
	if again := bodyOf(t, l.get(flyer, "User-Agent", "another", "Cookie", "a=b")); again != body {
		t.Error("not the same bytes for everyone")
	}
	for _, unknown := range []string{"/issues/qualified-immunity/from/nosuch", "/issues/qualified-immunity/from/%22%3E", "/issues/nosuch/from/flyer-1"} {
		r := l.get(unknown)
		to, _, _ := strings.Cut(unknown, "/from/")
		if r.StatusCode != http.StatusFound || r.Header.Get("Location") != to || r.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %s %s", unknown, r.StatusCode, r.Header.Get("Location"), r.Header.Get("Cache-Control"))
		}
	}
	if err := l.Pledges.RetireSource(t.Context(), "qualified-immunity", "flyer-1"); err != nil {
		t.Fatal(err)
	}
	l.Changed("content") // the change is told by the database
	if r := l.get(flyer); r.StatusCode != http.StatusFound {
		t.Errorf("a retired code: %d", r.StatusCode)
	}
}

func TestMessagesAreCountedByTheirSource(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	addSource(t, l.Pledges, "flyer-1")
	find := l.page(t, http.StatusOK, l.get(letterPath+"?from=flyer-1"))
	if strings.Count(find, `/letter/recipients?from=flyer-1"`) < 2 || !strings.Contains(find, `name="from" value="flyer-1"`) {
		t.Errorf("the finding forms lack their code:\n%s", find)
	}
	page := l.page(t, http.StatusOK, l.post(letterPath+"/recipients?from=flyer-1", url.Values{"address": {civicstest.Denver}}))
	form := fillMaya(formOnPage(t, page))
	if form.Get("from") != "flyer-1" {
		t.Fatalf("the letter's form carries %q", form.Get("from"))
	}
	if r := l.post(letterPath, form); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", r.StatusCode)
	}
	days := func() []letter.SourceDay {
		list, err := letter.ReadSourceDays(context.Background(), l.db, "", time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := days(); len(got) != 0 {
		t.Errorf("counted before it was confirmed: %+v", got)
	}
	for _, m := range l.mails(t) {
		if at := confirmPath.FindString(m.Text); at != "" {
			if r := l.post(at, nil); r.StatusCode != http.StatusSeeOther {
				t.Fatalf("%d", r.StatusCode)
			}
		}
	}
	if got := days(); len(got) != 1 || got[0].N != 1 || got[0].Code != "flyer-1" {
		t.Errorf("%+v", got)
	}
	if err := l.db.Gorm.Exec(`DELETE FROM message`).Error; err != nil {
		t.Fatal(err)
	}
	if got := days(); len(got) != 1 || got[0].N != 1 {
		t.Errorf("after deleting: %+v", got)
	}
}
