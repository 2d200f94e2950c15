package cwc

import (
	"encoding/xml"
	"strings"
)

// Reason says what is wrong with a field.
type Reason string

// The reasons, in words that follow a field's name.
const (
	Missing    Reason = "is missing"
	TooShort   Reason = "is too short"
	TooLong    Reason = "is too long"
	Malformed  Reason = "has not the form that is asked for"
	NotAllowed Reason = "is not one of what is allowed"
	Unexpected Reason = "holds something that does not belong there"
	Other      Reason = "is refused" // by a service, for a reason that we don't repeat
)

// Fault is a field that is wrong: the name of an element in cwc.xsd, and why.
// It never holds what the field says.
type Fault struct {
	Field  string
	Reason Reason
}

func (f Fault) String() string { return f.Field + " " + string(f.Reason) }

// InvalidError names all that is wrong with a message.
type InvalidError struct{ Faults []Fault }

// Error names the fields and reasons, never what they hold: it is personal.
func (e *InvalidError) Error() string { return e.Plain() }

// Plain is the error in words for a log: it names fields and rules, no values.
func (e *InvalidError) Plain() string {
	words := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		words[i] = f.String()
	}
	return "the message is not one that Congress takes: " + strings.Join(words, "; ")
}

// Validate holds a document to cwc.xsd. The error is an [*InvalidError] that
// names every fault. Attributes, namespaces, document types and processing
// instructions are refused.
func Validate(raw []byte) error {
	root, err := parse(raw, true)
	if err != nil {
		return &InvalidError{Faults: []Fault{{Field: schema().root.name, Reason: Malformed}}}
	}
	if faults := schema().check(root); len(faults) > 0 {
		return &InvalidError{Faults: faults}
	}
	return nil
}

// Read is the message that a valid document holds. The error is an
// [*InvalidError].
func Read(raw []byte) (Message, error) {
	if err := Validate(raw); err != nil {
		return Message{}, err
	}
	var d document
	if err := xml.Unmarshal(raw, &d); err != nil {
		return Message{}, &InvalidError{Faults: []Fault{{Field: schema().root.name, Reason: Malformed}}}
	}
	for i, b := range d.Content.Bills {
		d.Content.Bills[i].Type, _ = billTypeOf(string(b.Type))
	}
	return d.Message, nil
}
