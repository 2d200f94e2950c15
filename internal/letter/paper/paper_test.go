package paper_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"redress/internal/letter/paper"
)

func maya() paper.Letter {
	return paper.Letter{
		From: paper.Lines("Maya Ortiz", "1437 Bannock St", "Denver, CO 80203"),
		To:   []string{"Senator Michael F. Bennet", "Cesar E. Chavez Memorial Building", "1244 Speer Blvd.", "Denver, CO 80204"},
		Date: "November 22, 2026", Subject: "Re: End qualified immunity (S. 1913)", Salutation: "Dear Senator Bennet,",
		Paragraphs: []string{
			"My brother was hurt in a traffic stop in 2022. We went to court, and the case was dismissed before anyone looked at what had happened, because no earlier case in our circuit had the very same facts.",
			"I am writing to ask you to cosponsor S. 1913. When the government’s officers break the Constitution, the people they hurt should have their day in court. Qualified immunity, a rule that courts made and no Congress ever passed, keeps them from it: unless an earlier case with nearly the same facts exists, the case is thrown out, and with it the chance that such a case will ever exist.",
			"Will you cosponsor it? I would be grateful for an answer that tells me where you stand.",
		},
		Close: "Sincerely,", Name: paper.Lines("Maya Ortiz", "1437 Bannock St", "Denver, CO 80203"),
	}
}

// long is a letter of n short paragraphs.
func long(n int) paper.Letter {
	l := maya()
	l.Paragraphs = nil
	for i := range n {
		l.Paragraphs = append(l.Paragraphs, fmt.Sprintf("Reason %d: %s", i+1, strings.Repeat("people who were hurt have a right to their day in court. ", 1+i%5)))
	}
	return l
}

func TestEveryRecipientHasAPage(t *testing.T) {
	t.Parallel()
	second := maya()
	second.To = []string{"State Senator Matt Ball", "Colorado Senate, district 31", "State Capitol Room 346, Colorado Building 200 E. Colfax Ave.", "Denver, CO 80203"}
	second.Salutation = "Dear Senator Ball,"
	pages := pagesOf(t, write(t, maya(), second, long(14)))
	if len(pages) != 4 {
		t.Fatalf("%d pages, want 1, 1 and 2", len(pages))
	}
	wants := map[int][]string{
		0: {"Maya Ortiz\n", "November 22, 2026", "Senator Michael F. Bennet\n", "Cesar E. Chavez Memorial Building\n", "1244 Speer Blvd.\n", "Denver, CO 80204\n", "Re: End qualified immunity (S. 1913)", "Dear Senator Bennet,", "no Congress ever passed", "Sincerely,"},
		1: {"State Senator Matt Ball\n", "Colorado Senate, district 31\n", "State Capitol Room 346,\n", "Colorado Building 200 E. Colfax Ave.\n", "Dear Senator Ball,", "Sincerely,"},
		2: {"Senator Michael F. Bennet\n", "Dear Senator Bennet,", "Reason 1:"},
		3: {"Senator Michael F. Bennet   ", "Page 2 of 2", "Reason 14:", "Sincerely,"},
	}
	for i, all := range wants {
		for _, want := range all {
			if !strings.Contains(pages[i]+"\n", want) {
				t.Errorf("page %d lacks %q:\n%s", i+1, want, pages[i])
			}
		}
	}
	if strings.Contains(pages[3], "Speer") {
		t.Error("a continuation page shows the address")
	}
	for i, page := range pages[:3] {
		if strings.Contains(page, "Page ") {
			t.Errorf("page %d is numbered", i+1)
		}
	}
}

// Names are whole, also in the other spelling that Unicode has for them.
func TestNamesAreRight(t *testing.T) {
	t.Parallel()
	names := []string{
		"Żaneta Wąsik-Źdźbło Ćwiękała", "Nguyễn Thị Phượng Ẩn", "Đặng Hữu Ước", "Παναγιώτης Ἀθηνᾶ Ώρα", "Щукина Ёлка Їжакевич Ґонта",
		"Kaʻiulani Kānehoalani ʻŌpūnui", "Þórður Ægisson", "Nuñez Łuński Őry Űrhegyi", "Ǫ́ta Dinétsį́", "გიორგი მაისურაძე", "Հայկ Սարգսյան",
		"Ọládélé Ṣẹ́gun", "Țâmpea Șerban", "İpek Işığüneş", "Ķēniņš Ģirts", "Ŵyn Ŷ", "O’Neill", "M̃a Ẽ", "Əliyev Gülnarə", "Ҡарауыл Өмір Әсел Ү",
	}
	var composed, apart []paper.Letter
	for _, name := range names {
		l := maya()
		l.To[0], l.Name = "Senator "+name, paper.Lines(name)
		if missing := paper.Missing(l); len(missing) > 0 {
			t.Errorf("%s: %q is called missing", name, missing)
		}
		composed = append(composed, l)
		l.To = append([]string{nfd(l.To[0])}, l.To[1:]...)
		l.Name = paper.Lines(nfd(name))
		apart = append(apart, l)
	}
	pages := pagesOf(t, write(t, composed...))
	for i, name := range names {
		if text := nfc(pages[i]); strings.Count(text, nfc(name)+"\n") != 2 {
			t.Errorf("%s is printed otherwise:\n%s", name, text)
		}
	}
	if !slices.Equal(pagesOf(t, write(t, apart...)), pages) {
		t.Error("names in pieces are printed otherwise")
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct{ printed, missing string }{
		"I 💙 justice 👩🏽‍⚖️ now":                  {"I justice ⚖ now", "💙👩"},
		"李小龍":                                    {"______", "李小龍"},
		"My name is 김민준, sir":                    {"My name is ______, sir", "김민준"},
		"שלום and more":                          {"________ and more", "שלום"},
		"سلام":                                   {"________", "سلام"},
		"\u202eevil\u202c and\u200b so on":       {"evil and so on", ""},
		"a\u0301\u0302\u0303\u0304\u0305\u0306b": {"á̂̃b", ""},
		"tab\tand  two":                          {"tab and two", ""},
		"bad \xff byte":                          {"bad � byte", ""},
		"🇺🇸 1️⃣ ❤️ ✓ ★ ☎":                        {"1 ❤ ✓ ★ ☎", "🇺🇸"},
		"नमस्ते दुनिया":                          {"________ ______", "नमस्तेदुनिय"},
		"\u0301alone":                            {"alone", "\u0301"},
		"\U000e0041\ue000𝒜":                      {"______", "\ue000𝒜"},
	} {
		l := paper.Letter{Paragraphs: []string{typed}}
		if got := string(paper.Missing(l)); !sameLetters(got, want.missing) {
			t.Errorf("%q: missing %q, want %q", typed, got, want.missing)
		}
		// Poppler's layout may lose the spaces between symbols.
		if got := pagesOf(t, write(t, l))[0]; noSpaces(nfc(got)) != noSpaces(nfc(want.printed)) {
			t.Errorf("%q is printed as %q, want %q", typed, got, want.printed)
		}
	}
}

func noSpaces(text string) string { return strings.Join(strings.Fields(text), "") }

// sameLetters allows marks of what is missing to be listed or not.
func sameLetters(got, want string) bool {
	for _, r := range got {
		if !strings.ContainsRune(want, r) {
			return false
		}
	}
	return (got == "") == (want == "")
}

func TestLinesToWriteOn(t *testing.T) {
	t.Parallel()
	l := maya()
	l.From = []paper.Line{{Blank: "Your name"}, {Blank: "Street address"}, {Blank: "City, state, ZIP code"}}
	l.Name = []paper.Line{{Blank: "Your name"}}
	page := pagesOf(t, write(t, l))[0]
	if strings.Count(page, "Your name") != 2 || !strings.Contains(page, "Street address") || strings.Contains(page, "Maya") {
		t.Errorf("the lines to write on:\n%s", page)
	}
}

// A signature is never alone on its page, and no paragraph leaves one line behind
// or sends one ahead.
func TestPagesBreakWell(t *testing.T) {
	t.Parallel()
	var letters []paper.Letter
	for n := range 60 {
		letters = append(letters, long(n+1))
	}
	turned := 0
	for i, page := range pagesOf(t, write(t, letters...)) {
		body := slices.DeleteFunc(strings.Split(page, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
		first := slices.ContainsFunc(body, func(line string) bool { return strings.HasPrefix(line, "Dear ") })
		if !first {
			turned++
			if !strings.Contains(body[0], "Page ") {
				t.Fatalf("page %d of all begins %q", i+1, body[0])
			}
			body = body[1:]
			if !strings.HasPrefix(body[0], "Reason ") && !strings.HasPrefix(body[0], "Will ") && strings.HasPrefix(body[1], "Reason ") {
				t.Errorf("page %d begins with the last line of a paragraph: %q", i+1, body[0])
			}
		}
		if end := slices.Index(body, "Sincerely,"); end >= 0 {
			if end < 2 {
				t.Errorf("page %d has %d lines above the signature:\n%s", i+1, end, page)
			}
			continue
		}
		if last := body[len(body)-1]; strings.HasPrefix(last, "Reason ") && !strings.HasSuffix(last, ".") {
			t.Errorf("page %d ends with the first line of a paragraph: %q", i+1, last)
		}
	}
	if turned < 30 {
		t.Errorf("only %d continuation pages", turned)
	}
}

// A letter that is a few lines too long for its page is set smaller.
func TestASmallerSizeSavesAPage(t *testing.T) {
	t.Parallel()
	sizes := map[int]bool{}
	for n := 1; n < 12; n++ {
		pages := wordsOf(t, write(t, long(n)))
		if len(pages) > 1 {
			break
		}
		dear := slices.IndexFunc(pages[0], func(w word) bool { return w.Text == "Dear" })
		sizes[int(10*(pages[0][dear].YMax-pages[0][dear].YMin))] = true
	}
	if len(sizes) < 2 {
		t.Errorf("letters of one page come in %d sizes", len(sizes))
	}
}

func TestTheSameBytes(t *testing.T) {
	t.Parallel()
	odd := maya()
	odd.Name = paper.Lines("Ọládélé Ǫ́ta გიორგი ★")
	first := write(t, maya(), odd, long(30))
	for range 10 {
		if !bytes.Equal(first, write(t, maya(), odd, long(30))) {
			t.Fatal("the same letters give other bytes")
		}
	}
	if len(first) > 80<<10 {
		t.Errorf("%d bytes: the typefaces are not cut down to what is used", len(first))
	}
}

func TestThePropertiesNameNobody(t *testing.T) {
	t.Parallel()
	pdf := write(t, maya())
	said := string(run(t, pdf, "pdfinfo", "-"))
	for _, want := range []string{"Letters: qualified immunity", "Denver Fair Courts", "612 x 792 pts (letter)", "Sun Nov 22"} {
		if !strings.Contains(said, want) {
			t.Errorf("the properties lack %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "Maya") || strings.Contains(said, "Bennet") {
		t.Errorf("the properties name somebody:\n%s", said)
	}
	if !bytes.Contains(pdf, []byte("/Lang (en-US)")) {
		t.Error("the document doesn't say its language")
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(run(t, pdf, "pdffonts", "-"))), "\n") {
		if fields := strings.Fields(line); strings.HasPrefix(line, "utf8") && (fields[4] != "yes" || fields[6] != "yes") {
			t.Errorf("a typeface is not embedded, or its text can't be read: %s", line)
		}
	}
}

func TestNoLetters(t *testing.T) {
	t.Parallel()
	if err := paper.Write(&bytes.Buffer{}, nil, options); err == nil {
		t.Error("no letters are no error")
	}
	if err := paper.Write(&bytes.Buffer{}, []paper.Letter{{}}, paper.Options{}); err != nil {
		t.Errorf("an empty letter: %v", err)
	}
	if err := paper.Write(full{}, []paper.Letter{maya()}, options); !errors.Is(err, errFull) {
		t.Errorf("a writer that fails: %v", err)
	}
	if got := fmt.Sprintf("%v %+v %v", maya(), []paper.Letter{maya()}, maya().From); strings.Contains(got, "Maya") || strings.Contains(got, "Bannock") {
		t.Errorf("a letter prints itself: %s", got)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// hostile are texts that have broken others.
var hostile = []string{
	"", "😀", "👩🏽‍⚖️👨‍👩‍👧‍👦🇺🇸", strings.Repeat("x", 10_000), strings.Repeat("W\u0301\u0323", 3_000), "a\r\nb\rc\n\n\n\nd", "\x00\x01\x1b[31m", "\u202eabc\u2066def\u2069",
	strings.Repeat("\u0301", 2_000), "\xff\xfe\xfd", "\uffff\ufffe\ufdd0", strings.Repeat("\n", 3_000), strings.Repeat(" ", 9_000), "\\(\\)) Tj ET (", "<</Type/Catalog>>",
	strings.Repeat("李", 4_000), strings.Repeat("a-", 4_000), "{nb} {page}", "\ufeff\u00ad\u200b\u2060", strings.Repeat("ﷺ", 300), strings.Repeat("–", 500), "１２３ ＡＢＣ",
	strings.Repeat("A\u00a0", 4_000), "\U0010ffff\U000f0000", "ﬁnd oﬃce", strings.Repeat("line\n", 400),
}

// everywhere is a letter that holds the text in all of its parts.
func everywhere(text string, n int) paper.Letter {
	l := paper.Letter{Date: text, Subject: text, Salutation: text, Paragraphs: []string{text, "A line between.", text}, Close: text, Enclosures: []string{text}}
	for range n {
		l.From = append(l.From, paper.Line{Text: text, Blank: text})
		l.To = append(l.To, text)
		l.Name = append(l.Name, paper.Line{Text: text, Blank: text})
	}
	return l
}

// check writes the letter, and another after it, and reads both.
func check(t *testing.T, l paper.Letter) {
	t.Helper()
	pdf := write(t, l, maya())
	pages := wordsOf(t, pdf)
	checkWindow(t, pages[0])
	checkMargins(t, pages)
	if last := pagesOf(t, pdf); !strings.Contains(last[len(last)-1], "no Congress ever passed") {
		t.Error("the letter after it can't be read")
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for i, text := range hostile {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			check(t, everywhere(text, i%9))
		})
	}
}

func FuzzWrite(f *testing.F) {
	for i, text := range hostile {
		f.Add(text[:min(len(text), 300)], uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		if len(text) > 2_000 { // longer ones are in TestHostileTexts: reading them back takes a second
			return
		}
		l := everywhere(text, int(n%9))
		for _, r := range paper.Missing(l) {
			if !strings.ContainsRune(nfc(strings.ToValidUTF8(text, "\ufffd")), r) {
				t.Errorf("%q is called missing and isn't in the text", r)
			}
		}
		check(t, l)
	})
}

// What isn't called missing is printed, letter by letter.
func TestWhatIsWholeIsPrinted(t *testing.T) {
	t.Parallel()
	var letters []string
	n := 0
	for r := rune('!'); r < 0x2800; r++ {
		alone := paper.Letter{Salutation: string(r)}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || nfc(string(r)) != string(r) || len(paper.Missing(alone)) > 0 {
			continue
		}
		if n++; n%40 == 1 {
			letters = append(letters, "")
		}
		letters[len(letters)-1] += string(r)
	}
	if n < 1500 {
		t.Errorf("only %d letters can be printed", n)
	}
	text := noSpaces(strings.Join(pagesOf(t, write(t, paper.Letter{Paragraphs: letters})), ""))
	for _, line := range letters {
		if !strings.Contains(text, line) {
			t.Errorf("%s is printed otherwise", line)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	most := maya() // the longest message to the most officials that a form takes
	most.Paragraphs = []string{strings.Repeat("Five thousand letters. ", 217), strings.Repeat("And then ten thousand more of them. ", 285)}
	for name, letters := range map[string][]paper.Letter{"five letters": slices.Repeat([]paper.Letter{maya()}, 5), "the most": slices.Repeat([]paper.Letter{most}, 40)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				paper.Missing(letters...)
				write(b, letters...)
			}
		})
	}
}
