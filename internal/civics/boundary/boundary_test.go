package boundary

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"redress/internal/civics/refdatatest"
)

var published = sync.OnceValues(func() (Set, error) {
	f, err := os.Open(publishedFile)
	if err != nil {
		return Set{}, err
	}
	defer f.Close()
	set, _, err := Read(filepath.Base(publishedFile), f)
	return set, err
})

var publishedFile string

// congress119 is the 119th Congress's districts as published.
func congress119(t testing.TB) Set {
	t.Helper()
	publishedFile = filepath.Join(refdatatest.Folder(t), "boundaries", "cd119_500k.topojson")
	set, err := published()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

var indexed = sync.OnceValue(func() *Index {
	set, _ := published()
	return NewIndex(set)
})

func index119(t testing.TB) *Index {
	congress119(t)
	return indexed()
}
