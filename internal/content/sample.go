package content

import "context"

// SampleAuthor is who the revisions of the embedded sample name.
const SampleAuthor = "sample"

// SampleIssues are the published issues that nobody has saved since the sample
// was loaded. A site that writes to real offices must not show them as its own.
func (c *Content) SampleIssues(ctx context.Context) (slugs []string, err error) {
	err = c.db.Read(ctx).Raw(`SELECT DISTINCT newest.slug FROM (`+newest+`) newest
		JOIN issue ON issue.slug = newest.slug AND issue.lang = newest.lang AND issue.published <= current_date
		WHERE newest.kind = ? AND newest.author = ? ORDER BY 1`, KindIssues, SampleAuthor).Scan(&slugs).Error
	return slugs, wrap("look for sample issues", err)
}
