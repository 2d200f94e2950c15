package letter_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/postgres"
)

func TestZoneOfAnOffice(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]letter.Zone{
		"CO 80203": letter.ZoneMountain, "DC 20510": letter.ZoneEastern, "PR 00902": letter.ZoneAtlantic, "HI 96813": letter.ZoneHawaii,
		"GU 96910": letter.ZoneChamorro, "MP 96950": letter.ZoneChamorro, "AS 96799": letter.ZoneSamoa, "VI 00802": letter.ZoneAtlantic,
		"FL 32301": letter.ZoneEastern, "FL 32501": letter.ZoneCentral, "FL 32401": letter.ZoneCentral, "FL 32456": letter.ZoneEastern,
		"IN 46204": letter.ZoneEastern, "IN 46402": letter.ZoneCentral, "IN 47708": letter.ZoneCentral, "IN 47591": letter.ZoneEastern, "IN 46534": letter.ZoneCentral,
		"KY 40202": letter.ZoneEastern, "KY 42101": letter.ZoneCentral, "KY 42701": letter.ZoneEastern, "KY 42743": letter.ZoneCentral,
		"TN 37902": letter.ZoneEastern, "TN 37402": letter.ZoneEastern, "TN 37203": letter.ZoneCentral, "TN 38103": letter.ZoneCentral,
		"MI 48226": letter.ZoneEastern, "MI 49801": letter.ZoneCentral, "MI 49855": letter.ZoneEastern, "MI 49938": letter.ZoneCentral,
		"TX 79901": letter.ZoneMountain, "TX 78701": letter.ZoneCentral, "TX 79701": letter.ZoneCentral,
		"SD 57701": letter.ZoneMountain, "SD 57501": letter.ZoneCentral, "SD 57104": letter.ZoneCentral,
		"ND 58501": letter.ZoneCentral, "ND 58601": letter.ZoneMountain, "NE 69361": letter.ZoneMountain, "NE 69101": letter.ZoneCentral,
		"KS 67735": letter.ZoneMountain, "KS 67846": letter.ZoneCentral, "OR 97914": letter.ZoneMountain, "OR 97204": letter.ZonePacific,
		"ID 83702": letter.ZoneMountain, "ID 83814": letter.ZonePacific, "ID 83501": letter.ZonePacific, "NV 89101": letter.ZonePacific, "NV 89883": letter.ZoneMountain,
		"AK 99501": letter.ZoneAlaska, "AK 99546": letter.ZoneAleutian, "AZ 85012": letter.ZoneArizona, "AZ 86515": letter.ZoneMountain, "AZ 86001": letter.ZoneArizona,
		"AL 35203": letter.ZoneCentral, "ID 83702-1234": letter.ZoneMountain,
		// Nobody can tell these from here.
		"AL 36867": "", "SD 57532": "", "AZ 86502": "", "TN": "", "IN 4620": "", "XX 80203": "", " 80203": "", "": "",
	} {
		state, zip, _ := strings.Cut(place, " ")
		zone, known := letter.ZoneOf(civics.Office{Kind: civics.OfficeDistrict, State: state, Zip: zip})
		if zone != want || known != (want != "") {
			t.Errorf("%s: %q, known %v; want %q", place, zone, known, want)
		}
	}
	if zone, _ := letter.ZoneOf(civics.Office{Kind: civics.OfficeCapitol, State: "TN"}); zone != letter.ZoneCentral {
		t.Errorf("Tennessee's capitol is in %q", zone)
	}
}

// Every office of which a number is shown has a clock, whoever it is of.
func TestEveryOfficeHasAClock(t *testing.T) {
	t.Parallel()
	atlas := civicstest.InMemory(t)
	asked, without := map[string]bool{}, 0
	for zip := range 100_000 {
		answer, err := atlas.ByZIP(fmt.Sprintf("%05d", zip))
		if err != nil {
			continue
		}
		all := answer.Officials
		for _, c := range answer.Candidates {
			all = append(all[:len(all):len(all)], c.Officials...)
		}
		for _, o := range all {
			if asked[o.ID] {
				continue
			}
			asked[o.ID] = true
			for _, office := range o.Offices {
				if _, known := letter.ZoneOf(office); !known {
					if without++; office.State != "" {
						t.Errorf("%s: no clock for %s, %s %s", o.ID, office.City, office.State, office.Zip)
					}
				}
			}
		}
	}
	if len(asked) < 7000 || without > 5 {
		t.Errorf("%d officials; %d offices without a clock", len(asked), without)
	}
}

var (
	denver   = civics.Office{Kind: civics.OfficeDistrict, State: "CO", Zip: "80203"}
	capitol  = civics.Office{Kind: civics.OfficeCapitol, State: "DC", Zip: "20510"}
	phoenix  = civics.Office{Kind: civics.OfficeDistrict, State: "AZ", Zip: "85012"}
	honolulu = civics.Office{Kind: civics.OfficeDistrict, State: "HI", Zip: "96813"}
	hagatna  = civics.Office{Kind: civics.OfficeDistrict, State: "GU", Zip: "96910"}
)

func TestHoursOfAnOffice(t *testing.T) {
	t.Parallel()
	const layout = "2006-01-02 15:04 -0700"
	for _, c := range []struct {
		what    string
		office  civics.Office
		now     string
		open    bool
		turns   string // by the office's own clock
		until   string
		holiday bool
	}{
		{"a working morning", denver, "2026-11-24 16:00 +0000", true, "2026-11-24 17:00 -0700", "2026-11-24 17:00 -0700", false},
		{"a moment before nine", denver, "2026-11-24 15:59 +0000", false, "2026-11-24 09:00 -0700", "2026-11-24 09:00 -0700", false},
		{"five sharp", denver, "2026-11-25 00:00 +0000", false, "2026-11-25 09:00 -0700", "2026-11-25 00:00 -0700", false},
		{"four in Denver, six in Washington", capitol, "2026-11-24 23:00 +0000", false, "2026-11-25 09:00 -0500", "2026-11-25 00:00 -0500", false},
		{"Friday evening", denver, "2026-11-21 00:30 +0000", false, "2026-11-23 09:00 -0700", "2026-11-21 00:00 -0700", false},
		{"Sunday", denver, "2026-11-22 19:00 +0000", false, "2026-11-23 09:00 -0700", "2026-11-23 00:00 -0700", false},
		{"the night before summer time", denver, "2027-03-13 02:00 +0000", false, "2027-03-15 09:00 -0600", "2027-03-13 00:00 -0700", false},
		{"the Sunday of summer time", denver, "2027-03-14 07:30 +0000", false, "2027-03-15 09:00 -0600", "2027-03-15 00:00 -0600", false},
		{"the Sunday that ends it", capitol, "2026-11-01 05:30 +0000", false, "2026-11-02 09:00 -0500", "2026-11-02 00:00 -0500", false},
		{"Arizona has none", phoenix, "2026-07-15 16:00 +0000", true, "2026-07-15 17:00 -0700", "2026-07-15 17:00 -0700", false},
		{"Hawaii's Friday", honolulu, "2026-11-21 02:59 +0000", true, "2026-11-20 17:00 -1000", "2026-11-20 17:00 -1000", false},
		{"Guam's Monday is Washington's Sunday", hagatna, "2026-11-22 23:30 +0000", true, "2026-11-23 17:00 +1000", "2026-11-23 17:00 +1000", false},
		{"Thanksgiving", denver, "2026-11-26 18:00 +0000", false, "2026-11-27 09:00 -0700", "2026-11-27 00:00 -0700", true},
		{"the evening before Thanksgiving", denver, "2026-11-26 01:00 +0000", false, "2026-11-27 09:00 -0700", "2026-11-26 00:00 -0700", false},
		{"Christmas on a Friday", denver, "2026-12-25 18:00 +0000", false, "2026-12-28 09:00 -0700", "2026-12-26 00:00 -0700", true},
		{"Independence Day on a Saturday, the Friday", capitol, "2026-07-03 15:00 +0000", false, "2026-07-06 09:00 -0400", "2026-07-04 00:00 -0400", true},
		{"the Saturday itself", capitol, "2026-07-04 15:00 +0000", false, "2026-07-06 09:00 -0400", "2026-07-05 00:00 -0400", false},
		{"Independence Day on a Sunday, the Monday", capitol, "2027-07-05 15:00 +0000", false, "2027-07-06 09:00 -0400", "2027-07-06 00:00 -0400", true},
		{"New Year's Day on a Saturday, in the old year", capitol, "2027-12-31 15:00 +0000", false, "2028-01-03 09:00 -0500", "2028-01-01 00:00 -0500", true},
		{"Juneteenth on a Saturday", capitol, "2027-06-18 15:00 +0000", false, "2027-06-21 09:00 -0400", "2027-06-19 00:00 -0400", true},
		{"Veterans Day", capitol, "2026-11-11 15:00 +0000", false, "2026-11-12 09:00 -0500", "2026-11-12 00:00 -0500", true},
	} {
		now, err := time.Parse(layout, c.now)
		if err != nil {
			t.Fatal(err)
		}
		h, known := letter.HoursOf(c.office, now)
		turns, until := h.Turns.Format(layout), h.Until.Format(layout)
		if !known || h.Open != c.open || turns != c.turns || until != c.until || h.Holiday != c.holiday {
			t.Errorf("%s: open %v until %s, said until %s, holiday %v; want %v, %s, %s, %v", c.what, h.Open, turns, until, h.Holiday, c.open, c.turns, c.until, c.holiday)
		}
	}
	if _, known := letter.HoursOf(civics.Office{Phone: "303-555-0100"}, civicstest.Day); known {
		t.Error("an office without a place has hours")
	}
}

// The eleven holidays of a year, as the Office of Personnel Management lists them.
func TestFederalHolidays(t *testing.T) {
	t.Parallel()
	closed := map[int]string{
		2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
		2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
		2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
	}
	for year, want := range closed {
		var got []string
		for day := time.Date(year, 1, 1, 17, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
			if h, _ := letter.HoursOf(capitol, day); h.Holiday {
				got = append(got, day.Format("01-02"))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d: closed on %s, want %s", year, got, want)
		}
	}
}

// Whatever is said stays true until the moment that it names, and not longer.
func TestHoursHoldUntilTheyTurn(t *testing.T) {
	t.Parallel()
	offices := []civics.Office{denver, capitol, phoenix, honolulu, hagatna}
	rapid.Check(t, func(t *rapid.T) {
		office := rapid.SampledFrom(offices).Draw(t, "office")
		now := time.Unix(rapid.Int64Range(1_700_000_000, 2_200_000_000).Draw(t, "now"), 0)
		h, known := letter.HoursOf(office, now)
		if !known || !h.Until.After(now) || h.Until.After(h.Turns) || h.Until.Sub(now) > 25*time.Hour || h.Turns.Sub(now) > 5*24*time.Hour {
			t.Fatalf("%v: %+v", now, h)
		}
		last, _ := letter.HoursOf(office, h.Until.Add(-1))
		if last.Open != h.Open || !last.Turns.Equal(h.Turns) || last.Now.YearDay() != h.Now.YearDay() {
			t.Fatalf("said at %v: %+v, and just before its end: %+v", now, h, last)
		}
		then, _ := letter.HoursOf(office, h.Turns)
		if then.Open == h.Open {
			t.Fatalf("at %v nothing turns", h.Turns)
		}
	})
}

func TestAScriptHasTheCallersPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	calls := c.ToCall()
	if len(calls) != 5 || calls[0].Official.Level != civics.Federal || calls[4].Official.Level != civics.State {
		t.Fatalf("%d to call", len(calls))
	}
	if town := letter.TownOf(c.Answer); town != "Denver" {
		t.Errorf("the town is %q", town)
	}
	for _, place := range []civics.Answer{{Place: "80203", State: "CO"}, {Place: "CO", State: "CO"}, {Place: "Denver, CO"}, {}, {Place: "1437 Bannock St, CO", State: "CO"}, {Place: ", CO", State: "CO"}} {
		if town := letter.TownOf(place); town != "" {
			t.Errorf("%q is taken for a town: %q", place.Place, town)
		}
	}
	for town, want := range map[string]string{
		"":       "my name is <your_name:[your name]>, and I am a constituent from <your_place:[your town]>.",
		"Denver": "my name is <your_name:[your name]>, and I am a constituent from <your_place:Denver>.",
	} {
		var text strings.Builder
		for _, p := range calls[0].Script(t.Context(), town) {
			if p.Field == "" {
				text.WriteString(p.Text)
			} else {
				fmt.Fprintf(&text, "<%s:%s>", p.Field, p.Text)
			}
		}
		if !strings.Contains(text.String(), want) || strings.Contains(text.String(), "{{") {
			t.Errorf("the script says %s", text.String())
		}
	}
}

func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const degette = "bioguide:D000197"
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if err := w.LogCall(t.Context(), slug, degette, letter.CallOutcomes[i%4]); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.clock.add(24 * time.Hour)
	if err := w.LogCall(t.Context(), slug, degette, letter.CallSpoke); err != nil {
		t.Fatal(err)
	}
	if n := w.count("SELECT count(*) * 100 + sum(n) FROM call_counter WHERE official_id = '" + degette + "'"); n != 541 {
		t.Errorf("rows and calls: %d, want 5 and 41", n)
	}
	if n := w.count("SELECT n FROM call_counter WHERE outcome = 'spoke' AND day = '2026-11-22'"); n != 10 {
		t.Errorf("%d spoke on the first day, want 10", n)
	}
}

func TestWhatCantBeCountedIsRefused(t *testing.T) {
	t.Parallel()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	tables.Corrections = append(tables.Corrections, civics.Correction{OfficialID: "bioguide:B001267", Field: "offer", Value: "no", Source: "his office asked us"})
	w := worldOn(t, func(*postgres.DB) *civics.Atlas {
		return civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day }))
	})
	const degette = "bioguide:D000197"
	for what, c := range map[string]struct {
		slug, official, outcome string
		kind                    fault.Kind
	}{
		"no outcome":      {slug, degette, "", fault.KindInvalid},
		"another outcome": {slug, degette, "won", fault.KindInvalid},
		"hostile outcome": {slug, degette, "spoke'); DROP TABLE call_counter; --", fault.KindInvalid},
		"nobody":          {slug, "", "spoke", fault.KindInvalid},
		"unknown":         {slug, "bioguide:X999999", "spoke", fault.KindInvalid},
		"a zero byte":     {slug, "bioguide:D000197\x00", "spoke", fault.KindInvalid},
		"vacant seat":     {slug, "vacant:us-ca-cd-14", "spoke", fault.KindInvalid},
		"not offered":     {slug, "bioguide:B001267", "spoke", fault.KindInvalid},
		"no such issue":   {"nothing", degette, "spoke", fault.KindNotFound},
	} {
		if err := w.LogCall(t.Context(), c.slug, c.official, letter.CallOutcome(c.outcome)); fault.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := w.db.Gorm.Exec("DELETE FROM letter").Error; err != nil {
		t.Fatal(err)
	}
	if err := w.LogCall(t.Context(), slug, degette, letter.CallSpoke); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("an issue without a letter: %v", err)
	}
	if n := w.count("SELECT count(*) FROM call_counter"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestAReceiptKnowsTheNearestOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	near, err := w.NearWriter(t.Context(), receipt)
	if err != nil {
		t.Fatal(err)
	}
	bennet := near["bioguide:B001267"]
	if !bennet.Sure || len(bennet.Offices) < 3 || bennet.Offices[0].City != "Denver" {
		t.Errorf("nearest to Denver: %+v", bennet)
	}
	if _, err := w.NearWriter(t.Context(), receipt[:len(receipt)-4]+"AAAA"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a broken token: %v", err)
	}
}
