package proof

import (
	"strings"
	"testing"
)

// TestAPhoneFindsTheNearestOfficeWithoutJavaScript mistypes a ZIP code on an
// official's page, mends it, and writes from there.
func TestAPhoneFindsTheNearestOfficeWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(s.URL + "/officials/bioguide:P000145") // a senator of California, on the committee
	b.says("Alex Padilla", "Senate Committee on the Judiciary", "S. 1913", "Fresno")
	b.fill(`form.near-form input[name="zip"]`, "9372")
	b.click("form.near-form button")
	b.says(say("parts.error_summary"), "Alex Padilla")
	b.fill(`form.near-form input[name="zip"]`, "93721")
	b.click("form.near-form button")
	b.says(say("representatives.official.near_sorted", "Zip", "93721"))
	if text := b.text(); strings.Index(text, "In Fresno") > strings.Index(text, "In San Francisco") {
		t.Error("the office in Fresno doesn't come first in Fresno")
	}
	b.click(`.mark a[href$="/letter?zip=93721"]`)
	if at := b.address(); !strings.Contains(at, "/letter?zip=93721") {
		t.Errorf("the mark leads to %s", at)
	}
}
