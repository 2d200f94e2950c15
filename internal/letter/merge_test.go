package letter

import (
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	template, wrong := ParseTemplate("Dear {{title}} {{ last_name }}, {please} read {{bill}}.")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	got := template.Merge(map[string]string{FieldTitle: "Senator", FieldLastName: "{{name}}", FieldName: "injected", FieldBill: "}}{{"})
	if want := "Dear Senator {{name}}, {please} read }}{{."; got != want {
		t.Errorf("%q, want %q: a value is text, never a field", got, want)
	}
	if !template.Uses(FieldBill) || template.Uses(FieldSeat) {
		t.Error("Uses says wrongly which fields there are")
	}
}

func TestTemplateFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Dear {{titel}}":           `line 1: unknown merge field "titel"`,
		"one\ntwo {{name":          "line 2: {{ without }}",
		"one\n\nthree }} {{name}}": "line 3: }} without {{",
		"{{}}":                     `line 1: unknown merge field ""`,
		"{{na{{me}}":               `line 1: unknown merge field "na{{me"`,
	} {
		_, wrong := ParseTemplate(text)
		if len(wrong) != 1 || !strings.HasPrefix(wrong[0].Error(), want) {
			t.Errorf("%q: %v, want %s", text, wrong, want)
		}
	}
}

// FuzzMerge: whatever the text and the values, merging ends, a text without
// braces stays as it is, and a value stands in the result unread.
func FuzzMerge(f *testing.F) {
	f.Add("Dear {{title}} {{last_name}},", "{{name}}")
	f.Add("{{{{name}}}}", "}}")
	f.Add("}} {{ {{bill", "\x00\r\n")
	f.Add("{{ bill }}{{bill}}", "{{bill}}{{bill}}")
	f.Fuzz(func(t *testing.T, text, value string) {
		template, wrong := ParseTemplate(text)
		values := map[string]string{}
		for _, field := range Fields {
			values[field] = value
		}
		got := template.Merge(values)
		if !strings.Contains(text, "{{") && got != text {
			t.Fatalf("a text without fields changed: %q → %q", text, got)
		}
		if len(wrong) > 0 {
			return
		}
		if again := template.Merge(map[string]string{}); strings.Contains(again, "{{") {
			t.Fatalf("a field was left standing in %q → %q", text, again)
		}
		uses := 0
		for _, p := range template.pieces {
			if p.field != "" {
				uses++
			}
		}
		if want := len(template.Merge(nil)) + uses*len(value); len(got) != want {
			t.Fatalf("%d bytes, want %d: a value was read as a template", len(got), want)
		}
	})
}
