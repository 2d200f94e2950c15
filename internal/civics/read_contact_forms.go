package civics

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

// ReadContactForms reads the web forms of members of Congress: where each
// stands, what it requires, whether it shows a captcha, and when the entry last
// changed, which is how much it can be trusted.
func ReadContactForms(r io.Reader, asOf time.Time) (Tables, error) {
	rows, err := readCSV(r, "bioguide", "url", "asks", "captcha", "last_changed")
	if err != nil {
		return Tables{}, err
	}
	t := Tables{Datasets: []Dataset{describe(DatasetContactForms, 0, asOf, 0)}}
	if rows.short > 0 {
		t.warn("%d rows have another number of columns than the first and are left out", rows.short)
	}
	seen := map[string]bool{}
	for _, row := range rows.records {
		bioguide := row.get("bioguide")
		changed, err := time.Parse(time.DateOnly, row.get("last_changed"))
		if !bioguideID.MatchString(bioguide) || err != nil || seen[bioguide] {
			t.warn("a form without a valid bioguide id or date, or a second one of the same member, is left out")
			continue
		}
		seen[bioguide] = true
		id := "bioguide:" + bioguide
		link := t.governmentForm(id, row.get("url"))
		if link == "" {
			continue
		}
		t.Forms = append(t.Forms, ContactForm{
			OfficialID: id, URL: link, Asks: asksOf(row.get("asks")), Captcha: row.get("captcha") == "1",
			ChangedOn: changed, Dataset: DatasetContactForms,
		})
	}
	if len(t.Forms) == 0 {
		return Tables{}, errors.New("no row names a member and a form")
	}
	t.Datasets[0].Rows = len(t.Forms)
	t.sort()
	return t, nil
}

// asksOf lists what a form requires, in lower-case words, once each. The
// captcha's own field says nothing that Captcha doesn't.
func asksOf(raw string) []string {
	asks := []string{}
	for _, word := range strings.Fields(strings.ToLower(tidy(raw))) {
		if word != "captcha_solution" && len(word) <= 40 && !slices.Contains(asks, word) {
			asks = append(asks, word)
		}
	}
	return asks
}
