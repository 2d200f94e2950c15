package cwc

import (
	"encoding/xml"

	"redress/internal/civics"
)

// Unchecked writes the message as XML would, but takes whatever it says.
func Unchecked(m Message) []byte {
	body, err := xml.MarshalIndent(document{Version: "2.0", Message: m}, "", "  ")
	if err != nil {
		panic(err)
	}
	return append([]byte(xml.Header), append(body, '\n')...)
}

// ReadOffices reads a list of offices.
func ReadOffices(chamber civics.Chamber, raw []byte) ([]Office, error) {
	return readOffices(chamber, raw)
}

// ReadErrors reads the errors of an answer.
func ReadErrors(body []byte) (int, []Fault) { return readErrors(body) }
