package cwc

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"

	"redress/internal/issue"
)

// Bill is a bill or resolution of Congress.
type Bill struct {
	Congress int      `xml:"BillCongress"` // 119
	Type     BillType `xml:"BillTypeAbbreviation"`
	Number   int      `xml:"BillNumber"`
}

// Bills are the bills of a message, all with one position. They are written as
// Bill elements within one Bills; no bills, no element.
type Bills []Bill

type billList struct {
	Bill []Bill `xml:"Bill"`
}

// MarshalXML writes the bills.
func (b Bills) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if len(b) == 0 {
		return nil
	}
	return e.EncodeElement(billList{b}, start)
}

// UnmarshalXML reads the bills.
func (b *Bills) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var list billList
	err := d.DecodeElement(&list, &start)
	*b = list.Bill
	return err
}

// BillType is a kind of bill or resolution, written as the Senate does.
type BillType string

// The bill types of Congress.
const (
	HouseBill        BillType = "H.R."
	SenateBill       BillType = "S."
	HouseConcurrent  BillType = "H.Con.Res" // without its last dot, unlike the others
	HouseJoint       BillType = "H.J.Res."
	HouseResolution  BillType = "H.Res."
	SenateConcurrent BillType = "S.Con.Res."
	SenateJoint      BillType = "S.J.Res."
	SenateResolution BillType = "S.Res."
)

// billTypes says how the House writes each type: its own examples do, and its
// validator was seen to want it in September 2026. Without dots and spaces it
// is also how people write them.
var billTypes = map[BillType]string{
	HouseBill: "hr", SenateBill: "s", HouseConcurrent: "hconres", HouseJoint: "hjres", HouseResolution: "hres",
	SenateConcurrent: "sconres", SenateJoint: "sjres", SenateResolution: "sres",
}

// billTypeOf knows a type in either chamber's spelling.
func billTypeOf(text string) (BillType, bool) {
	for t, house := range billTypes {
		if text == house || text == string(t) {
			return t, true
		}
	}
	return "", false
}

var billNumber = regexp.MustCompile(`^([A-Za-z. ]+?)[. ]*([1-9][0-9]{0,4})$`)

// BillOf reads the number of a bill of Congress: "S. 1913", "H.R. 3602",
// "H. J. Res. 5". The Congress is not in it and stays 0. States number their
// bills alike in part ("S 1913" may be New York's), so ask [CongressBill] where
// the legislature is known.
func BillOf(number string) (Bill, bool) {
	parts := billNumber.FindStringSubmatch(strings.TrimSpace(number))
	if parts == nil {
		return Bill{}, false
	}
	kind, ok := billTypeOf(strings.ToLower(strings.NewReplacer(".", "", " ", "").Replace(parts[1])))
	if !ok {
		return Bill{}, false
	}
	n, err := strconv.Atoi(parts[2])
	return Bill{Type: kind, Number: n}, err == nil
}

// CongressBill is an issue's bill as a message names it. It is false for a
// bill of a state, which is no business of Congress.
func CongressBill(b issue.Bill) (Bill, bool) {
	if b.Legislature != "us" {
		return Bill{}, false
	}
	bill, ok := BillOf(b.Number)
	congress, err := strconv.Atoi(b.Session)
	if !ok || err != nil || congress < 1 {
		return Bill{}, false
	}
	bill.Congress = congress
	return bill, true
}
