// Package content holds the sample content that a first start loads into an
// empty database: one folder per language, one Markdown file with front matter
// per item.
package content

import "embed"

// FS is the sample content, rooted so that "en/issues/qualified-immunity.md"
// names a file.
//
//go:embed en
var FS embed.FS
