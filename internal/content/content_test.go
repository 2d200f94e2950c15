package content_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	files "redress/content"
	"redress/internal/center"
	"redress/internal/content"
	"redress/internal/content/item"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// world is a database with everything that moves content in and out of it.
type world struct {
	*content.Content
	db     *postgres.DB
	issues *issue.Issues
	terms  *glossary.Glossary
}

func newWorld(t *testing.T) world {
	t.Helper()
	db := postgrestest.New(t)
	w := world{db: db, issues: issue.New(db), terms: glossary.New(db)}
	letters := letter.New(letter.Options{DB: db, Issues: w.issues})
	pledges := pledge.New(db, nil, nil, pledge.Options{})
	t.Cleanup(pledges.Close)
	w.Content = content.New(db, func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }, content.Rooms{
		Centers: center.New(db), Terms: w.terms, Organizations: organization.New(db), Issues: w.issues,
		SaveLetter: letters.SaveContent, SavePledge: pledges.SaveContent,
	})
	return w
}

const (
	centerFile = "---\nname: Center for Open Courts\nsample: true\n---\n\nAbout us.\n"
	termFile   = "---\ntitle: Due process\ndefinition: Fair procedure.\ntheme: Rights\nissues: [water]\n---\n\nMore.\n"
	issueFile  = "---\ntitle: Water\nsummary: Who may drink.\nview: Everyone.\npublished: 2026-01-02\nupdated: 2026-02-03\nterms: [due-process]\n---\n\n## First {#first}\n\nDue process.\n"
)

const letterFile = "---\ntitle: Put it out\nsubject: Fire\nasks:\n  - {level: federal, chamber: any, state: any, stance: any, subject: Fire, body: Put it out., call: Hello.}\n---\n"

func small() fstest.MapFS {
	return fstest.MapFS{
		"en/center.md":            {Data: []byte(centerFile)},
		"en/terms/due-process.md": {Data: []byte(termFile)},
		"en/issues/water.md":      {Data: []byte(issueFile)},
	}
}

// folder writes files where Import can read them.
func folder(t *testing.T, fsys fstest.MapFS) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	return dir
}

func edit(t *testing.T, name, old, now string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s doesn't hold %q", name, old)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), old, now, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w world) imported(t *testing.T, dir string, o content.Options) content.Result {
	t.Helper()
	result, err := w.Import(t.Context(), dir, o)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return result
}

func (w world) exported(t *testing.T, dir string) {
	t.Helper()
	if _, err := w.Export(t.Context(), dir); err != nil {
		t.Fatalf("export: %v", err)
	}
}

func (w world) revisions(t *testing.T) (n int64) {
	t.Helper()
	if err := w.db.Read(t.Context()).Model(&content.Revision{}).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStructsFitTheirTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), &center.Center{}, &center.Page{}, &glossary.Term{},
		&organization.Organization{}, &issue.Issue{}, &issue.Action{}, &issue.Bill{}, &issue.StateLaw{},
		&issue.Article{}, &content.Revision{})
}

func TestSampleContentLoadsOnceIntoAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var loads atomic.Int32
	var running sync.WaitGroup
	for range 3 {
		running.Go(func() {
			loaded, err := w.LoadEmpty(t.Context(), files.FS, "sample")
			if err != nil {
				t.Errorf("load: %v", err)
			}
			if loaded {
				loads.Add(1)
			}
		})
	}
	running.Wait()
	if loads.Load() != 1 {
		t.Fatalf("loaded %d times", loads.Load())
	}
	terms, err := w.terms.List(t.Context())
	if err != nil || len(terms) < 60 {
		t.Errorf("%d terms, %v", len(terms), err)
	}
	issues, err := w.issues.List(t.Context())
	if err != nil || len(issues) < 2 || issues[0].Slug != "qualified-immunity" {
		t.Errorf("issues: %v, %v", issues, err)
	}
}

func TestExportThenImportIsNoRevision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.LoadEmpty(t.Context(), files.FS, "sample"); err != nil {
		t.Fatal(err)
	}
	before := w.revisions(t)
	dir := t.TempDir()
	w.exported(t, dir)
	result := w.imported(t, dir, content.Options{})
	if len(result.Saved) != 0 || result.Unchanged != int(before) {
		t.Errorf("saved %v, %d unchanged of %d", result.Saved, result.Unchanged, before)
	}
	if after := w.revisions(t); after != before {
		t.Errorf("%d revisions became %d", before, after)
	}
	w.exported(t, dir) // over itself
}

func TestEditsGoInAndStopAtOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, folder(t, small()), content.Options{Author: "first"})
	maya, ben := t.TempDir(), t.TempDir()
	w.exported(t, maya)
	w.exported(t, ben)
	edit(t, filepath.Join(maya, "en/issues/water.md"), "title: Water", "title: Clean water")
	edit(t, filepath.Join(ben, "en/issues/water.md"), "summary: Who may drink.", "summary: Who may swim.")
	edit(t, filepath.Join(ben, "en/terms/due-process.md"), "Fair procedure.", "Fair dealing.")

	if result := w.imported(t, maya, content.Options{Author: "maya"}); !slices.Equal(result.Saved, []string{"en/issues/water.md"}) || result.Unchanged != 2 {
		t.Errorf("maya's import: %+v", result)
	}
	before := w.revisions(t)
	_, err := w.Import(t.Context(), ben, content.Options{Author: "ben"})
	var conflicts content.Conflicts
	if !errors.As(err, &conflicts) || len(conflicts) != 1 || conflicts[0].File != "en/issues/water.md" {
		t.Fatalf("ben's import: %v", err)
	}
	for _, line := range []string{"-title: Clean water\n", "+title: Water\n", "-summary: Who may drink.\n", "+summary: Who may swim.\n", " view: Everyone.\n", "@@ -1,"} {
		if !strings.Contains(conflicts[0].Diff, line) {
			t.Errorf("the diff lacks %q:\n%s", line, conflicts[0].Diff)
		}
	}
	if after := w.revisions(t); after != before {
		t.Error("a refused import left revisions")
	}
	term, err := w.terms.BySlug(t.Context(), "due-process")
	if err != nil || term.Definition != "Fair procedure." {
		t.Errorf("a refused import saved %q, %v", term.Definition, err)
	}

	w.imported(t, ben, content.Options{Author: "ben", Force: true})
	got, err := w.issues.BySlug(t.Context(), "water")
	if err != nil || got.Title != "Water" || got.Summary != "Who may swim." {
		t.Errorf("after force: %q %q, %v", got.Title, got.Summary, err)
	}
	history, err := w.History(t.Context(), content.KindIssues, "water", "en")
	if err != nil {
		t.Fatal(err)
	}
	var authors []string
	for _, r := range history {
		authors = append(authors, r.Author)
	}
	if !slices.Equal(authors, []string{"ben", "maya", "first"}) {
		t.Errorf("authors: %v", authors)
	}
}

func TestAFileThatWasNeverExportedDoesNotOverwrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, folder(t, small()), content.Options{})
	fsys := small()
	fsys["en/issues/water.md"] = &fstest.MapFile{Data: []byte(strings.Replace(issueFile, "Everyone", "No one", 1))}
	var conflicts content.Conflicts
	if _, err := w.ImportFS(t.Context(), fsys, content.Options{}); !errors.As(err, &conflicts) {
		t.Errorf("it does: %v", err)
	}
}

func TestExportNeverOverwritesEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, folder(t, small()), content.Options{})
	dir := t.TempDir()
	w.exported(t, dir)
	name := filepath.Join(dir, "en/issues/water.md")
	edit(t, name, "Due process.", "My hour of work.")
	if _, err := w.Export(t.Context(), dir); !errors.Is(err, content.ErrEdited) || !strings.Contains(err.Error(), "en/issues/water.md") {
		t.Fatalf("export: %v", err)
	}
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), "My hour of work.") {
		t.Error("the edit is lost")
	}
	w.imported(t, dir, content.Options{})
	w.exported(t, dir)
}

func TestEveryProblemIsReportedAndNothingSaved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fsys := fstest.MapFS{
		"en/center.md":            {Data: []byte("---\nname: X\naccent: red\nnosuch: 1\n---\n")},
		"en/terms/Bad_Slug.md":    {Data: []byte(termFile)},
		"en/terms/untitled.md":    {Data: []byte("---\ndefinition: x\ntheme: y\nrelated:\n  - {slug: a, kind: cousin}\n---\n")},
		"en/organizations/o.md":   {Data: []byte("---\nname: O\nwhat: w\nsite_url: http://example.org\n---\n")},
		"en/issues/water.md":      {Data: []byte(strings.Replace(issueFile, "2026-01-02", "soon", 1) + "\n{{votes}}\n\n[x](http://example.org)\n")},
		"en/issues/nofront.md":    {Data: []byte("# Hello\n")},
		"en/poems/x.md":           {Data: []byte("---\n---\n")},
		"README.md":               {Data: []byte("read me")},
		"en/issues/.hidden.md":    {Data: []byte("no")},
		"en/issues/water.md.orig": {Data: []byte("no")},
	}
	_, err := w.ImportFS(t.Context(), fsys, content.Options{})
	problems, ok := item.AsProblems(err)
	if !ok {
		t.Fatalf("import: %v", err)
	}
	got := problems.Error()
	for _, want := range []string{
		"en/center.md:3: accent: must be a color",
		"en/center.md:4: nosuch: there is no such field",
		`en/terms/Bad_Slug.md: "Bad_Slug" is not a slug`,
		"en/terms/untitled.md: title: is required",
		`en/terms/untitled.md:5: related[0].kind: "cousin" is not one of`,
		"en/organizations/o.md:4: site_url: must be a link that begins with https://",
		"en/issues/water.md:5: a date is written as 2026-11-20",
		"en/issues/water.md:14: body: there is no table {{votes}}",
		"en/issues/water.md:16: body: the link http://example.org must",
		"en/issues/nofront.md:1: the file must begin with a line ---",
		"en/poems/x.md: no kind of content stands here",
		"README.md: no kind of content stands here",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if len(problems) != 12 {
		t.Errorf("%d problems:\n%s", len(problems), got)
	}
	if n := w.revisions(t); n != 0 {
		t.Errorf("%d revisions were saved", n)
	}
}

func TestReferencesMustLeadSomewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fsys := small()
	fsys["en/terms/due-process.md"] = &fstest.MapFile{Data: []byte("---\ntitle: D\ndefinition: d\ntheme: t\nissues: [nowhere]\nrelated:\n  - {slug: notice, kind: see_also}\n---\n")}
	fsys["en/letters/fire.md"] = &fstest.MapFile{Data: []byte(letterFile)}
	fsys["en/updates/news.md"] = &fstest.MapFile{Data: []byte("---\nissue: smoke\ntitle: News\ndate: 2026-01-01\nsummary: s\n---\n")}
	_, err := w.ImportFS(t.Context(), fsys, content.Options{})
	problems, ok := item.AsProblems(err)
	if !ok {
		t.Fatalf("import: %v", err)
	}
	want := []string{
		`en/terms/due-process.md: issues: there is no issue "nowhere"`,
		`en/terms/due-process.md: related: there is no term "notice"`,
		`en/updates/news.md: issue: there is no issue "smoke"`,
		`en/letters/fire.md: is named after an issue "fire" that isn't there`,
	}
	if got := problems.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestTermsMayNotContradictOneAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	term := func(front string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("---\ntitle: T\ndefinition: d\ntheme: t\n" + front + "---\n")}
	}
	fsys := small()
	fsys["en/terms/a.md"] = term("related:\n  - {slug: b, kind: broader}\n  - {slug: due-process, kind: confused_with}\n")
	fsys["en/terms/b.md"] = term("related:\n  - {slug: c, kind: broader}\n")
	fsys["en/terms/c.md"] = term("related:\n  - {slug: a, kind: narrower}\n  - {slug: due-process, kind: narrower}\n")
	fsys["en/terms/due-process.md"] = term("issues: [water]\nrelated:\n  - {slug: a, kind: see_also}\n")
	w.imported(t, folder(t, fsys), content.Options{})

	fsys["en/terms/c.md"] = term("related:\n  - {slug: a, kind: broader}\n")
	fsys["en/terms/due-process.md"] = term("issues: [water]\nactions: [letter]\n")
	_, err := w.ImportFS(t.Context(), fsys, content.Options{Force: true})
	problems, ok := item.AsProblems(err)
	if !ok {
		t.Fatalf("import: %v", err)
	}
	want := []string{
		`en/terms/a.md: related: says that "b" is broader than "a", and by other relations "a" is broader than "b" (b is part of c is part of a)`,
		`en/terms/b.md: related: says that "c" is broader than "b", and by other relations "b" is broader than "c" (c is part of a is part of b)`,
		`en/terms/c.md: related: says that "a" is broader than "c", and by other relations "c" is broader than "a" (a is part of b is part of c)`,
		`en/terms/due-process.md: actions: none of the term's issues has an action "letter"`,
	}
	if got := problems.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestAnImportIsHeardOfWithinASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := make(chan string, 10)
	listening := make(chan struct{}, 1)
	go func() {
		w.db.Listen(ctx, func(tag string) { heard <- tag }, func() {
			select {
			case listening <- struct{}{}:
			default:
			}
		})
	}()
	select {
	case <-listening:
	case <-time.After(5 * time.Second):
		t.Fatal("no listener")
	}
	w.imported(t, folder(t, small()), content.Options{})
	select {
	case tag := <-heard:
		if tag != "content" {
			t.Errorf("tag %q", tag)
		}
	case <-time.After(time.Second):
		t.Error("nothing was heard for a second")
	}
}

func TestSampleIssuesAreKnownUntilSomebodySavesOrHidesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.LoadEmpty(t.Context(), files.FS, content.SampleAuthor); err != nil {
		t.Fatal(err)
	}
	still := func() []string {
		t.Helper()
		slugs, err := w.SampleIssues(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slugs
	}
	if got := still(); !slices.Equal(got, []string{"public-records", "qualified-immunity"}) {
		t.Fatalf("the sample's issues: %v", got)
	}
	dir := t.TempDir()
	w.exported(t, dir)
	edit(t, filepath.Join(dir, "en/issues/qualified-immunity.md"), "title: Qualified immunity", "title: Qualified immunity, explained")
	edit(t, filepath.Join(dir, "en/issues/public-records.md"), "published: 2026-11-20", "published: 2999-01-01")
	w.imported(t, dir, content.Options{Author: "maya"})
	if got := still(); len(got) != 0 {
		t.Errorf("still the sample's: %v", got)
	}
}

// TestAPastMeetingIsNotedNotRefused imports a meeting that is over: it is saved,
// and the import says so.
func TestAPastMeetingIsNotedNotRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files := small()
	const meeting = "{key: KEY, board: Board, starts: YEAR-01-05T18:00, zone: America/Denver, place: Hall, city: Denver, state: CO, speak: Sign up.}"
	past, next := strings.NewReplacer("KEY", "past", "YEAR", "2026"), strings.NewReplacer("KEY", "next", "YEAR", "2027")
	files["en/meetings/water.md"] = &fstest.MapFile{Data: []byte("---\nmeetings:\n  - " + past.Replace(meeting) + "\n  - " + next.Replace(meeting) + "\n---\n")}
	files["en/records/water.md"] = &fstest.MapFile{Data: []byte("---\nchoices: [{key: a, title: A, ask: The A.}]\n---\n")}
	result, err := w.ImportFS(t.Context(), files, content.Options{})
	if err != nil || len(result.Notes) != 1 || !strings.HasPrefix(result.Notes[0], `en/meetings/water.md: the meeting "past"`) {
		t.Fatalf("notes are %q, %v", result.Notes, err)
	}
	dir := t.TempDir()
	w.exported(t, dir)
	if again := w.imported(t, dir, content.Options{}); len(again.Saved) != 0 || len(again.Notes) != 0 {
		t.Errorf("an import of the export saves %v and notes %v", again.Saved, again.Notes)
	}
	for _, kind := range []string{"meetings", "records"} {
		_, err := w.ImportFS(t.Context(), fstest.MapFS{"en/" + kind + "/fire.md": {Data: []byte("---\ntitle: Of no issue\n---\n")}}, content.Options{})
		if problems, ok := item.AsProblems(err); !ok || !strings.Contains(problems.Error(), `an issue "fire" that isn't there`) {
			t.Errorf("%s of no issue: %v", kind, err)
		}
	}
}
