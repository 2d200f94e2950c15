package proof

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// isAt makes the tab's device say that it is somewhere, to within some meters.
func (b *tab) isAt(lat, lon, meters float64) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &lat, Longitude: &lon, Accuracy: &meters})
		return err
	}))
}

// isNowhere makes the device unable to say where it is.
func (b *tab) isNowhere() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{})
		return err
	}))
}

const (
	locate    = "form[data-locate] button"
	goByPoint = "form.census-form button"
)

// TestSamUsesWhereHeIs finds his member of Congress by the device's own place,
// asks the Census Bureau only when he says so, and his place is in no address
// and no log.
func TestSamUsesWhereHeIs(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{Width: 320, Dark: true})
	b.allow(s.URL, "geolocation")
	b.isAt(39.7389, -104.9902, 20)
	b.visit(s.URL + "/representatives")
	if agreed := eval[bool](b, `document.querySelector("#field-ask_census").checked`); agreed {
		t.Error("leave to ask the Census is taken for granted")
	}
	b.asked()
	b.click(locate)
	b.says("Diana DeGette", say("representatives.locate.found", "State", "Colorado"), say("civics.missing.state_unasked"))
	b.doesNotSay("Julie Gonzales")
	b.picture("sam-here")
	b.click(goByPoint)
	b.says("Diana DeGette", "Julie Gonzales", "Sean Camacho")
	for _, address := range append(b.asked(), b.address()) {
		if strings.Contains(address, "39.7") || strings.Contains(address, "?") {
			t.Errorf("the place is in an address: %s", address)
		}
	}
	// The seconds of a line's time can be any number.
	log := regexp.MustCompile(`"time":"[^"]*"`).ReplaceAllString(s.Log.String(), "")
	if strings.Contains(log, "39.73") || strings.Contains(log, "104.99") {
		t.Error("the place is in the log")
	}
	if faults := b.complained(); len(faults) > 0 {
		t.Errorf("the browser complains: %q", faults)
	}
}

// TestSamAgreesBeforehand with one press finds all of them; a letter and a call
// begin from there, too.
func TestSamAgreesBeforehand(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{})
	b.allow(s.URL, "geolocation")
	b.isAt(39.7389, -104.9902, 20)
	for _, page := range []string{"/representatives", theIssue + "/letter", theIssue + "/call"} {
		b.visit(s.URL + page)
		b.press("#field-ask_census")
		b.click(locate)
		b.says("Diana DeGette", "Julie Gonzales", "Sean Camacho")
	}
}

// TestSamGivesHisZIPCode instead of asking the Census Bureau, and points to his
// legislators among those that it lists.
func TestSamGivesHisZIPCode(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{Width: 320})
	b.allow(s.URL, "geolocation")
	b.isAt(39.7389, -104.9902, 20)
	b.visit(s.URL + "/representatives")
	b.click(locate)
	b.fill("#field-zip", "10001")
	b.click("main form.inline-form button")
	b.says("Diana DeGette", say("civics.missing.zip_elsewhere"))
	b.fill("#field-zip", "80203")
	b.click("main form.inline-form button")
	b.says("Diana DeGette", "Julie Gonzales", "Matt Ball")
	b.press(`input[name="upper"][value$="sldu:34"]`)
	b.press(`input[name="lower"][value$="sldl:6"]`)
	b.click("form.choose button")
	b.says("Diana DeGette", "Julie Gonzales", "Sean Camacho", say("representatives.chosen.text"))
	b.doesNotSay("Matt Ball")
}

// TestADeviceThatIsntSure: a line runs where it may be, so nothing is guessed.
func TestADeviceThatIsntSure(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{Width: 320})
	b.allow(s.URL, "geolocation")
	b.isAt(39.6140, -104.9880, 4000)
	b.visit(s.URL + "/representatives")
	b.click(locate)
	b.says(say("representatives.coarse.heading"), say("representatives.candidates.house"))
	if maps := eval[int](b, `document.querySelectorAll("svg.district-map").length`); maps < 2 {
		t.Errorf("%d maps", maps)
	}
	b.press(`input[name="house"]`)
	b.click("form.choose button")
	b.says(say("representatives.chosen.text"))
}

// TestAPhoneThatWontSayWhereItIs says why, and keeps the other ways.
func TestAPhoneThatWontSayWhereItIs(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{Width: 320})
	b.set(s.URL, "geolocation", browser.PermissionSettingDenied)
	b.visit(s.URL + "/representatives")
	b.press(locate)
	b.waitFor(say("representatives.locate.denied"))
	b.allow(s.URL, "geolocation")
	b.isNowhere()
	b.press(locate)
	b.waitFor(say("representatives.locate.unavailable"))
	b.isAt(51.5, -0.1, 20)
	b.click(locate)
	b.says(say("civics.point.outside"))
	b.fill("#field-zip", "80203")
	b.click("form.inline-form button")
	b.says("Diana DeGette")
}
