package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"redress/internal/civics"
	"redress/internal/fault"
)

// locateRequest asks by an address or by a point. Nothing of it appears in a URL,
// a log, an error or the answer. Accuracy (meters), Zip and AskCensus belong to a
// point; see civics.Point.
type locateRequest struct {
	Address   string   `json:"address"`
	Lat       *float64 `json:"lat"`
	Lon       *float64 `json:"lon"`
	Accuracy  float64  `json:"accuracy"`
	Zip       string   `json:"zip"`
	AskCensus bool     `json:"ask_census"`
}

// readLocate reads the request: JSON with address, or with lat and lon, not both.
// Fields that it doesn't know are ignored.
func readLocate(r *http.Request) (locateRequest, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return locateRequest{}, fault.Invalid("civics.api.json")
	}
	var asked locateRequest
	d := json.NewDecoder(r.Body)
	if err := d.Decode(&asked); err != nil {
		return locateRequest{}, unreadable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return locateRequest{}, unreadable(err)
	}
	err := asked.check()
	return asked, err
}

// unreadable keeps the cause, which may quote what was sent, out of the fault;
// but for a body that is too large, which the caller knows.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fault.Invalid("civics.api.json", fault.Field{Name: wrong.Field, Key: "api.type"})
	}
	return fault.Invalid("civics.api.json")
}

// check says what is wrong with the request, and writes its ZIP code as it is
// written.
func (asked *locateRequest) check() error {
	point := asked.Lat != nil && asked.Lon != nil
	switch {
	case asked.Lat != nil && asked.Lon == nil:
		return either("lon")
	case asked.Lon != nil && asked.Lat == nil:
		return either("lat")
	case point == (asked.Address != ""):
		return either("address")
	case !point:
		return nil
	case asked.Accuracy < 0:
		return fault.Invalid("civics.point.invalid", fault.Field{Name: "accuracy", Key: "api.accuracy"})
	case asked.Zip == "":
		return nil
	}
	var err error
	asked.Zip, err = civics.NormalizeZip(asked.Zip)
	return err
}

func either(field string) error {
	return fault.Invalid("civics.api.either", fault.Field{Name: field, Key: "civics.api.either"})
}
