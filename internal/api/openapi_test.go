package api

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"redress/internal/civics/civicstest"
)

func described(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(description)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil { // examples too
		t.Fatal(err)
	}
	return doc
}

// registered notes what Register registers.
type registered map[string][]string

func (r registered) Get(pattern string, _ func(echo.Context) (Answer, error), params ...string) {
	r["GET "+pattern] = params
}

func (r registered) Post(pattern, _ string, _ echo.HandlerFunc) { r["POST "+pattern] = nil }

// What is described is what is there, with the parameters that it depends on.
func TestTheDescriptionNamesEveryRoute(t *testing.T) {
	t.Parallel()
	routes := registered{}
	Register(routes, Deps{Atlas: civicstest.InMemory(t)})
	doc := described(t)
	if doc.Servers[0].URL != Prefix {
		t.Errorf("it stands under %s", doc.Servers[0].URL)
	}
	found := registered{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			var params []string
			for _, p := range operation.Parameters {
				params = append(params, p.Value.Name)
			}
			found[method+" "+path] = params
		}
	}
	if !reflect.DeepEqual(routes, found) {
		t.Errorf("registered are %v, described %v", routes, found)
	}
}

// Every field says what it is and shows one; nothing undocumented is allowed.
func TestTheDescriptionExplainsEveryField(t *testing.T) {
	t.Parallel()
	for name, schema := range described(t).Components.Schemas {
		s := schema.Value
		if s.Description == "" || len(s.Properties) == 0 {
			t.Errorf("%s says nothing", name)
		}
		if closed := s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has; closed != (name != "Locate") {
			t.Errorf("%s: closed to other fields is %v", name, closed)
		}
		for field, property := range s.Properties {
			if property.Value.Description == "" || property.Value.Example == nil {
				t.Errorf("%s.%s has no description or no example", name, field)
			}
		}
	}
}

// The description and the answers' types name the same fields, and require those
// that are always there.
func TestTheDescriptionMatchesTheTypes(t *testing.T) {
	t.Parallel()
	schemas := described(t).Components.Schemas
	for name, of := range map[string]any{
		"Representation": representation{}, "Source": sourceDoc{}, "Division": divisionDoc{}, "Official": officialDoc{}, "Channel": channelDoc{},
		"Candidate": candidateDoc{}, "Problem": Problem{}, "ProblemField": ProblemField{}, "Locate": locateRequest{},
	} {
		var fields, always []string
		for field := range reflect.TypeOf(of).Fields() {
			json, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			fields = append(fields, json)
			if options == "" && name != "Locate" {
				always = append(always, json)
			}
		}
		slices.Sort(fields)
		slices.Sort(always)
		s := schemas[name].Value
		if got := slices.Sorted(maps.Keys(s.Properties)); !slices.Equal(got, fields) {
			t.Errorf("%s has %v, described are %v", name, fields, got)
		}
		if got := slices.Sorted(slices.Values(s.Required)); !slices.Equal(got, always) {
			t.Errorf("%s always has %v, described as required are %v", name, always, got)
		}
	}
}

// What stays the same is served as it is embedded: whole JSON.
func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	made, err := (&API{}).showDescription(nil)
	if err != nil || !json.Valid(made.JSON) || len(made.Tags) != 0 || !made.Expires.IsZero() {
		t.Errorf("%v %v %v", made.Tags, made.Expires, err)
	}
}

// Every reason that an answer may give for what it lacks is described.
func TestTheDescriptionListsEveryReason(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../civics/answer.go")
	if err != nil {
		t.Fatal(err)
	}
	var reasons []any
	for _, m := range regexp.MustCompile(`Missing\w+ *= "(civics\.missing\.\w+)"`).FindAllStringSubmatch(string(source), -1) {
		reasons = append(reasons, m[1])
	}
	listed := described(t).Components.Schemas["Representation"].Value.Properties["missing"].Value.Items.Value.Enum
	if len(reasons) < 10 || !reflect.DeepEqual(reasons, listed) {
		t.Errorf("answers give %v, the description lists %v", reasons, listed)
	}
}
