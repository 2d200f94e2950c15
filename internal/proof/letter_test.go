package proof

import (
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMayaWritesToHerStateSenator is the whole way of a letter: read, find,
// write, confirm from the mail, and a receipt that tells the truth.
func TestMayaWritesToHerStateSenator(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	senator, representative := legislators(t, s)
	b := open(t, look{})

	b.visit(s.URL + theIssue)
	b.says("Qualified immunity")
	b.fill(`form.action-find input[name="zip"]`, m.Zip)
	b.click("form.action-find button")
	b.says(say("letter.write.ambiguous"), "Diana DeGette", "Michael F. Bennet", say("layout.captured"))
	b.doesNotSay(say("letter.write.we_send")) // who the legislators are, nobody knows yet
	b.fill(`form.address-form input[name="address"]`, m.address())
	b.click("form.address-form button")
	b.says(say("letter.write.we_send"), senator.Name, representative.Name, say("letter.write.you_send"), "John W. Hickenlooper")
	if where := b.address(); strings.Contains(where, "Bannock") || strings.Contains(where, "?") {
		t.Errorf("the address bar holds the address: %s", where)
	}
	b.describe(m)
	b.says(say("letter.write.words", "Count", len(strings.Fields(m.Story))))
	b.picture("letter-write")
	b.click(`form[data-letter] button[type="submit"]`)
	receipt := b.address()
	if !strings.HasPrefix(receipt, s.URL+"/messages/") || strings.HasSuffix(receipt, "/confirm") {
		t.Fatalf("submitting led to %s", receipt)
	}
	b.says(say("messages.heading.waiting", "Count", 2), say("messages.state.awaiting"), say("messages.state.awaiting_why"))
	b.doesNotSay(m.Email, m.Street, m.Family)
	b.picture("letter-receipt")
	if saved := eval[int](b, `localStorage.length`); saved != 0 {
		t.Error("the draft is still in the browser after sending")
	}
	if sent := s.mailsFrom(t, m); len(sent) > 0 {
		t.Fatalf("%d letters went out before anyone confirmed", len(sent))
	}

	confirm := s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm")
	b.visit(confirm)
	b.says(say("messages.confirm.heading", "Count", 2), "Maya Ortiz via ", senator.Name+" <"+senator.email()+">", m.Email, m.Story, "1437 Bannock St", "Denver, CO 80203", say("messages.confirm.send", "Count", 2))
	shown := eval[[]string](b, `[...document.querySelectorAll("article.letter .letter-text")].map((e) => e.textContent)`)
	b.picture("letter-confirm")
	b.click(`main form[method="post"] button`)
	if b.address() != receipt {
		t.Errorf("confirming led to %s instead of the receipt", b.address())
	}
	b.doesNotSay(say("messages.state.awaiting"), say("messages.heading.waiting", "Count", 2), say("messages.heading.waiting", "Count", 1))

	letters := s.awaitMailsFrom(t, m, 2)
	b.visitWhenDone(receipt, say("messages.state.queued"), say("messages.state.sending"))
	b.says(say("messages.heading.sent"), upTo("messages.lead.confirmed"), senator.Name, say("messages.state.captured"), upTo("messages.state.captured_why"), "MST")
	b.doesNotSay(upTo("messages.state.sent_why"), say("messages.state.queued"), say("messages.state.sending"))
	b.picture("letter-receipt-after")
	for _, o := range []official{senator, representative} {
		letter, found := addressedTo(letters, o.email())
		if !found {
			t.Fatalf("no letter to %s", o.Name)
		}
		checkLetter(t, letter, m, o, shown)
	}
	copied := s.awaitMail(t, m.Email, copyOfLetters)
	if !strings.Contains(strings.Join(strings.Fields(copied.Text), " "), m.Story) {
		t.Errorf("the copy that Maya keeps lacks her words:\n%s", copied.Text)
	}
}

// describe fills in who writes, and the writer's own words.
func (b *tab) describe(p person) {
	b.t.Helper()
	b.fill("#field-story", p.Story)
	b.fill("#field-given_name", p.Given)
	b.fill("#field-family_name", p.Family)
	b.fill("#field-street", p.Street)
	b.fill("#field-city", p.City)
	b.choose("#field-state", p.State)
	b.fill("#field-zip", p.Zip)
	b.fill("#field-email", p.Email)
}

// checkLetter holds a captured letter against what an office must be able to
// trust.
func checkLetter(t *testing.T, letter letterbox, p person, to official, shown []string) {
	t.Helper()
	name := p.Given + " " + p.Family
	from := one(t, letter, "From")
	if !strings.HasPrefix(from.Name, name+" via ") || from.Name == name+" via " || strings.EqualFold(from.Address, p.Email) {
		t.Errorf("From: %s", from)
	}
	if reply := one(t, letter, "Reply-To"); reply.Address != p.Email || reply.Name != name {
		t.Errorf("Reply-To: %s", reply)
	}
	if got := one(t, letter, "To"); got.Address != to.email() {
		t.Errorf("To: %s", got)
	}
	if !strings.Contains(letter.Subject, p.City) {
		t.Errorf("the subject %q lacks the town", letter.Subject)
	}
	center := strings.TrimPrefix(from.Name, name+" via ")
	for what, want := range map[string]string{
		"the writer's own words": p.Story,
		"the close":              fmt.Sprintf("\n%s\n%s\n%s, %s %s\n", name, p.Street, p.City, p.State, p.Zip),
		"who confirmed":          name + " wrote this letter as your constituent and confirmed by e-mail",
		"the center":             center,
	} {
		if !strings.Contains(letter.Text, want) {
			t.Errorf("the letter lacks %s (%q):\n%s", what, want, letter.Text)
		}
	}
	last := strings.Fields(to.Name)
	if head, _, _ := strings.Cut(letter.Text, "\n"); !strings.Contains(head, last[len(last)-1]) {
		t.Errorf("the letter to %s begins %q", to.Name, head)
	}
	if unfilled := strings.IndexAny(letter.Subject+letter.Text, "[{"); unfilled >= 0 {
		t.Errorf("a mark was left unfilled:\n%s\n%s", letter.Subject, letter.Text)
	}
	if letter.HTML != "" {
		t.Error("a letter to an office is plain text")
	}
	if letter.Get("Message-Id") == "" || strings.Contains(letter.Get("Message-Id"), "localhost") && !strings.Contains(from.Address, "localhost") {
		t.Errorf("Message-ID: %s", letter.Get("Message-Id"))
	}
	if shown != nil && !slices.ContainsFunc(shown, func(text string) bool { return sameWords(text, letter.Text) }) {
		t.Errorf("the letter is not what the confirm page showed:\n%s\n--- shown:\n%s", letter.Text, strings.Join(shown, "\n---\n"))
	}
}

// one is the single address of a header.
func one(t testing.TB, m letterbox, header string) *mail.Address {
	t.Helper()
	address, err := mail.ParseAddress(m.Get(header))
	if err != nil {
		t.Fatalf("%s %q: %v", header, m.Get(header), err)
	}
	return address
}

func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// mailsFrom are the captured letters that this person's name goes out with.
func (s *site) mailsFrom(t testing.TB, p person) []letterbox {
	t.Helper()
	var found []letterbox
	for _, m := range s.mails(t) {
		if strings.Contains(m.Get("Reply-To"), p.Email) {
			found = append(found, m)
		}
	}
	return found
}

func (s *site) awaitMailsFrom(t testing.TB, p person, n int) []letterbox {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		found := s.mailsFrom(t, p)
		if len(found) >= n || time.Now().After(deadline) {
			if len(found) != n {
				t.Fatalf("%d letters from %s went out, want %d", len(found), p.Given, n)
			}
			return found
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func addressedTo(mails []letterbox, address string) (letterbox, bool) {
	for _, m := range mails {
		if strings.Contains(m.Get("To"), address) {
			return m, true
		}
	}
	return letterbox{}, false
}

// TestMayaSendsToCongressByHand copies the letter into her senator's web form
// and says so. The guide names what the form asks and lies about nothing.
func TestMayaSendsToCongressByHand(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	members := whoRepresents(t, s, m.Zip).of("federal", "senate")
	receipt := s.redirected(t, theIssue+"/letter", m.writing(members[0].ID, members[1].ID))
	b := open(t, look{})
	b.visit(s.URL + receipt)
	b.says(say("messages.heading.yours"), say("messages.state.needs_you"), say("messages.guide.webform"), say("messages.guide.asks"))
	b.doesNotSay(say("messages.heading.waiting", "Count", 2), say("messages.heading.waiting", "Count", 1))
	form := ""
	for _, c := range members[0].Channels {
		if c.Kind == "webform" {
			form = c.Value
		}
	}
	if linked := eval[bool](b, `[...document.querySelectorAll("a[href]")].some((a) => a.getAttribute("href") === `+quoted(form)+`)`); !linked {
		t.Errorf("the guide doesn't link the form %s", form)
	}
	letter := eval[string](b, `document.querySelector("article.guide div.letter-text").textContent`)
	if !strings.Contains(letter, m.Story) || !strings.HasPrefix(letter, "Dear Senator ") || strings.Contains(letter, "[your") {
		t.Errorf("the letter to copy:\n%s", letter)
	}
	if selected := eval[string](b, `getComputedStyle(document.querySelector("article.guide div.letter-text")).userSelect`); selected == "none" {
		t.Error("the letter can't be selected")
	}
	b.allow(s.URL, "clipboard-read")
	b.allow(s.URL, "clipboard-write")
	const copyButton = `article.guide button[data-copy^="letter-"]`
	eval[bool](b, `new MutationObserver((_, o) => { window.proofCopied = true; o.disconnect() }).observe(document.querySelector(`+quoted(copyButton)+`), { childList: true }), true`)
	b.press(copyButton)
	b.waitUntil("the button says that it copied", `window.proofCopied === true`)
	if copied := eval[string](b, `navigator.clipboard.readText()`); !sameWords(copied, letter) {
		t.Errorf("copied:\n%s\nwant:\n%s", copied, letter)
	}
	b.picture("letter-guide")

	b.click(`article.guide form[method="post"] button`)
	if !strings.HasSuffix(b.address(), receipt) {
		t.Errorf("saying so led to %s", b.address())
	}
	b.says(upTo("messages.state.done_by_you_why"), say("messages.state.needs_you")) // the other still does
	if letters := s.mailsFrom(t, m); len(letters) > 0 {
		t.Errorf("%d letters went out from here", len(letters))
	}
	ready := s.awaitMail(t, m.Email, confirmLetters)
	if slices.ContainsFunc(linkInMail.FindAllString(ready.Text, -1), func(link string) bool { return strings.Contains(link, "/confirm") }) {
		t.Error("the mail links a confirmation though there is nothing to confirm")
	}
}

// TestAStrangersWordsAreNeverMailed: anyone can type anyone's address into a
// form, so the mail that asks to confirm repeats nothing of it.
func TestAStrangersWordsAreNeverMailed(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, _ := legislators(t, s)
	m := maya()
	m.Story = "Buy cheap pills at pills.example"
	form := m.writing(senator.ID)
	form.Set("subject", "Win money now")
	form.Set("body", "Click https://evil.example/")
	s.redirected(t, theIssue+"/letter", form)
	asked := s.awaitMail(t, m.Email, confirmLetters)
	for _, word := range []string{"pills", "Win money", "evil.example", m.Given, m.Street} {
		if strings.Contains(asked.Subject+asked.Text+asked.HTML, word) {
			t.Errorf("the mail repeats %q", word)
		}
	}
	if got := one(t, asked, "To"); got.Name != "" {
		t.Errorf("the mail is addressed by the typed name: %s", got)
	}
}

// TestConfirmingTwiceSendsOnce presses the button twice, as doubters do.
func TestConfirmingTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	s := shared(t)
	senator, _ := legislators(t, s)
	m := maya()
	receipt := s.redirected(t, theIssue+"/letter", m.writing(senator.ID))
	confirm := path(t, s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	for range 3 {
		if to := s.redirected(t, confirm, nil); to != receipt {
			t.Errorf("confirming leads to %s, not to the receipt", to)
		}
	}
	s.awaitMailsFrom(t, m, 1)
	time.Sleep(2 * time.Second)
	s.awaitMailsFrom(t, m, 1)
	if resp, text := s.get(t, confirm); resp.StatusCode != http.StatusOK || !strings.Contains(plain(text), upTo("messages.confirm.again")) {
		t.Errorf("the link after confirming: %d %s", resp.StatusCode, plain(text))
	}
	if again := s.redirected(t, theIssue+"/letter", m.writing(senator.ID)); again == receipt {
		t.Error("the same letter again leads to the first one's receipt")
	}
	time.Sleep(2 * time.Second)
	s.awaitMailsFrom(t, m, 1)
}
