package pledge_test

import (
	"testing"

	"redress/internal/fault"
	"redress/internal/pledge"
)

func TestCodesHoldUntilTheyAreRetired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	is := func(code string, want bool) {
		t.Helper()
		if got, err := w.IsSource(t.Context(), slug, code); got != want || err != nil {
			t.Errorf("%s: %v, %v", code, got, err)
		}
	}
	is("flyer", false)
	add := func(code, label string) error {
		return w.AddSource(t.Context(), pledge.Source{IssueSlug: slug, Code: code, Label: label, MadeBy: "ana"})
	}
	if err := add("flyer", " A  flyer "); err != nil {
		t.Fatal(err)
	}
	is("flyer", true)
	if err := add("flyer", "Another label"); err != nil {
		t.Fatal(err)
	}
	if err := w.RetireSource(t.Context(), slug, "flyer"); err != nil {
		t.Fatal(err)
	}
	is("flyer", false)
	list, err := w.Sources(t.Context(), slug)
	if err != nil || len(list) != 1 || list[0].Label != "Another label" || list[0].RetiredAt == nil {
		t.Errorf("%+v, %v", list, err)
	}
	if err := add("flyer", "Again"); err != nil {
		t.Fatal(err)
	}
	is("flyer", true)
	mustBe(t, w.RetireSource(t.Context(), slug, "nosuch"), fault.KindNotFound, "pledge.source.unknown")
	for _, code := range []string{"", "-a", "a-", "A", "a b", "ä", "a/b", "abcdefghijklmnopqrstuvwxyz0123456"} {
		mustBe(t, add(code, "x"), fault.KindInvalid, "pledge.source.code")
		is(code, false)
	}
	mustBe(t, add("a", " "), fault.KindInvalid, "pledge.source.label")
	// Another node hears of it.
	other := worldOn(t, w.db)
	if yes, err := other.IsSource(t.Context(), slug, "flyer"); !yes || err != nil {
		t.Errorf("%v, %v", yes, err)
	}
	if err := w.RetireSource(t.Context(), slug, "flyer"); err != nil {
		t.Fatal(err)
	}
	other.Changed("content")
	if yes, err := other.IsSource(t.Context(), slug, "flyer"); yes || err != nil {
		t.Errorf("after the change was heard: %v, %v", yes, err)
	}
}
