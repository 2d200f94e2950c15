package civics

import "testing"

// What a correction may say, the database takes.
func TestEveryCorrectionIsKept(t *testing.T) {
	t.Parallel()
	db, _ := loaded(t)
	values := map[string]string{
		"name": "Diana L. DeGette", "party": "Independent", "phone": "202-555-0100", "email": "ada@example.org", "webform": "https://example.org/form",
		"website": "https://example.org/", "successor": "bioguide:Z000001 Ada Example", "left": "resigned", "offer": "no", "channel": "webform",
	}
	for _, field := range correctionFields {
		c := Correction{OfficialID: "bioguide:D000197", Field: field, Value: values[field], Source: "her office"}
		if _, err := Correct(t.Context(), db, c, today); err != nil {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := TakeBack(t.Context(), db, c.OfficialID, field, today); err != nil {
			t.Errorf("%s taken back: %v", field, err)
		}
	}
}
