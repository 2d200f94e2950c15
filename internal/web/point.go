package web

import (
	"net/url"
	"strconv"

	"redress/internal/civics"
	"redress/internal/fault"
)

// sentPoint reports whether a form says where a device is.
func sentPoint(form url.Values) bool { return form.Get("lat") != "" || form.Get("lon") != "" }

// pointOf is the point that a form sent: lat, lon and accuracy (meters; may be
// missing), ask_census=1 for leave to ask the geocoder. The form's ZIP code isn't
// in it: a page may have to say what is wrong with that. What is no number is
// fault.Invalid. (NaN and what lies off the Earth ByPoint refuses.)
func pointOf(form url.Values) (civics.Point, error) {
	lat, errLat := strconv.ParseFloat(form.Get("lat"), 64)
	lon, errLon := strconv.ParseFloat(form.Get("lon"), 64)
	accuracy, errAccuracy := 0.0, error(nil)
	if typed := form.Get("accuracy"); typed != "" {
		accuracy, errAccuracy = strconv.ParseFloat(typed, 64)
	}
	if errLat != nil || errLon != nil || errAccuracy != nil || !(accuracy >= 0) {
		return civics.Point{}, fault.Invalid("civics.point.invalid")
	}
	return civics.Point{Lat: lat, Lon: lon, Accuracy: accuracy, AskCensus: form.Get("ask_census") == "1"}, nil
}
