package search_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	files "redress/content"
	"redress/internal/center"
	"redress/internal/content"
	"redress/internal/content/item"
	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/organization"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/search"
)

func sample(t *testing.T) (*search.Search, *postgres.DB) {
	t.Helper()
	db := postgrestest.New(t)
	anything := func(context.Context, *postgres.Tx, item.Item) error { return nil }
	mover := content.New(db, time.Now, content.Rooms{
		Centers: center.New(db), Terms: glossary.New(db), Organizations: organization.New(db), Issues: issue.New(db),
		SaveLetter: anything, SavePledge: anything,
	})
	if _, err := mover.LoadEmpty(t.Context(), files.FS, "sample"); err != nil {
		t.Fatal(err)
	}
	return search.New(db), db
}

func find(t *testing.T, s *search.Search, query string) search.Answer {
	t.Helper()
	a, err := s.Find(t.Context(), query)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	return a
}

func TestFind(t *testing.T) {
	t.Parallel()
	s, _ := sample(t)
	for query, want := range map[string]struct {
		kind search.Kind
		slug string
		how  search.How
	}{
		"qualified immunity":    {search.KindIssue, "qualified-immunity", search.HowAsked},
		"IMMUNITIES qualified":  {search.KindIssue, "qualified-immunity", search.HowAsked},
		"clearly established":   {search.KindTerm, "clearly-established-law", search.HowAsked},
		"civil liberties union": {search.KindOrganization, "aclu", search.HowAsked},
		"ombudsma":              {search.KindTerm, "ombudsman", search.HowBeginnings},
		`"monell liability"`:    {search.KindTerm, "monell-liability", search.HowAsked},
		"policing the police":   {search.KindArticle, "crs-policing-the-police", search.HowAsked},
		"qualifed imunity":      {search.KindTerm, "qualified-immunity", search.HowMeant},
		"fourth amendmemt":      {search.KindTerm, "fourth-amendment", search.HowMeant},
		"sovereihn immunity":    {search.KindTerm, "sovereign-immunity", search.HowMeant},
		"qualifiedimunity":      {search.KindTerm, "qualified-immunity", search.HowMeant},
		"ombusdman":             {search.KindTerm, "ombudsman", search.HowMeant},
		"immunity zebra":        {search.KindTerm, "qualified-immunity", search.HowSome},
	} {
		a := find(t, s, query)
		if a.How != want.how {
			t.Errorf("%q was answered as %q (%s), want %q", query, a.How, a.Meant, want.how)
		}
		at := -1
		for i, r := range a.Results {
			if r.Kind == want.kind && r.Slug == want.slug {
				at = i
				break
			}
		}
		if at < 0 || at > 2 {
			t.Errorf("%q: %s %s stands at %d of %d: %+v", query, want.kind, want.slug, at, len(a.Results), a.Results)
		} else if r := a.Results[at]; !strings.Contains(string(r.Heading+r.Snippet+r.Also), "<mark>") && query != "ombudsma" {
			t.Errorf("%q: nothing is highlighted in %s", query, r.Snippet)
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	s, _ := sample(t)
	for _, query := range []string{"", "the", "zebra", "!!!", "-", `"`, "-immunity", "or", "immunity -immunity", "xyzzyplugh", "???? ¿¿", "\u202e\u200f"} {
		if a := find(t, s, query); len(a.Results) != 0 || a.How != search.HowNot {
			t.Errorf("%q: %s, %s, %+v", query, a.How, a.Meant, a.Results)
		}
	}
	a, err := s.Find(i18n.With(t.Context(), "es"), "immunity")
	if err != nil || len(a.Results) != 0 {
		t.Errorf("in another language: %+v, %v", a, err)
	}
}

var hostile = []string{
	"a\x00b", "\xff\xfe", "' OR 1=1 --", `\`, `\'`, "a & | ! ( ) : *", ":*", "<-> <2>", strings.Repeat("immunity ", 500), "' : *", "it's o'clock", "%", "_", "$$", "@lang", "?", "{{.Query}}",
	strings.Repeat("\ufdfa", 500), strings.Repeat("\u3316", 500), strings.Repeat("e\u0301", 300), strings.Repeat("(", 200), strings.Repeat(`"`, 199), strings.Repeat("-a ", 100), strings.Repeat("a or ", 100),
	"עברית שלום", "العربية", "\u202equalified\u202c immunity", "😀👩‍👩‍👧", "资格豁免", "<b>immunity</b>", "\x02immunity\x03", "it\u2019s", "İSTANBUL ıI", "\u0301\u0301", "ﬀ", "½ ² ª",
}

func TestNoQueryFails(t *testing.T) {
	t.Parallel()
	s, _ := sample(t)
	ask := func(t interface{ Errorf(string, ...any) }, query string) {
		clean, _ := search.Clean(query)
		a, err := s.Find(context.Background(), clean)
		if err != nil {
			t.Errorf("find %q: %v", query, err)
		}
		if (a.How == search.HowNot) != (len(a.Results) == 0) || (a.How == search.HowMeant) && a.Meant == "" {
			t.Errorf("%q: %q, meant %q, with %d results", query, a.How, a.Meant, len(a.Results))
		}
		for _, r := range a.Results {
			for _, html := range []string{string(r.Heading), string(r.Snippet), string(r.Also)} {
				if strings.ContainsAny(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(html), "<>\x02\x03") || strings.Count(html, "<mark>") != strings.Count(html, "</mark>") {
					t.Errorf("%q finds markup: %s", query, html)
				}
			}
		}
		if _, err := s.Suggest(context.Background(), clean); err != nil {
			t.Errorf("suggest %q: %v", query, err)
		}
	}
	for _, query := range hostile {
		ask(t, query)
	}
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom(append(hostile, "qualified", "imunity", "-", `"`, " or ", " ", "immunity")))
	rapid.Check(t, func(t *rapid.T) {
		ask(t, strings.Join(rapid.SliceOfN(piece, 1, 6).Draw(t, "query"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between")))
	})
}

func TestClean(t *testing.T) {
	t.Parallel()
	if got, cut := search.Clean("  a\x00\tb \n c "); got != "a b c" || cut {
		t.Errorf("%q, %v", got, cut)
	}
	if got, cut := search.Clean(strings.Repeat("ß", 500)); utf8.RuneCountInString(got) != search.MaxQuery || !cut {
		t.Errorf("%d characters, %v", utf8.RuneCountInString(got), cut)
	}
	rapid.Check(t, func(t *rapid.T) {
		got, _ := search.Clean(rapid.String().Draw(t, "query"))
		if again, cut := search.Clean(got); again != got || cut || !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\t") {
			t.Fatalf("%q becomes %q", got, again)
		}
	})
}
