//go:build unix

package postgrestest

import "testing"

// BenchmarkNew says what a test pays for its database.
func BenchmarkNew(b *testing.B) {
	New(b)
	for b.Loop() {
		NewURL(b)
	}
}
