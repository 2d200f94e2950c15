// Package static holds the site's stylesheet, scripts and images, and serves
// them under names that carry a fingerprint of their bytes, so that browsers
// may keep them for ever.
package static

import (
	"embed"
	"io/fs"
)

//go:embed css/*.css js/*.js images/*
var embedded embed.FS

// files is what the site ships: css/, js/ and images/.
func files() fs.FS { return embedded }
