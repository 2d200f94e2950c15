package config_test

import (
	"strings"
	"testing"

	"redress/internal/config"
)

const contact = "Ada Park <ada@example.org> 202-555-0123"

func TestCongressIsOffUntilAKeyIsSet(t *testing.T) {
	c, err := config.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.CWC() || c.CWCMode != config.CWCTesting || c.CWCHouseURL != "https://cwc.house.gov" || c.CWCSenateURL != "https://soapbox.senate.gov" {
		t.Fatalf("%+v", c)
	}
	for _, key := range []string{"REDRESS_CWC_HOUSE_KEY", "REDRESS_CWC_SENATE_KEY"} {
		c, err := config.Read(map[string]string{key: "k", "REDRESS_CWC_AGENT": "Example Action", "REDRESS_CWC_CONTACT": contact, "REDRESS_CWC_HOUSE_URL": "http://127.0.0.1:8081/"})
		if err != nil {
			t.Fatal(err)
		}
		want := config.Contact{Name: "Ada Park", Email: "ada@example.org", Phone: "202-555-0123"}
		if !c.CWC() || c.CWCPerson != want || c.CWCMode != config.CWCTesting || c.CWCHouseURL != "http://127.0.0.1:8081" {
			t.Errorf("%+v", c)
		}
	}
}

func TestFaultsOfCongressAreNamedAtOnceAndTheKeyIsNot(t *testing.T) {
	const key = "key-0123456789"
	_, err := config.Read(map[string]string{
		"REDRESS_CWC_SENATE_KEY": key, "REDRESS_CWC_MODE": "live",
		"REDRESS_CWC_HOUSE_URL": "http://cwc.house.gov", "REDRESS_CWC_SENATE_URL": "https://soapbox.senate.gov/?apikey=" + key,
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"REDRESS_CWC_AGENT is required", "REDRESS_CWC_CONTACT is required", "REDRESS_CWC_MODE", "REDRESS_CWC_HOUSE_URL must begin with https", "REDRESS_CWC_SENATE_URL must be"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), key) {
		t.Error("the key is repeated")
	}
	vars := map[string]string{"REDRESS_CWC_HOUSE_KEY": key, "REDRESS_CWC_AGENT": "Example Action", "REDRESS_CWC_CONTACT": contact, "REDRESS_CWC_MODE": "production"}
	c, err := config.Read(vars)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, s := range c.Describe(vars) {
		seen[s.Name] = s.Value
		if strings.Contains(s.Value, key) {
			t.Errorf("%s shows the key", s.Name)
		}
	}
	if seen["REDRESS_CWC_HOUSE_KEY"] != "(set)" || seen["REDRESS_CWC_SENATE_KEY"] != "" || seen["REDRESS_CWC_MODE"] != "production" {
		t.Error(seen)
	}
}

func TestTheContactForCongressIsAPersonWithAPhone(t *testing.T) {
	for _, bad := range []string{"ada@example.org", "ada@example.org 202-555-0123", "Ada Park <ada@example.org>", "Ada <ada@> 202-555-0123", "<ada@example.org> 202-555-0123", "Ada <ada@example.org> 5550123", "Ada Park", "Ada <ada@localhost> 202-555-0123", `Ada <"a b"@example.org> 202-555-0123`} {
		if _, err := config.Read(map[string]string{"REDRESS_CWC_CONTACT": bad}); err == nil || !strings.Contains(err.Error(), "REDRESS_CWC_CONTACT must") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	c, err := config.Read(map[string]string{"REDRESS_CWC_CONTACT": `"Park, José" <jose@example.org>   202-555-0123 `})
	if err != nil || c.CWCPerson.Name != "Park, José" {
		t.Errorf("%+v %v", c, err)
	}
}
