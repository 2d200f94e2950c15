package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"redress/internal/civics/civicstest"
	"redress/internal/content/item"
	"redress/internal/postgres"
)

const twoVersions = `---
title: T
subject: "S, from {{your_place}}"
comparison:
  name: question-first
  question: Is a letter that opens with the question answered more often?
  declared: This campaign compares two versions of its request.
asks:
  - {level: federal, variant: a, body: "Would you support it? It is about courts.", call: "Script A"}
  - {level: federal, variant: b, body: "It is about courts. Would you support it?", call: "Script B"}
---
`

// A page with one of two versions says so, keeps to it when the form comes back,
// and is the same for everyone at a place.
func TestTheTwoVersionsAreDeclared(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	it, err := item.Parse("letters/qualified-immunity.md", []byte(twoVersions))
	if err != nil {
		t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = "letters", "qualified-immunity", "en"
	if err := l.db.InTx(t.Context(), func(tx *postgres.Tx) error { return l.Letters.SaveContent(t.Context(), tx, it) }); err != nil {
		t.Fatal(err)
	}
	byZip := l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203"))
	byAddress := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}}))
	call := l.page(t, http.StatusOK, l.get("/issues/qualified-immunity/call?zip=80203"))
	mine, other := "A", "B"
	if strings.Contains(byZip, "Yours is version B.") {
		mine, other = other, mine
	}
	for name, page := range map[string]string{"by ZIP code": byZip, "by address": byAddress, "the call page": call} {
		if !strings.Contains(page, "This campaign compares two versions of its request.") || !strings.Contains(page, "Yours is version "+mine+".") {
			t.Errorf("%s doesn't say which version it has", name)
		}
	}
	if !strings.Contains(call, "Script "+mine) || strings.Contains(call, "Script "+other) {
		t.Error("the script is of the other version")
	}

	form := fillMaya(formOnPage(t, byAddress))
	if got := form.Get("variant"); got != strings.ToLower(mine) {
		t.Errorf("the form holds version %q", got)
	}
	// Somebody moved house: what they saw stays, though their place has another.
	form.Set("variant", strings.ToLower(other))
	form.Set("email", "no address")
	again := l.page(t, http.StatusUnprocessableEntity, l.post(letterPath, form))
	if !strings.Contains(again, "Yours is version "+other+".") || formOnPage(t, again).Get("variant") != strings.ToLower(other) {
		t.Error("the form that came back has another version")
	}
}

// A letter that compares nothing says nothing of versions.
func TestNoVersionsAreDeclaredWithoutAComparison(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	page := l.page(t, http.StatusOK, l.get(letterPath+"?zip=80203"))
	if strings.Contains(page, "Yours is version") || formOnPage(t, page).Has("variant") {
		t.Error("a version is told")
	}
}
