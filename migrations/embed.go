// Package migrations holds the schema: one file per step, forward only, applied in the order of
// their numbers by goose. The SQL owns the schema; Go structs follow it.
package migrations

import "embed"

// FS holds every migration.
//
//go:embed *.sql
var FS embed.FS
