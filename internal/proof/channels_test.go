package proof

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/letter"
	"redress/internal/letter/cwc"
)

// TestDanaWritesToCongress: with keys for both services her letters go by
// Congress's own mail system. It asks for a prefix, and so does the page, there
// only. At the services' closed hours the letter waits and the receipt says until
// when.
func TestDanaWritesToCongress(t *testing.T) {
	t.Parallel()
	l := sharedLiveSite(t)
	dana := maya()
	dana.Given, dana.Family, dana.Story = "Dana", "Whitfield", twentyFour
	dana = someone(dana)
	b := open(t, look{})
	b.visit(l.URL + theIssue + "/letter")
	b.fill(`form.address-form input[name="address"]`, civicstest.Pleasanton)
	b.click("form.address-form button")
	if asked := eval[int](b, `document.querySelectorAll("#field-prefix").length`); asked != 0 {
		t.Error("a prefix is asked for where no letter goes by the intake")
	}
	b.visit(l.URL + theIssue + "/letter")
	b.fill(`form.address-form input[name="address"]`, dana.address())
	b.click("form.address-form button")
	b.says(say("letter.write.we_send"), say("letter.write.by_congress"), say("letter.write.prefix_hint"), "Diana DeGette")
	senator, representative := legislators(t, l.site)
	for _, o := range []official{senator, representative} { // she writes to Congress alone
		b.press(`input[name="officials[]"][value=` + quoted(o.ID) + `]`)
	}
	b.describe(dana)
	b.choose("#field-prefix", "Ms.")
	b.picture("congress-write")
	b.click(`form[data-letter] button[type="submit"]`)
	receipt := strings.TrimPrefix(b.address(), l.URL)
	b.says(say("messages.heading.waiting", "Count", 3))

	b.visit(linkIn(t, received(t, l.server, dana.Email, "/confirm"), "/confirm"))
	members := map[string]civics.Chamber{"John W. Hickenlooper": cwc.Senate, "Michael F. Bennet": cwc.Senate, "Diana DeGette": cwc.House}
	offices := map[string]string{"John W. Hickenlooper": "SCO02", "Michael F. Bennet": "SCO03", "Diana DeGette": "HCO01"}
	for name := range members {
		b.says(say("messages.confirm.to_congress", "Name", map[civics.Chamber]string{cwc.Senate: "Senator ", cwc.House: "Representative "}[members[name]]+name))
	}
	b.doesNotSay("via Center") // no mail goes out
	b.says(twentyFour, say("messages.confirm.send", "Count", 3))
	b.picture("congress-confirm")
	open := openChambers()
	b.click(`main form[method="post"] button`)
	for name, chamber := range members {
		if !open[chamber] || !openChambers()[chamber] {
			l.awaitReceipt(t, receipt, name)
			continue
		}
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			_, page := l.follow(t, receipt)
			stands := standing(t, page, name)
			if strings.Contains(stands, upTo("messages.state.sent_congress")) || !openChambers()[chamber] {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the letter to %s stands: %s", name, stands)
			}
		}
	}
	_, page := l.follow(t, receipt)
	for name, chamber := range members {
		stands := standing(t, page, name)
		sent := strings.Contains(stands, upTo("messages.state.sent_congress"))
		if waits := strings.Contains(stands, say("messages.state.queued")); sent == waits || waits && openChambers()[chamber] {
			t.Errorf("the letter to %s stands: %s", name, stands)
		}
		if n := l.taken(offices[name]); (n == 1) != sent || n > 1 {
			t.Errorf("%s has %d letters; the receipt says: %s", offices[name], n, stands)
		}
	}
	for _, a := range l.congress.Accepted() {
		m := a.Message
		if m.Constituent.Prefix != "Ms." || m.Constituent.FirstName != "Dana" || m.Constituent.Email != dana.Email || !strings.Contains(m.Content.ConstituentMessage, twentyFour) {
			t.Errorf("%s got a letter that isn't hers", m.Recipient.MemberOffice)
		}
		if m.Content.OrganizationStatement == "" || strings.Contains(m.Content.OrganizationStatement, twentyFour) {
			t.Errorf("the campaign's statement to %s isn't apart from her words", m.Recipient.MemberOffice)
		}
	}
	// Without a prefix nothing is taken, and what she typed stays.
	form := dana.writing(whoRepresents(t, l.site, dana.Zip).of("federal", "senate")[0].ID)
	resp, text := l.post(t, theIssue+"/letter", form)
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(plain(text), say("letter.form.prefix.required")) || !strings.Contains(text, "night shift") {
		t.Errorf("without a prefix: %d", resp.StatusCode)
	}
	if strings.Contains(l.Log.String(), "Whitfield") || strings.Contains(l.Log.String(), dana.Email) {
		t.Error("her name or address is in the log")
	}
}

// openChambers tells which services take messages now.
func openChambers() map[civics.Chamber]bool {
	open := map[civics.Chamber]bool{}
	for _, chamber := range []civics.Chamber{cwc.House, cwc.Senate} {
		_, closed := cwc.ClosedUntil(chamber, time.Now())
		open[chamber] = !closed
	}
	return open
}

// taken counts the letters that an office of Congress took.
func (l *liveSite) taken(office string) (n int) {
	for _, a := range l.congress.Accepted() {
		if a.Message.Recipient.MemberOffice == office {
			n++
		}
	}
	return n
}

// TestNoorsLetterIsReadFirst: a letter that threatens waits until a person at the
// center has read it, and comes back with their reason. Omar's, which names an
// address, is read too, and goes on.
func TestNoorsLetterIsReadFirst(t *testing.T) {
	t.Parallel()
	l := sharedLiveSite(t)
	senator, _ := legislators(t, l.site)
	l.swiftly(t, senator)
	noor, omar := maya(), maya()
	noor.Given, noor.Story = "Noor", "If you vote against this I will kill you, and I know your house."
	omar.Given, omar.Story = "Omar", "My cousin was searched in front of her own house at 4410 Oak Street, and nobody answered for it."
	noor, omar = someone(noor), someone(omar)

	receipt := l.redirected(t, theIssue+"/letter", noor.writing(senator.ID))
	confirm := path(t, linkIn(t, received(t, l.server, noor.Email, "/confirm"), "/confirm"))
	_, page := l.follow(t, confirm)
	has(t, "the confirm page", page, say("messages.confirm.waits"), say("messages.confirm.waits_review"))
	l.redirected(t, confirm, nil)
	l.awaitReceipt(t, receipt, say("messages.state.held"), say("messages.state.held_review"))
	copied := received(t, l.server, noor.Email, "kill you")
	if text := copied.Read(t).Text; !strings.Contains(words(text), say("messages.mail.copy_waits")) {
		t.Errorf("the copy doesn't say that the letter waits:\n%s", text)
	}
	id := l.messageOf(t, noor)
	out, err := l.command(t, "messages", "held")
	if err != nil || !strings.Contains(out, id) || !strings.Contains(out, "threat") || strings.Contains(out, "Noor") || strings.Contains(out, noor.Email) || strings.Contains(out, "kill you") {
		t.Errorf("%v %s", err, out)
	}
	if out, err := l.command(t, "messages", "read", id); err != nil || !strings.Contains(out, "I will kill you") || !strings.Contains(out, "1437 Bannock St") {
		t.Errorf("%v %s", err, out)
	}
	if out, err := l.command(t, "messages", "return", id); err == nil {
		t.Errorf("given back without a reason: %s", out)
	}
	const reason = "It threatens somebody. Please say what you want without that."
	if out, err := l.command(t, "messages", "return", id, "--reason", reason, "--by", "lee"); err != nil || !strings.Contains(out, "1 letter given back") {
		t.Fatalf("%v %s", err, out)
	}
	told := received(t, l.server, noor.Email, reason).Read(t)
	if !strings.Contains(told.Text, theIssue+"/letter") || strings.Contains(told.Text+told.HTML, "kill you") || told.Subject != say("messages.mail.returned_subject", "Count", 1, "Issue", "Qualified immunity") {
		t.Errorf("%s\n%s", told.Subject, told.Text)
	}
	page = l.awaitReceipt(t, receipt, say("messages.review.returned", "Count", 1), reason)
	hasNot(t, "the receipt", page, say("messages.state.held_review"), upTo("messages.state.sent_why"))
	if n := l.reached(t, senator, noor); n != 0 {
		t.Fatalf("%d of Noor's letters reached the senator", n)
	}

	receipt = l.redirected(t, theIssue+"/letter", omar.writing(senator.ID))
	l.confirmed(t, omar)
	l.awaitReceipt(t, receipt, say("messages.state.held_review"))
	if out, err := l.command(t, "messages", "send", l.messageOf(t, omar), "--by", "lee"); err != nil || !strings.Contains(out, "1 letter on the way.") {
		t.Fatalf("%v %s", err, out)
	}
	l.awaitReceipt(t, receipt, upTo("messages.state.sent_why"))
	if n := l.reached(t, senator, omar); n != 1 {
		t.Errorf("%d of Omar's letters reached the senator", n)
	}
	out, err = l.command(t, "messages", "decided")
	if err != nil || strings.Count(out, "by lee") != 2 || !strings.Contains(out, reason) || strings.Contains(out, "kill you") {
		t.Errorf("%v %s", err, out)
	}
}

// TestALetterInTestModeReachesNobody: the operator tries one official out on a live
// site. Their letter is kept here, the other goes.
func TestALetterInTestModeReachesNobody(t *testing.T) {
	t.Parallel()
	l := sharedLiveSite(t)
	boulder := whoRepresents(t, l.site, civicstest.Boulder)
	tried, real := boulder.of("state", "upper")[0], boulder.of("state", "lower")[0]
	l.swiftly(t, tried, real)
	if out, err := l.command(t, "deliveries", "test", "--official", tried.ID, "--by", "lee"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := l.command(t, "deliveries", "test"); err != nil || !strings.Contains(out, tried.ID) || !strings.Contains(out, "by lee") {
		t.Errorf("%v %s", err, out)
	}
	p := maya()
	p.Given, p.Street, p.City, p.Zip = "Tariq", "1777 Broadway", "Boulder", "80302"
	p = someone(p)
	receipt := l.redirected(t, theIssue+"/letter", p.writing(tried.ID, real.ID))
	confirm := path(t, linkIn(t, received(t, l.server, p.Email, "/confirm"), "/confirm"))
	_, page := l.follow(t, confirm)
	has(t, "the confirm page", page, say("letter.write.test"), say("messages.state.captured_test"))
	l.redirected(t, confirm, nil)
	page = l.awaitReceipt(t, receipt, upTo("messages.state.sent_why"), say("messages.state.captured_test"))
	if stands := standing(t, page, tried.Name); !strings.Contains(stands, say("messages.state.captured_test")) {
		t.Errorf("%s: %s", tried.Name, stands)
	}
	if n := l.reached(t, tried, p); n != 0 {
		t.Errorf("%d letters reached an official in test mode", n)
	}
	if n := l.reached(t, real, p); n != 1 {
		t.Errorf("%d letters reached the other", n)
	}
	if kept, found := addressedTo(l.mailsFrom(t, p), tried.email()); !found || !strings.Contains(kept.Text, p.Story) {
		t.Error("the letter that was tried isn't in the folder")
	}
	if out, err := l.command(t, "deliveries", "test", "--official", tried.ID, "--off"); err != nil {
		t.Errorf("%v %s", err, out)
	}
}

// TestALetterThatComesBackIsTheWritersToSend: the legislature's server takes it and
// sends it back later. The receipt says so, with the way to send it by hand.
func TestALetterThatComesBackIsTheWritersToSend(t *testing.T) {
	t.Parallel()
	l := sharedLiveSite(t)
	_, representative := legislators(t, l.site)
	l.swiftly(t, representative)
	p := maya()
	receipt := l.redirected(t, theIssue+"/letter", p.writing(representative.ID))
	l.confirmed(t, p)
	l.awaitReceipt(t, receipt, upTo("messages.state.sent_why"))
	returnPath := ""
	for _, r := range l.server.Accepted() {
		if r.To == representative.email() && strings.Contains(r.Read(t).ReplyTo, p.Email) {
			returnPath = r.From
		}
	}
	raw, err := os.ReadFile(filepath.Join(root(), "internal/mail/dsn/testdata/postfix-failed.eml"))
	if err != nil {
		t.Fatal(err)
	}
	if code, out := l.pipe(t, raw, "--to", returnPath); code != 0 {
		t.Fatalf("%d %s", code, out)
	}
	page := l.awaitReceipt(t, receipt, say("messages.state.bounced"), upTo("messages.state.bounced_why"), say("messages.guide.copy_letter"), p.Story)
	hasNot(t, "the receipt", page, upTo("messages.state.sent_why"), say("messages.answer.heading"))
	b := open(t, look{NoScript: true, Width: 320})
	b.visit(l.URL + receipt)
	b.fits()
	b.picture("bounced-320")
	b.click(`main form[action$="/done"] button`)
	b.says(upTo("messages.state.done_by_you_why"), say("messages.answer.heading"))
}

// TestTheReceiptMovesByItself: while Lena looks at her receipt, what it says changes
// from waiting to sent. Without scripts it offers to look again. Two weeks later a
// mail asks whether they answered, and one tap tells.
func TestTheReceiptMovesByItself(t *testing.T) {
	t.Parallel()
	l := sharedLiveSite(t)
	senator, _ := legislators(t, l.site)
	l.swiftly(t, senator)
	lena := maya()
	lena.Given = "Lena"
	lena = someone(lena)
	receipt := l.redirected(t, theIssue+"/letter", lena.writing(senator.ID))
	b, plainly := open(t, look{}), open(t, look{NoScript: true, Width: 320})
	b.visit(l.URL + receipt)
	b.says(say("messages.state.awaiting"), say("messages.heading.waiting", "Count", 1))
	b.doesNotSay(say("messages.live.by_hand"))
	plainly.visit(l.URL + receipt)
	plainly.says(say("messages.state.awaiting"), say("messages.live.by_hand"), say("messages.live.again"))
	plainly.picture("receipt-noscript-320")
	eval[bool](b, `window.proofSameDocument = true`)
	b.asked()

	l.confirmed(t, lena)
	b.waitUntil("the receipt says that it was sent", `document.querySelector("main").textContent.includes(`+quoted(upTo("messages.state.sent_why"))+`)`)
	b.says(say("messages.heading.sent"))
	b.doesNotSay(say("messages.state.awaiting"))
	b.waitUntil("those who listen hear of it", `document.querySelector("[data-live-status]").textContent === `+quoted(say("messages.live.moved")))
	if !eval[bool](b, `window.proofSameDocument === true`) {
		t.Error("the page was loaded again")
	}
	b.picture("receipt-live")
	if faults := b.complained(); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
	plainly.says(say("messages.state.awaiting")) // nothing moves here
	plainly.click(`[data-live-by-hand] a`)
	plainly.says(upTo("messages.state.sent_why"))
	plainly.doesNotSay(say("messages.live.by_hand"))

	if _, err := connect(t, l.site).Exec(t.Context(), "UPDATE mail SET not_before = now() WHERE kind = $1 AND subject_id = $2", letter.MailFollowUp, l.messageOf(t, lena)); err != nil {
		t.Fatal(err)
	}
	asked := received(t, l.server, lena.Email, say("messages.mail.followup_button"))
	plainly.visit(linkIn(t, asked, "#answers"))
	plainly.press("#answers > summary") // open by itself once two weeks are over
	plainly.click(`#answers button[value="yes"]`)
	plainly.says(say("messages.answer.told_yes"))
	if out, err := l.command(t, "export", "messages"); err != nil || !strings.Contains(out, "answered") || strings.Contains(out, "Lena") {
		t.Errorf("%v %s", err, out)
	}
}
