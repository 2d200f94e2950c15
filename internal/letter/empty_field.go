package letter

import (
	"fmt"

	"redress/internal/content/item"
)

// emptyFor says why a merge field can be without a value for some recipient of
// the ask, or "" when it never is. A field that can be needs a fallback.
//
//   - title, name, last_name, seat: never. Every official who is offered has a
//     name, a post and a seat with a name: imports refuse those without, and
//     last_name is the last word of the name where the lists have none.
//   - your_name, your_place: never. They stand as marks until the form is sent,
//     which takes neither an empty name nor an empty town.
//   - bill, bill_title: when the ask names no bill. An ask that does is offered
//     only where one is open, and a bill has a number and a title.
//   - committee: when the ask is for members of no committee.
func (a Ask) emptyFor(field string) string {
	switch field {
	case FieldBill, FieldBillTitle:
		if a.BillKey == "" {
			return "the ask names no bill"
		}
	case FieldCommittee:
		if len(a.Committees) == 0 {
			return "the ask is for members of no committee"
		}
	}
	return ""
}

// checkEmpty reports each field of a text at a path that can be without a value
// and has no fallback.
func (a Ask) checkEmpty(c *item.Check, at string, t Template) {
	for _, field := range Fields {
		why := a.emptyFor(field)
		if why == "" {
			continue
		}
		for _, line := range t.bare(field) {
			c.Fail(at, "%v", TemplateError{line, fmt.Sprintf("{{%s}} can be empty here, since %s: write {{%s|words that stand instead}}", field, why, field)})
		}
	}
}
