package api

import (
	_ "embed" // the description

	"github.com/labstack/echo/v4"
)

// description is the API as OpenAPI describes it. It is written by hand; tests
// hold real answers against it, with no field that it doesn't name.
//
//go:embed openapi.json
var description []byte

// showDescription answers with the description of the API.
func (a *API) showDescription(echo.Context) (Answer, error) { return Answer{JSON: description}, nil }
