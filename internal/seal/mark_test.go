package seal_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/seal"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	b, err := seal.New([]byte(strings.Repeat("a secret of a test ", 3)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := seal.New([]byte(strings.Repeat("another secret of a test ", 3)))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		mark := b.Mark("mail", id)
		if len(mark) != seal.MarkLength {
			t.Fatalf("%d characters", len(mark))
		}
		if got, ok := b.Marked("mail", strings.ToUpper(mark)); !ok || got != id {
			t.Fatalf("%s is read as %v %v", mark, got, ok)
		}
		if _, ok := b.Marked("letter", mark); ok {
			t.Fatal("holds for another purpose")
		}
		if _, ok := other.Marked("mail", mark); ok {
			t.Fatal("holds under another secret")
		}
		at := rapid.IntRange(0, len(mark)-1).Draw(t, "at")
		letter := rapid.SampledFrom([]string{"a", "q", "7", "-", "\x00", "é", ""}).Draw(t, "letter")
		if changed := mark[:at] + letter + mark[at+1:]; changed != mark {
			if _, ok := b.Marked("mail", changed); ok {
				t.Fatalf("%s is taken for %s", changed, mark)
			}
		}
	})
}

func FuzzMarked(f *testing.F) {
	b, err := seal.New([]byte(strings.Repeat("a secret of a test ", 3)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b.Mark("mail", uuid.Nil))
	f.Add("bounces")
	f.Fuzz(func(t *testing.T, text string) {
		if id, ok := b.Marked("mail", text); ok && b.Mark("mail", id) != strings.ToLower(text) {
			t.Fatalf("%q is taken", text)
		}
	})
}
