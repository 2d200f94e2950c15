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
	if len(template.bare(FieldBill)) != 1 || len(template.bare(FieldSeat)) != 0 {
		t.Error("it is said wrongly which fields there are")
	}
}

func TestFallbacks(t *testing.T) {
	t.Parallel()
	template, wrong := ParseTemplate("Please support {{bill|the bill}} and\n{{ committee | your committee }}, {{bill}}.")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for value, want := range map[string]string{
		"":                "Please support the bill and\nyour committee, .",
		" \t":             "Please support the bill and\nyour committee, .",
		"S. 1":            "Please support S. 1 and\nS. 1, S. 1.",
		"{{name|nobody}}": "Please support {{name|nobody}} and\n{{name|nobody}}, {{name|nobody}}.",
	} {
		if got := template.Merge(map[string]string{FieldBill: value, FieldCommittee: value}); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	if lines := template.bare(FieldBill); len(lines) != 1 || lines[0] != 2 {
		t.Errorf("{{bill}} stands without a fallback on %v", lines)
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
		"{{bill|}}":                "line 1: {{bill|}} has no words after the bar",
		"a\n{{bill| \t}}":          "line 2: {{bill|}} has no words after the bar",
		"{{|the bill}}":            `line 1: unknown merge field ""`,
		"{{bil|the bill}}":         `line 1: unknown merge field "bil"`,
		"{{bill|a {{bill_title}}":  "line 1: what stands for {{bill}} without a value must be plain words",
		"{{bill|{the bill}}} ":     "line 1: what stands for {{bill}} without a value must be plain words",
		"{{bill|the}bill}}":        "line 1: what stands for {{bill}} without a value must be plain words",
		"{{bill|a|b}}":             "line 1: {{bill|…}} has more than one bar",
		"{{bill|the\nbill}}":       "line 1: what stands for {{bill}} without a value must be on one line",
		"{{name|the bill}":         "line 1: {{ without }}",
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
	f.Add("Support {{bill|the bill}}, {{bill|{{name}}}}", "{{name|x}}")
	f.Add("{{bill||}}{{committee|\n}}{{name|}}", "|")
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
		want := 0
		for _, p := range template.pieces {
			switch {
			case p.field == "":
				want += len(p.text)
			case strings.TrimSpace(value) == "":
				want += len(p.fallback)
			default:
				want += len(value)
			}
			if strings.ContainsAny(p.fallback, "{}|\n") {
				t.Fatalf("%q holds more than plain words", p.fallback)
			}
		}
		if len(got) != want {
			t.Fatalf("%d bytes, want %d: a value was read as a template", len(got), want)
		}
	})
}
