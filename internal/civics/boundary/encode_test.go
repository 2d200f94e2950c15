package boundary

import (
	"bytes"
	"compress/gzip"
	"reflect"
	"testing"
)

func TestEncodedSetComesBackWhole(t *testing.T) {
	set := congress119(t)
	if set.Congress != 119 || len(set.Districts) != 441 {
		t.Fatalf("Congress %d, %d districts", set.Congress, len(set.Districts))
	}
	data := set.Encode()
	back, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(set, back) {
		t.Fatal("the set changed on its way")
	}
	if !bytes.Equal(data, back.Encode()) {
		t.Fatal("the same set has two forms")
	}
	var small bytes.Buffer
	w, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	w.Write(data)
	w.Close()
	t.Logf("%d bytes, %d with gzip", len(data), small.Len())
	if small.Len() > 1_200_000 {
		t.Fatalf("%d bytes with gzip", small.Len())
	}
}
