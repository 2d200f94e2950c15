// Package views_test checks that no view says anything itself: every word goes
// through i18n, so that a page can be translated whole.
package views_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"

	"redress/internal/i18n"
)

const root = ".."

// spoken are the attributes that people read or hear.
var spoken = []string{"alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription", "aria-valuetext", "label", "placeholder", "summary", "title"}

// spokenMeta are the names of <meta> whose content people read.
var spokenMeta = []string{"description", "og:title", "og:description", "og:site_name", "og:image:alt", "twitter:title", "twitter:description"}

func TestNoViewHoldsALiteral(t *testing.T) {
	t.Parallel()
	n := 0
	walk(t, filepath.Join(root, "views"), ".templ", func(name string) {
		n++
		file, err := templ.Parse(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		for _, found := range literals(t, file) {
			t.Errorf("%s: %s; put it in internal/i18n/catalog and use i18n.T", strings.TrimPrefix(name, root+"/"), found)
		}
	})
	if n < 4 {
		t.Errorf("only %d views", n)
	}
}

// TestTheCheckSeesLiterals is the proof that the check can fail.
func TestTheCheckSeesLiterals(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{
		`<p>Hello</p>`:                                           1,
		`<p>{ "Hello" }</p>`:                                     1,
		`<p>{ name + " and others" }</p>`:                        1,
		`<p>{ fmt.Sprintf("%d letters", n) }</p>`:                1,
		`<img alt="A map"/>`:                                     1,
		`<img alt={ "A map" }/>`:                                 1,
		`<img alt=""/>`:                                          0,
		`<button aria-label="Close">×</button>`:                  1,
		`<input placeholder="80203"/>`:                           0,
		`<input placeholder="ZIP"/>`:                             1,
		`<meta name="description" content="What it is"/>`:        1,
		`<meta name="viewport" content="width=device-width"/>`:   0,
		"<input\nif wrong {\ntitle=\"Wrong\"\n}\n/>":             1,
		"if x {\n<b>deep</b>\n} else {\nfor range y {\nin\n}\n}": 2,
		`@parts.Sheet() { <p>inside</p> }`:                       1,
		`<p>{ i18n.T(ctx, "layout.skip", "Name", "x") }</p>`:     0,
		`<p>{ word(ctx, "layout.skip") } · 1/2 </p>`:             0,
		`<p class="big" id="x">{ x }&nbsp;&middot;</p>`:          0,
	} {
		file, err := templ.ParseString("package x\n\ntempl X() {\n" + source + "\n}\n")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if found := literals(t, file); len(found) != want {
			t.Errorf("%s: found %q, want %d", source, found, want)
		}
	}
}

var entity = regexp.MustCompile(`&#?\w+;`)

func literals(t *testing.T, file *templ.TemplateFile) (found []string) {
	t.Helper()
	add := func(what, text string) {
		if hasLetter(entity.ReplaceAllString(text, "")) {
			found = append(found, fmt.Sprintf("%s %q", what, text))
		}
	}
	addGo := func(what, source string) {
		for _, text := range goLiterals(source) {
			add(what, text)
		}
	}
	v := visitor.New()
	v.Text = func(n *templ.Text) error { add("text", n.Value); return nil }
	v.StringExpression = func(n *templ.StringExpression) error {
		addGo("expression", n.Expression.Value)
		return nil
	}
	element := v.Element
	v.Element = func(n *templ.Element) error {
		attributes(n.Attributes, spokenOf(n), add, addGo)
		return element(n)
	}
	if err := file.Visit(v); err != nil {
		t.Error(err)
	}
	return found
}

// spokenOf are the attributes of an element that people read.
func spokenOf(n *templ.Element) []string {
	if n.Name != "meta" {
		return spoken
	}
	for _, a := range n.Attributes {
		if a, ok := a.(*templ.ConstantAttribute); ok && slices.Contains(spokenMeta, a.Value) {
			return append(slices.Clone(spoken), "content")
		}
	}
	return spoken
}

func attributes(all []templ.Attribute, spoken []string, add, addGo func(what, text string)) {
	for _, a := range all {
		switch a := a.(type) {
		case *templ.ConstantAttribute:
			if key := a.Key.String(); slices.Contains(spoken, key) {
				add(key, a.Value)
			}
		case *templ.ExpressionAttribute:
			if key := a.Key.String(); slices.Contains(spoken, key) {
				addGo(key, a.Expression.Value)
			}
		case *templ.ConditionalAttribute:
			attributes(a.Then, spoken, add, addGo)
			attributes(a.Else, spoken, add, addGo)
		}
	}
}

// goLiterals are the string literals of an expression that aren't handed to
// i18n and aren't a key.
func goLiterals(source string) (found []string) {
	expression, err := parser.ParseExpr(source)
	if err != nil {
		return nil // templ generate has the word on that
	}
	ast.Inspect(expression, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && strings.HasPrefix(nameOf(call.Fun), "i18n.") {
			return false
		}
		if text, ok := literal(n); ok && !isKeyOrPrefix(text) {
			found = append(found, text)
		}
		return true
	})
	return found
}

func hasLetter(text string) bool { return strings.IndexFunc(text, unicode.IsLetter) >= 0 }

// takesKey are the functions whose arguments are a message's key.
var takesKey = []string{"i18n.T", "fault.Invalid", "fault.NotFound", "fault.Conflict", "fault.Forbidden", "fault.Busy", "fault.Unavailable"}

// keyed are the fields of structs that hold a message's key.
var keyed = []string{"Key"}

// TestKeysAndCatalogsAgree finds keys that the code names and no catalog has,
// and keys that a catalog has and nothing names.
func TestKeysAndCatalogsAgree(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, dir := range []string{"internal", "views", "cmd"} {
		if _, err := os.Stat(filepath.Join(root, dir)); err != nil {
			continue
		}
		walk(t, filepath.Join(root, dir), ".go", func(name string) {
			if strings.HasSuffix(name, "_test.go") {
				return
			}
			for _, wrong := range keysOf(t, name, used) {
				t.Errorf("%s: no catalog has the key %q", strings.TrimPrefix(name, root+"/"), wrong)
			}
		})
	}
	var idle []string
	for _, key := range i18n.Keys() {
		if !used[key] {
			idle = append(idle, key)
		}
	}
	slices.Sort(idle)
	for _, key := range idle {
		t.Errorf("nothing says %q", key)
	}
}

// keysOf marks the keys that a file names as used and returns those that must
// exist and don't. A literal that a key only begins with ("letter.state." +
// state) stands for all such keys.
func keysOf(t *testing.T, name string, used map[string]bool) (missing []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return nil
	}
	must := func(n ast.Expr) {
		if text, ok := literal(n); ok && text != "" && !i18n.Has(text) {
			missing = append(missing, text)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch called := nameOf(n.Fun); {
			case called == "i18n.T" && len(n.Args) > 1:
				must(n.Args[1])
			case slices.Contains(takesKey, called) && len(n.Args) > 0:
				must(n.Args[0])
			}
		case *ast.KeyValueExpr:
			if field, ok := n.Key.(*ast.Ident); ok && slices.Contains(keyed, field.Name) && looksLikeKey(n.Value) {
				must(n.Value)
			}
		}
		if text, ok := literal(n); ok {
			mark(text, used)
		}
		return true
	})
	return missing
}

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

func looksLikeKey(n ast.Expr) bool {
	text, ok := literal(n)
	return ok && keyShape.MatchString(text)
}

// mark notes every key that a literal may stand for.
func mark(text string, used map[string]bool) {
	if i18n.Has(text) {
		used[text] = true
		return
	}
	text, _, _ = strings.Cut(text, "%")
	room, _, _ := strings.Cut(text, ".")
	if !strings.Contains(text, ".") || !keyRooms()[room] {
		return
	}
	for _, key := range i18n.Keys() {
		if strings.HasPrefix(key, strings.TrimSuffix(text, ".")+".") || (strings.HasSuffix(text, "_") && strings.HasPrefix(key, text)) {
			used[key] = true
		}
	}
}

func isKeyOrPrefix(text string) bool {
	if i18n.Has(text) {
		return true
	}
	return strings.HasSuffix(text, ".") && slices.ContainsFunc(i18n.Keys(), func(key string) bool { return strings.HasPrefix(key, text) })
}

func keyRooms() map[string]bool {
	rooms := map[string]bool{}
	for _, key := range i18n.Keys() {
		room, _, _ := strings.Cut(key, ".")
		rooms[room] = true
	}
	return rooms
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// nameOf is the name of a called function: "i18n.T".
func nameOf(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		if of, ok := fun.X.(*ast.Ident); ok {
			return of.Name + "." + fun.Sel.Name
		}
	}
	return ""
}

func walk(t *testing.T, dir, ext string, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(name) == ext {
			visit(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
