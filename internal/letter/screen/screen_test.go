package screen_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"redress/content"
	"redress/internal/civics"
	"redress/internal/letter/screen"
)

var (
	ownAddress = civics.Address{Street: "1437 N Bannock St Apt 5", City: "Denver", State: "CO", Zip: "80203"}
	published  = []civics.Office{
		{Kind: "capitol", Street: "200 East Colfax Avenue, Room 346", City: "Denver", State: "CO", Zip: "80203"},
		{Kind: "district", Street: "Suite 400, 1244 Speer Blvd", City: "Denver", State: "CO"},
		{Kind: "capitol", Street: "2111 Rayburn House Office Building", City: "Washington", State: "DC"},
	}
)

func screened(story string) []string {
	var rules []string
	for _, f := range screen.Find(screen.Text{Story: story, Own: ownAddress, Offices: published}) {
		rules = append(rules, f.Rule)
	}
	return rules
}

// rot13 keeps slurs out of this file as their fingerprints do out of the list.
func rot13(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case r >= 'A' && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, text)
}

// slur fills slurs into a sentence: what stands between < and > is rot13.
func slur(text string) string {
	for {
		before, rest, found := strings.Cut(text, "<")
		inside, after, closed := strings.Cut(rest, ">")
		if !found || !closed {
			return text
		}
		text = before + rot13(inside) + after
	}
}

var threats = []string{
	"I will kill you.",
	"I'll kill you",
	"I’LL KILL YOU ALL!!!",
	"I'm going to kill every one of you",
	"Im gonna kill you",
	"ill kill u",
	"Imma shoot you",
	"We are going to shoot you and your family.",
	"If you vote no I will personally murder you.",
	"I swear to God I will strangle that corrupt senator",
	"I want to kill Senator Gonzales.",
	"I would love to see you hang.",
	"We should hang the senators.",
	"We will hunt you down.",
	"I am going to hunt down every cop in this town",
	"I'm going to blow you away",
	"I will slit your throat",
	"I will beat you to death",
	"I will put a bullet in your head.",
	"There is a bullet with your name on it",
	"A bullet through your skull would fix it",
	"we're coming for you with guns",
	"We're coming for you.",
	"I am coming to your office with my rifle",
	"I will bring my gun to the hearing",
	"I have a gun and I know how to use it",
	"hope someone shoots you",
	"I hope that someone kills your whole family",
	"I hope you die",
	"hope you and your family burn",
	"I hope your kids get shot",
	"I pray you are raped",
	"wish you were dead",
	"I want you dead",
	"you should hang",
	"You should be shot for this",
	"you deserve to die",
	"Politicians like you should be hanged",
	"All cops should die",
	"they all deserve to hang",
	"you're dead",
	"You are a dead man walking",
	"youre dead meat",
	"You are going to get killed",
	"watch your back",
	"You better watch your back, senator",
	"Sleep with one eye open.",
	"Your days are numbered",
	"we know where you live",
	"I know where you sleep at night.",
	"We know where your kids go to school",
	"I found out where you live",
	"I planted a bomb in the capitol",
	"There is a bomb in your office",
	"the bomb will go off at noon",
	"I will blow up your office",
	"We will burn your house down",
	"I'm going to shoot up the courthouse",
	"Kill all cops",
	"Hang the judges!",
	"Somebody should shoot you",
	"someone needs to kill that judge",
	"Death to all cops",
	"Go kill yourself.",
	"kys",
	"A noose is around your neck",
	"pay with your life",
	"An accident could happen to you",
	"It would be a shame if something happened to you",
	"I will make you bleed",
	"Te voy a matar",
	"Sabemos dónde vives",
	"I w1ll k1ll y0u",
	"I will ki11 you",
	"I will k i l l you",
	"I will k-i-l-l you",
	"I will kiiilll you",
	"I will kіll уou", // Cyrillic і, у
	"I will k\u200bi\u200bl\u200bl you",
	"Ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ",
	"I wíll kïll yöu",
	"I'm coming to kill you tonight", "You will die for this", "you're going to die", "I hope you rot in hell and die", "I hope cancer kills you",
	"You won't live to see the next election", "You're next.", "You will be hanging from a tree", "traitors get the rope", "The only good cop is a dead cop",
	"your daughter should be raped", "your family will pay with their lives", "I'm outside your house", "let's kill the senators", "die bitch",
	"I'll beat the shit out of you", "I will break your legs", "I'll smash your face in", "I'm going to cut your head off",
	"we will drag you out of your office and hang you", "I've got a bullet for you", "I will shooot you", "We need to execute the senators who vote no",
	"I said I will kill you",
	"Like I told you, I will kill you.",
	"The vote is Tuesday. I will kill you if it fails.",
}

var abuseful = []string{
	"You <avttre>",
	"Every <snttbg> in this state",
	"these <jrgonpxf> and <fcvpf>",
	"go home, <entuurnq>",
	"<AvTtRe> lover",
	"<a1ttre>",
	"<avttttre>",
	"<a v t t r e>",
	"<a.v.t.t.r.e>",
	"<cbepu zbaxrl>",
	"<cbepu zbaxrlf>",
	"that <genaal>",
	"the <x1xr> in office",
}

var homesOfOthers = []string{
	"your house at 12 Elm Street",
	"She lives at 455 Marion St, Denver",
	"The officer lives at 4120 W 38th Ave",
	"Visit him: 77 south pearl street",
	"Go to 2380 Kipling Way and ask him yourself.",
	"I sat before 9 Oak Ct, Apt 3",
	"1438 Bannock St",
	"200 W Colfax Ave",
	"he can be found at 5 Old Mill Rd",
	"123 Martin Luther King Blvd",
	"12345 County Road 7",
	"812 Highway 92",
	"3003 Springfield Drive",
	"you live at 12 Elm",
	"your home address",
	"His home address is known to all of us",
	"Officer Brown's home address is 9 Main St",
	"12 e. elm st.",
	"1437B Pearl Street",
	"Everybody should meet at 600 Grant Street tonight",
}

var harmless = []string{
	"Police killed my brother.",
	"Officers shot and killed my son while he slept.",
	"I was threatened: he said 'I will kill you'.",
	"He told me, “I will kill you if you move.”",
	"He said I will kill you and your family.",
	"The officer yelled that he would shoot me.",
	"They told me they would shoot me.",
	"An officer pointed a gun at me and said he was going to kill me.",
	"The voicemail said we know where you live.",
	"She got a screen. It read: \"We know where you live.\"",
	"They wrote \"you should hang\" on our door.",
	"I have received threats: someone wrote that I deserve to die.",
	"They were going to kill him.",
	"I thought I was going to die.",
	"I wanted to die after what they did to my daughter.",
	"I do not want anyone to be killed.",
	"I don't want to see you die in that office, old friend",
	"I will never hurt you",
	"We will not shoot you down",
	"Nobody deserves to die over a traffic stop.",
	"He did not deserve to die.",
	"You do not deserve to die at a traffic stop.",
	"No one should be shot for holding a phone.",
	"The officer who shot him lives free today.",
	"I don't know where he lives.",
	"We know where you stand on this.",
	"I know where you are coming from.",
	"Do you know where your children are?",
	"kill the bill",
	"Please kill the bill before it kills people.",
	"We will kill this bill.",
	"I will kill the bill if you let me down",
	"I would kill the amendment",
	"I hope you kill the bill in committee.",
	"I hope the bill dies in committee",
	"dead in committee",
	"The bill is dead in committee, and you are dead wrong.",
	"You are dead set against it.",
	"shoot me an email",
	"I'll shoot you an email tomorrow",
	"Shoot him an email",
	"Please shoot her a note",
	"gun control",
	"I am coming to testify about gun violence",
	"I own a gun and I support this bill.",
	"The police came with guns drawn.",
	"We will bring our gun safety proposal to your office",
	"Lynching was a crime that this country did not punish for a century.",
	"My great-grandfather was lynched in 1921, and nobody was tried.",
	"The Emmett Till Antilynching Act",
	"There is blood on your hands.",
	"Heads should roll at the department",
	"We will beat you at the polls.",
	"We are coming for you in November",
	"We will fight you in court.",
	"We are coming after your seat.",
	"This will hurt you at the ballot box, and it will hurt families.",
	"I will bury you in letters",
	"I hope you hang on to your principles.",
	"Hang in there, Senator.",
	"You should hang up when they call.",
	"My wife was stabbed, and the case died.",
	"After the bomb threat at our synagogue we asked for help.",
	"The bomb at the courthouse in 1995 killed children.",
	"If I call for help, will I be killed?",
	"If you reach for your license you will be shot by a frightened officer",
	"He was executed without a trial.",
	"He choked him until he died.",
	"Please don't let another mother bury her son.",
	"I want to live without fear that a cop will kill my child.",
	"I would die for this country; I have served it for 20 years.",
	"How many more must die?",
	"It kills me to read this.",
	"Your vote could kill police accountability.",
	"We should execute the law as written.",
	"His words: drop the knife or I will shoot you.",
	"You have a target on your back because of the lobby, and I am sorry.",
	"I can't breathe, he said eleven times.",
	"They said they'd burn our house down.",
	"watch the body camera video",
	"On March 3 my cousin was pulled over at 14th and Main Street. The deputy told him to get out or he would shoot.",
	"I watched an officer beat my father to the ground.",
	"My family was threatened after we filed the suit; someone told us to watch our backs.",
	"I would kill for my children.", "They will kill us all if you do nothing.", "If we do not act, officers will shoot more people like my son.",
	"We should hold officers who shoot people accountable.", "We need judges to stop shielding officers who rape and beat people.",
	"I want to see the officer who shot my son in court.", "I will not stop until the officers who murdered my sister are tried.",
	"We can stop cops from killing.", "You could be killed next; your son could be shot.", "You will be remembered as the senator who let it die.",
	"I hope you will support the bill so that no family has to burn through its savings.", "I hope you and your family are well.",
	"I pray you never get the call that your child was shot.", "I wish you could see the video of my brother dying.",
	"He was shot in the back. They put four bullets in his head.", "My own house was raided: forty officers with rifles.", "I have a gun permit and two sons.",
	"We can't let the lobby kill your bill.", "I want you to kill qualified immunity.", "We will hang your letter on the wall.",
	"I will burn through my savings to fight this.", "I will put my life in your hands.", "Stand with us or we'll vote you out.",
	"You're dead right that this is hard.", "My neighbors and I will hunt for a better representative.", "We'd like you to execute the judge's order.",
	"I might be killed by the police for being autistic.", "I asked whether they would kill him. The officer said: maybe.", "He wrote to me that he would kill my dog.",
	"I served as a police officer for 22 years and I had to shoot a man.", "As an officer I can kill someone and never see a courtroom.",
	"they should all be fired", "you deserve to be voted out", "You should be hanging your head in shame", "You should burn the midnight oil",
	"My brother is dead. You are our last hope.", "You are next in line to chair the committee.", "We will drag you out to vote.",
	"My son was 16. Street lights were out.", "He served 14 years. Way too long.", "In 1983 Wall Street boomed", "We marched for 3 miles. Road closures did not stop us.",
	"2 Supreme Court justices agreed", "the 2024 Colorado Way Forward Act", "Since May 25, 2020 Lake Street has been rebuilt", "We had 4 St. Paul officers there",
	"In the 1990s 4 officers were tried on Wilshire Boulevard in Los Angeles.",
	"He called me a <avttre> as he cuffed me.",
	"The officers called my son a <snttbg> and laughed.",
	"Somebody sprayed \"<avttre>\" on our church.",
	"My teacher was told he was a <jrgonpx>.",
	"A raccoon, a chink in the armor, a dike, Niger and Nigeria, snigger, the niggardly budget, and a spicy soup",
	"fire retardant, spices and japes", "scrap paper from Pakistan", "Mr. Kiker and Ms. Fagan of Scunthorpe",
	"1437 Bannock St", "I live at 1437 Bannock Street in Denver.", "They raided 1437 N. Bannock St., Apt 5, my home.",
	"1600 Pennsylvania Avenue", "1600 pennsylvania ave nw",
	"200 E Colfax Ave", "Come to 200 East Colfax, room 346.", "your office at 1244 Speer Boulevard", "2111 Rayburn House Office Building",
	"The officer demanded my home address.", "He asked for her home address.",
	"In 2020 the Supreme Court declined eight cases.", "In 2020 Supreme Court rulings left it as it was.", "In 1967 Main Street was burning.",
	"42 U.S.C. Section 1983", "the 10th Circuit Court of Appeals", "9 judges sat in court", "a 15 minute drive", "a 4 lane road", "12 people in the street", "20 years in court",
	"On June 5, 2020 Main Street was closed.", "HB 1287 Court costs", "5 officers blocked the road", "about 300 Denver Street Medics",
	"SB 217 passed 52 to 13; S. 1913 and H.R. 3602 wait.", "24 hours a day", "80203", "Call 303-866-2318.",
	"",
}

func TestThreatsAreFound(t *testing.T) {
	t.Parallel()
	expect(t, threats, screen.Threat, 60)
}

func TestSlursAndHomesAreFound(t *testing.T) {
	t.Parallel()
	expect(t, abuseful, screen.Slur, 12)
	expect(t, homesOfOthers, screen.Address, 20)
}

func expect(t *testing.T, texts []string, rule string, atLeast int) {
	t.Helper()
	if len(texts) < atLeast {
		t.Errorf("only %d", len(texts))
	}
	for _, text := range texts {
		if !slices.Contains(screened(slur(text)), rule) {
			t.Errorf("no %s in %q", rule, text)
		}
		long := strings.Repeat("I am writing about House Bill 1287. ", 40) + slur(text) + "\n\n" + strings.Repeat("Please tell me where you stand. ", 40)
		if !slices.Contains(screened(long), rule) {
			t.Errorf("no %s in a long letter with %q", rule, text)
		}
	}
}

func TestWhatPeopleWriteIsNotHeld(t *testing.T) {
	t.Parallel()
	if len(harmless) < 60 {
		t.Errorf("only %d", len(harmless))
	}
	for _, text := range harmless {
		if found := screened(slur(text)); len(found) > 0 {
			t.Errorf("%q is held for %v", text, found)
		}
	}
	whole := slur(strings.Join(harmless, "\n\n"))
	if found := screened(whole); len(found) > 0 {
		t.Errorf("all of it is held for %v", found)
	}
}

// addresses are files that give addresses of offices, as they must.
var addresses = regexp.MustCompile(`center\.md$|pages/contact\.md$|/meetings/`)

// What the campaign itself writes isn't held, nor what the sample explains.
func TestOurOwnWordsAreNotHeld(t *testing.T) {
	t.Parallel()
	n := 0
	err := fs.WalkDir(content.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".md") || addresses.MatchString(path) {
			return err
		}
		text, err := fs.ReadFile(content.FS, path)
		if err != nil {
			return err
		}
		n++
		for paragraph := range strings.SplitSeq(string(text), "\n\n") {
			if found := screened(paragraph); len(found) > 0 {
				t.Errorf("%s is held for %v: %.200s", path, found, paragraph)
			}
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestAFindingSaysWhere(t *testing.T) {
	t.Parallel()
	found := screen.Find(screen.Text{Subject: "12 Elm Street", Story: "I will kill you. I will kill you.", Body: "I will kill you at 12 Elm Street"})
	want := []screen.Finding{{Rule: "address", Where: "subject"}, {Rule: "threat", Where: "story"}, {Rule: "threat", Where: "body"}, {Rule: "address", Where: "body"}}
	if !slices.Equal(found, want) {
		t.Errorf("%v, want %v", found, want)
	}
}

// The list can be read by nobody, and no word of the language is on it.
func TestTheListOfSlurs(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("slurs.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && strings.ContainsFunc(line, func(r rune) bool { return r > 'f' }) {
			t.Errorf("a line in clear: %q", line)
		}
	}
	for _, word := range strings.Fields(rot13("avttre snttbg xvxr")) {
		for _, line := range screen.SlurLines(word) {
			if !strings.Contains(string(list), line) {
				t.Errorf("%s is not on the list", rot13(word))
			}
		}
	}
}

// However a threat is dressed up, it is found.
func TestDressingUpHidesNothing(t *testing.T) {
	t.Parallel()
	lookalike := map[rune][]string{
		'a': {"а", "á", "@", "ａ", "𝐚"}, 'e': {"е", "ë", "3", "ｅ"}, 'i': {"і", "í", "1", "!", "ｉ"}, 'o': {"о", "ö", "0", "ο"},
		'l': {"ⅼ", "ｌ", "𝗹"}, 's': {"ѕ", "$", "5"}, 'h': {"һ", "ｈ"}, 'y': {"у", "ý"}, 't': {"7", "ｔ"}, 'k': {"к", "ｋ"},
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SampledFrom([]string{"i will kill you", "i am going to shoot you", "we should hang the politicians", "hope someone shoots you"}).Draw(t, "threat")
		var dressed strings.Builder
		for i, r := range plain {
			inside := i > 0 && i < len(plain)-1 && plain[i-1] != ' ' && plain[i+1] != ' '
			switch rapid.IntRange(0, 5).Draw(t, "how") {
			case 0:
				if others := lookalike[r]; others != nil && (inside || unicode.IsLetter([]rune(others[0])[0])) {
					other := rapid.SampledFrom(others).Draw(t, "other")
					if inside || unicode.IsLetter([]rune(other)[0]) {
						dressed.WriteString(other)
						continue
					}
				}
			case 1:
				dressed.WriteRune(unicode.ToUpper(r))
				continue
			case 2:
				if r != ' ' {
					dressed.WriteRune(r)
					dressed.WriteString(rapid.SampledFrom([]string{"\u200b", "\u00ad", "\u2060", "\u0301", "\ufeff"}).Draw(t, "unseen"))
					continue
				}
			}
			dressed.WriteRune(r)
		}
		if !slices.Contains(screened(dressed.String()), screen.Threat) {
			t.Fatalf("%q hides %q", dressed.String(), plain)
		}
	})
}

// Ordinary text stays what it is, whatever its punctuation and case.
func TestOrdinaryWordsAreNotHeld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields(`I we you the bill police officer court judge senator please support oppose vote
			brother daughter was were hurt law immunity qualified rights Denver street in at on my your because and but never 2020 1983 42 Section`)), 0, 60).Draw(t, "words")
		text := strings.Join(words, rapid.SampledFrom([]string{" ", ", ", "\n", " - "}).Draw(t, "between"))
		for _, rule := range screened(text) {
			if rule != screen.Address { // "42 Denver street" is one
				t.Fatalf("%q is held for %s", text, rule)
			}
		}
	})
}

// A text that is made to be slow is read as fast as any other: twice as long
// takes about twice the time.
func TestScreeningTakesTimeInProportion(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		"I will ", "i ", "kill ", "we should the the the the ", "hope you all both get ", "said ", "12 elm ", "'\"", "n i g ", "I will I will kill the fucking damn ", "\u0301", "ﷺ", "1 1 1 1 ", "you should you must ",
	} {
		took := func(bytes int) time.Duration {
			best := time.Hour
			text := strings.Repeat(part, bytes/len(part))
			for range 3 {
				began := time.Now()
				screened(text)
				best = min(best, time.Since(began))
			}
			return best
		}
		short, long := took(10_000), took(40_000)
		if long > 40*short+50*time.Millisecond || long > 2*time.Second {
			t.Errorf("%q: %v, and %v for four times as much", part, short, long)
		}
	}
}

func FuzzScreen(f *testing.F) {
	for _, list := range [][]string{threats, abuseful, homesOfOthers, harmless} {
		for _, text := range list {
			f.Add(text)
		}
	}
	f.Add("\xff\xfe I will \x00 kill ''' you")
	f.Add(strings.Repeat("'", 1000))
	f.Fuzz(func(t *testing.T, text string) {
		first := screen.Find(screen.Text{Subject: text, Story: text, Body: text, Own: civics.Address{Street: text}, Offices: []civics.Office{{Street: text}}})
		if len(first) > 9 {
			t.Errorf("%d findings", len(first))
		}
		alone := screen.Find(screen.Text{Story: text, Own: civics.Address{Street: text}, Offices: []civics.Office{{Street: text}}})
		for _, one := range alone {
			if !slices.Contains(first, one) {
				t.Errorf("%v depends on another field", one)
			}
		}
		for _, line := range screen.SlurLines(text) {
			if len(line) != 16 {
				t.Errorf("line %q", line)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	t := screen.Text{Subject: strings.Repeat("Please vote ", 16), Own: ownAddress, Offices: published}
	for len(t.Body) < 9_900 {
		t.Body += harmless[len(t.Body)%len(harmless)] + " "
	}
	t.Story = t.Body[:4_900]
	for b.Loop() {
		screen.Find(t)
	}
}
