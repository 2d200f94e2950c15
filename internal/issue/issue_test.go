package issue_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	files "redress/content"
	"redress/internal/center"
	"redress/internal/content"
	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/organization"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"

	"context"
)

func load(t *testing.T, fsys fstest.MapFS) *issue.Issues {
	t.Helper()
	db := postgrestest.New(t)
	issues := issue.New(db)
	mover := content.New(db, time.Now, content.Rooms{
		Centers: center.New(db), Terms: glossary.New(db), Organizations: organization.New(db), Issues: issues,
	})
	if _, err := mover.ImportFS(t.Context(), fsys, content.Options{}); err != nil {
		t.Fatal(err)
	}
	return issues
}

const water = `---
title: Water
summary: Who may drink; a matter of due process.
view: Everyone should.
published: 2026-01-02
updated: 2026-02-03
terms: [notice, due-process]
articles: [named]
actions:
  - {kind: pledge, title: Sign, text: One statement., minutes: 2, lobbying: grassroots, approved_by: A. B., approved_on: 2026-01-01}
  - {kind: share, title: Share, lobbying: none}
bills:
  - {key: s-1, legislature: us, session: "119", chamber: senate, number: S. 1, title: Water Act, status: Introduced, status_on: 2025-05-22, committees: [SSJU], sponsor: "bioguide:M000133", sponsor_name: M, expires: 2027-01-03, stance: support, url: "https://example.org/s1"}
states:
  - {code: CO, status: law, what: Has a law., law: SB 1, since: 2020-06-19, source_title: Law, source_url: "https://example.org/co"}
---

Notice and due process. [One](https://example.org/1).

## What states do {#states}

{{states}}

Words after.

## What its defenders say {#defenders}

[Two](https://example.org/2) and [one again](https://example.org/1).
`

func world() fstest.MapFS {
	return fstest.MapFS{
		"en/issues/water.md":      {Data: []byte(water)},
		"en/issues/later.md":      {Data: []byte("---\ntitle: Later\nsummary: s\npublished: 2999-01-01\nupdated: 2026-01-01\n---\n")},
		"en/terms/due-process.md": {Data: []byte("---\ntitle: Due process\ndefinition: d\ntheme: t\n---\n")},
		"en/terms/notice.md":      {Data: []byte("---\ntitle: Notice\ndefinition: d\ntheme: t\n---\n")},
		"en/articles/named.md":    {Data: []byte("---\ntitle: Named\nsource: S\nurl: https://example.org/a\nwhy: w\ndate: 2020-01-01\n---\n")},
		"en/articles/naming.md":   {Data: []byte("---\ntitle: Naming\nsource: S\nurl: https://example.org/b\nwhy: w\nissues: [water]\nterms: [notice]\n---\n")},
	}
}

func TestAnIssueIsComplete(t *testing.T) {
	t.Parallel()
	issues := load(t, world())
	got, err := issues.BySlug(t.Context(), "water")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(got.Lead), `<a class="term" href="/terms/due-process">due process</a>`) {
		t.Errorf("lead: %s", got.Lead)
	}
	if len(got.Sections) != 3 || got.Sections[1].ID != "states" || got.Sections[1].Parts[0].Table != issue.TableStates {
		t.Fatalf("sections: %+v", got.Sections)
	}
	first := string(got.Sections[0].HTML())
	if !strings.Contains(first, `href="/terms/notice"`) || strings.Contains(first, `href="/terms/due-process"`) {
		t.Errorf("a term is marked once a page: %s", first)
	}
	if _, ok := got.Section(issue.DefendersAnchor); !ok {
		t.Error("no section of the defenders")
	}
	var sources []string
	for _, s := range got.Sources {
		sources = append(sources, s.URL)
	}
	if want := []string{"https://example.org/1", "https://example.org/2", "https://example.org/co", "https://example.org/s1"}; !slices.Equal(sources, want) {
		t.Errorf("sources: %v", sources)
	}
	if got.ReadMinutes != 1 || len(got.Articles) != 2 || got.Articles[0].Slug != "named" {
		t.Errorf("%d minutes, articles %+v", got.ReadMinutes, got.Articles)
	}
	if len(got.Terms) != 2 || got.Terms[0].Slug != "notice" || len(got.Mentioned) != 2 || got.Mentioned[0].Slug != "due-process" {
		t.Errorf("terms %v, mentioned %v", got.Terms, got.Mentioned)
	}
	pledge, ok := got.Action(issue.ActionPledge)
	if !ok || pledge.Minutes != 2 || pledge.ApprovedOn.Format(time.DateOnly) != "2026-01-01" {
		t.Errorf("pledge: %+v", pledge)
	}
	if share, _ := got.Action(issue.ActionShare); !share.ApprovedOn.IsZero() {
		t.Errorf("a date that isn't there is %v", share.ApprovedOn)
	}
	bill, ok := got.Bill("s-1")
	if !ok || bill.SponsorID != "bioguide:M000133" || bill.CosponsorIDs == nil {
		t.Errorf("bill: %+v", bill)
	}
	if bill.Expired(time.Date(2027, 1, 3, 4, 59, 0, 0, time.UTC)) || !bill.Expired(time.Date(2027, 1, 3, 5, 0, 0, 0, time.UTC)) {
		t.Error("a bill is dead from the day it expires")
	}
}

func TestACommitteeHasABillUntilItDiesOrIsLaw(t *testing.T) {
	t.Parallel()
	issues, err := load(t, world()).WithBills(t.Context())
	if err != nil || len(issues) != 1 || len(issues[0].Bills) != 1 || len(issues[0].Actions) != 2 {
		t.Fatalf("%+v, %v", issues, err)
	}
	bill, before := issues[0].Bills[0], time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	if !bill.InCommittee("SSJU", before) || bill.InCommittee("HSJU", before) {
		t.Errorf("committees: %v", bill.CommitteeIDs)
	}
	if bill.InCommittee("SSJU", bill.Dies()) {
		t.Error("a committee has a bill that died")
	}
	for _, status := range []string{"Became Public Law No: 119-7", "Signed by the President", "Became law without signature"} {
		if bill.Status = status; bill.InCommittee("SSJU", before) {
			t.Errorf("a committee has a bill with the status %q", status)
		}
	}
}

func TestCommitteesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	for from, want := range map[string]string{"[HSJU]": "no committee of the chamber", "[judiciary]": "not a committee's id", "[SSJU06]": "not a committee's id"} {
		it, err := item.Parse("water.md", []byte(strings.Replace(water, "[SSJU]", from, 1)))
		if err != nil {
			t.Fatal(err)
		}
		it.Kind, it.Slug, it.Lang = "issues", "water", "en"
		err = db.InTx(t.Context(), func(tx *postgres.Tx) error { return issue.New(db).SaveContent(t.Context(), tx, it) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", from, err)
		}
	}
}

func TestWhatIsNotPublishedIsNotThere(t *testing.T) {
	t.Parallel()
	issues := load(t, world())
	for _, slug := range []string{"later", "nowhere", ""} {
		if _, err := issues.BySlug(t.Context(), slug); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%q: %v", slug, err)
		}
	}
	list, err := issues.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("list: %v, %v", list, err)
	}
	if _, err := issues.BySlug(i18n.With(t.Context(), "es"), "water"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("in another language: %v", err)
	}
}

func TestSavingAgainReplacesEverything(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	issues := issue.New(db)
	save := func(text string) {
		t.Helper()
		it, err := item.Parse("water.md", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		it.Kind, it.Slug, it.Lang = "issues", "water", "en"
		err = db.InTx(t.Context(), func(tx *postgres.Tx) error { return issues.SaveContent(t.Context(), tx, it) })
		if err != nil {
			t.Fatal(err)
		}
	}
	save(water)
	save("---\ntitle: Air\nsummary: s\npublished: 2026-01-02\nupdated: 2026-02-03\n---\n")
	got, err := issues.Facts(context.Background(), "water")
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "Air" || got.View != "" || len(got.Bills)+len(got.States)+len(got.Actions)+len(got.TermSlugs)+len(got.ArticleSlugs) != 0 {
		t.Errorf("left over: %+v", got)
	}
}

func TestAStateCountsOnceHoweverManyIssuesListIt(t *testing.T) {
	t.Parallel()
	files := world() // "water" lists Colorado
	listing := func(published string, rows ...string) *fstest.MapFile {
		text := "---\ntitle: T\nsummary: s\npublished: " + published + "\nupdated: 2026-01-01\nstates:\n"
		for _, row := range rows {
			text += "  - {" + row + ", what: W., law: L, source_title: S, source_url: \"https://example.org/s\"}\n"
		}
		return &fstest.MapFile{Data: []byte(text + "---\n\n{{states}}\n")}
	}
	files["en/issues/air.md"] = listing("2026-01-02", "code: CO, status: partial", "code: NY, status: law")
	files["en/issues/soil.md"] = listing("2026-01-02", "code: NY, status: city")
	files["en/issues/fire.md"] = listing("2999-01-01", "code: NM, status: law")
	n, err := load(t, files).CountStates(t.Context())
	if err != nil || n != 3 {
		t.Errorf("Colorado, New York and New York City count as %d, %v", n, err)
	}
}

func TestArticlesOnATerm(t *testing.T) {
	t.Parallel()
	articles, err := load(t, world()).ArticlesOnTerm(t.Context(), "notice")
	if err != nil || len(articles) != 1 || articles[0].Slug != "naming" || !articles[0].Date.IsZero() {
		t.Errorf("%+v, %v", articles, err)
	}
}

func TestEveryStateHasOneTileOfItsOwn(t *testing.T) {
	t.Parallel()
	codes, places := map[string]bool{}, map[[2]int]string{}
	for _, tile := range issue.Tiles {
		at := [2]int{tile.Row, tile.Col}
		if codes[tile.Code] || places[at] != "" {
			t.Errorf("%s stands twice or on %s", tile.Code, places[at])
		}
		codes[tile.Code], places[at] = true, tile.Code
	}
	if len(codes) != 51 || !issue.IsState("DC") || issue.IsState("PR") || issue.IsState("co") {
		t.Errorf("%d states", len(codes))
	}
}

func TestTheSampleIssuesAreComplete(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	issues := issue.New(db)
	anything := func(context.Context, *postgres.Tx, item.Item) error { return nil }
	mover := content.New(db, time.Now, content.Rooms{
		Centers: center.New(db), Terms: glossary.New(db), Organizations: organization.New(db), Issues: issues,
		SaveLetter: anything, SavePledge: anything,
	})
	if _, err := mover.LoadEmpty(t.Context(), files.FS, "sample"); err != nil {
		t.Fatal(err)
	}
	qi, err := issues.BySlug(t.Context(), "qualified-immunity")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := qi.Section(issue.DefendersAnchor); !ok {
		t.Errorf("no section {#%s}; the center's view links to it", issue.DefendersAnchor)
	}
	places := map[issue.Table]int{}
	for _, s := range qi.Sections {
		for _, p := range s.Parts {
			places[p.Table]++
		}
	}
	if places[issue.TableStates] != 1 || places[issue.TableBills] != 1 {
		t.Errorf("tables: %v", places)
	}
	if len(qi.Sources) < 10 || qi.ReadMinutes < 4 || len(qi.Mentioned) < 5 || len(qi.Bills) < 4 || len(qi.Articles) < 5 {
		t.Errorf("%d sources, %d minutes, %d terms, %d bills, %d articles", len(qi.Sources), qi.ReadMinutes, len(qi.Mentioned), len(qi.Bills), len(qi.Articles))
	}
}
