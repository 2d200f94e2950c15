package letter

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// vectors are the cases that the server and the page must both count the same.
type vectors struct {
	Prepared Prepared
	Cases    []struct {
		Name       string
		Parts      []string
		Own, Total int
	}
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/own_words.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOwnWords(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	for _, c := range v.Cases {
		if got := OwnWords(v.Prepared, c.Parts...); got != (Share{c.Own, c.Total}) {
			t.Errorf("%s: %+v, want %d of %d", c.Name, got, c.Own, c.Total)
		}
	}
}

// The page counts as the server does. Without Node.js on the machine the
// journeys in a browser still hold both to it.
func TestThePageCountsTheSame(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node.js is not here; the journey of Ines compares the two in a browser")
	}
	script, err := os.ReadFile("../../static/js/words.js")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "words.mjs"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	cases, err := filepath.Abs("testdata/own_words.json")
	if err != nil {
		t.Fatal(err)
	}
	const program = `import { readFileSync } from "node:fs";
		import { known, ownWords } from "./words.mjs";
		const v = JSON.parse(readFileSync(process.argv[1], "utf8"));
		const prepared = known(v.prepared);
		console.log(JSON.stringify(v.cases.map((c) => ownWords(prepared, ...c.parts))));`
	run := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", program, cases)
	run.Dir = dir
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []Share
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	for i, c := range readVectors(t).Cases {
		if got[i] != (Share{c.Own, c.Total}) {
			t.Errorf("%s: %+v, want %d of %d", c.Name, got[i], c.Own, c.Total)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for want, s := range map[int]Share{0: {0, 90}, 1: {1, 9000}, 99: {8999, 9000}, 100: {7, 7}, 33: {1, 3}} {
		if got := s.Percent(); got != want {
			t.Errorf("%+v is %d %%, want %d", s, got, want)
		}
	}
	if (Share{}).Percent() != 0 {
		t.Error("of no words none are one's own")
	}
}

// Whatever sentences of the prepared text stay, in whatever order and however
// they are typed, none of their words becomes the writer's own; and of a text
// that shares no word with it, every word is.
func TestOwnWordsProperties(t *testing.T) {
	t.Parallel()
	p := readVectors(t).Prepared
	var theirs []string
	for _, text := range p.Texts {
		for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".?\n", r) }) {
			if sentence = strings.TrimSpace(sentence); sentence != "" {
				theirs = append(theirs, sentence)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		kept := rapid.SliceOf(rapid.SampledFrom(theirs)).Draw(t, "kept")
		stops := rapid.SampledFrom([]string{". ", "!\n", "?\n\n"}).Draw(t, "stops")
		text := strings.Join(kept, stops)
		if rapid.Bool().Draw(t, "loud") {
			text = strings.ToUpper(text)
		}
		if got := OwnWords(p, "", text); got.Own != 0 {
			t.Fatalf("%d words of %q are one's own", got.Own, text)
		}
		own := rapid.SliceOfDistinct(rapid.StringMatching(`x[a-z]{3,9}`), rapid.ID[string]).Draw(t, "own")
		got := OwnWords(p, strings.Join(own, " ")+".", text)
		if got.Own != len(own) {
			t.Fatalf("%d of %d words of one's own, before %q", got.Own, len(own), text)
		}
	})
}

// Each word says its own thing once, so padding gains next to nothing.
func TestSayingItAgainGainsNothing(t *testing.T) {
	t.Parallel()
	if got := OwnWords(Prepared{}, strings.Repeat("freedom ", 500)); got.Own > shingle || got.Total != 500 {
		t.Errorf("one word 500 times: %+v", got)
	}
	story := "My brother was hurt in a traffic stop in 2022. "
	once, often := OwnWords(Prepared{}, story), OwnWords(Prepared{}, strings.Repeat(story, 40))
	if often.Own >= once.Own+shingle {
		t.Errorf("once %+v, forty times %+v", once, often)
	}
}

func BenchmarkOwnWords(b *testing.B) {
	v := readVectors(b)
	body := strings.Join(v.Prepared.Texts, "\n\n")
	for b.Loop() {
		OwnWords(v.Prepared, "My brother was hurt in a traffic stop in 2022.", body)
	}
}

func TestCountingTakesLinearTime(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a b c d e f g h i j ", 20_000)
	begin := time.Now()
	OwnWords(Prepared{Texts: []string{long}, Openings: []string{long}}, long, strings.Repeat("word\n", 100_000))
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// FuzzOwnWords: counting ends, counts no more than there is, counts nothing of
// the prepared text itself, and doesn't depend on what only looks different.
func FuzzOwnWords(f *testing.F) {
	for _, c := range readVectors(f).Cases {
		f.Add(c.Parts[1], c.Parts[0])
	}
	f.Add("Dear \x00\xff, ,", "thank you\n\n\nme")
	f.Fuzz(func(t *testing.T, prepared, written string) {
		p := Prepared{Texts: []string{prepared}, Openings: []string{written}}
		got := OwnWords(Prepared{Texts: p.Texts}, written)
		if got.Own < 0 || got.Own > got.Total || got.Percent() < 0 || got.Percent() > 100 {
			t.Fatalf("%+v", got)
		}
		if opened := OwnWords(p, written); opened.Own > got.Own || opened.Total != got.Total {
			t.Fatalf("an opening adds words: %+v, without it %+v", opened, got)
		}
		if body := withoutSignOff(withoutSalutation(prepared)); body == strings.TrimSpace(prepared) {
			if same := OwnWords(Prepared{Texts: []string{prepared}}, prepared); same.Own != 0 {
				t.Fatalf("%d words of the prepared text %q are one's own", same.Own, prepared)
			}
		}
		spaced := strings.ReplaceAll(written, " ", "  ")
		if wider := OwnWords(Prepared{Texts: p.Texts}, spaced); wider != got {
			t.Fatalf("%+v, with more space %+v", got, wider)
		}
		ts := tokens(written)
		if n := slices.IndexFunc(ts, func(t token) bool { return t.word == "" }); n >= 0 {
			t.Fatalf("an empty word in %q", written)
		}
	})
}
