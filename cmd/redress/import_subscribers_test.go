package main

import (
	"context"
	"strings"
	"testing"

	"redress/internal/fault"
	"redress/internal/newsletter"
)

func TestImportSubscribersNamesLinesAndNobody(t *testing.T) {
	t.Parallel()
	const table = "\ufeffDate,Email,words,lang\n2024-03-01,ana@mail.example,\"Yes,\nplease\",es\nyesterday,qzanary@mail.example,Yes,\n2024-03-02,ben@mail.example,Yes\n"
	var got []newsletter.Import
	var out, said strings.Builder
	err := importSubscribers(t.Context(), strings.NewReader(strings.Replace(table, "ben@mail.example,Yes", "ben@mail.example,Yes,", 1)), func(_ context.Context, i newsletter.Import) (newsletter.Taken, error) {
		if i.Given.IsZero() {
			return "", fault.Invalid("newsletter.import.date")
		}
		got = append(got, i)
		return newsletter.TakenNew, nil
	}, &out, func(line string) { said.WriteString(line + "\n") })
	if err == nil || err.Error() != "lines that were left out: 1" || !strings.Contains(said.String(), "line 4 is left out") {
		t.Errorf("%v; said %q", err, said.String())
	}
	if strings.Contains(said.String()+out.String()+err.Error(), "qzanary") {
		t.Error("it says whose line that is")
	}
	if len(got) != 2 || got[0].Words != "Yes,\nplease" || got[0].Lang != "es" || got[1].Lang != "en" || !strings.Contains(out.String(), "new: 2\n") {
		t.Errorf("%+v\n%s", got, out.String())
	}
	for name, bad := range map[string]string{"no head": "", "no words": "email,date\n", "not CSV": "email,words,date\n\"a"} {
		if err := importSubscribers(t.Context(), strings.NewReader(bad), nil, &out, func(string) {}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
