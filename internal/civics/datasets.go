package civics

import (
	"context"

	"redress/internal/postgres"
)

// ReadDatasets lists the imported datasets from the database, without loading
// the index; none in a database that holds no civic data yet.
func ReadDatasets(ctx context.Context, db *postgres.DB) ([]Dataset, error) {
	stored, err := datasetTable.all(ctx, db.Pool)
	sets := make([]Dataset, len(stored))
	for i, s := range stored {
		sets[i] = s.Dataset
	}
	return sets, err
}
