package civics

import (
	"fmt"
	"strings"
	"testing"

	"redress/internal/fault"
)

func TestParseOneLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Address{
		"1437 Bannock St, Denver, CO 80203":        {"1437 Bannock St", "Denver", "CO", "80203"},
		" 1437  Bannock St , Denver , co 80203-12": {},
		"1437 Bannock St, Denver, CO 80203-1234":   {"1437 Bannock St", "Denver", "CO", "80203"},
		"1437 Bannock St, Denver, CO":              {"1437 Bannock St", "Denver", "CO", ""},
		"1437 Bannock St, 80203":                   {"1437 Bannock St", "", "", "80203"},
		"1437 Bannock St 80203":                    {"1437 Bannock St", "", "", "80203"},
		"12 Main St, Apt 4, Salem, OR 97301":       {"12 Main St, Apt 4", "Salem", "OR", "97301"},
	} {
		got, err := ParseOneLine(line)
		if want == (Address{}) {
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q: %#v %v", line, struct{ a, b, c, d string }{got.Street, got.City, got.State, got.Zip}, err)
		}
	}
	for line, key := range map[string]string{
		"": "civics.address.empty", "Denver": "civics.address.incomplete", "80203": "civics.address.incomplete",
		"P.O. Box 12, Denver, CO 80201": "civics.address.po_box", "PO BOX 12 Denver CO": "civics.address.po_box",
		"Post Office Box 9, Denver, CO": "civics.address.po_box", "1437 Bannock St": "civics.address.incomplete",
		strings.Repeat("1 ", 200): "civics.address.long",
	} {
		_, err := ParseOneLine(line)
		if f, ok := fault.As(err); !ok || f.Key != key || f.Fields[0].Name != "address" {
			t.Errorf("%q: %v, want %s", line, err, key)
		}
	}
	if s := fmt.Sprint(Address{Street: "1437 Bannock St"}); strings.Contains(s, "Bannock") {
		t.Error("an address prints itself")
	}
}
