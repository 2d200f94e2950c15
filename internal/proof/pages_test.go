package proof

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"redress/internal/civics/civicstest"
)

// publicPages are pages of every type that are the same for everyone, by what
// they are. Documents for programs stand in publicFiles.
func publicPages(t testing.TB, s *site) map[string]string {
	t.Helper()
	senator, _ := legislators(t, s)
	return map[string]string{
		"home": "/", "issues": "/issues", "issue": theIssue, "second issue": secondIssue,
		"find": "/representatives", "answer": "/representatives?zip=81657", "ambiguous answer": "/representatives?zip=80203",
		"vacant answer": "/representatives?zip=94566", "state answer": "/representatives?zip=80201",
		"member of Congress": "/officials/bioguide:D000197", "legislator": "/officials/" + url.PathEscape(senator.ID), "vacant seat": "/officials/vacant:us-ca-cd-14",
		"nearest office": "/officials/bioguide:B001267?zip=80903", "on the committee": "/officials/bioguide:D000563", "former senator": "/officials/bioguide:G000359",
		"letter find": theIssue + "/letter", "letter write": theIssue + "/letter?zip=81657", "letter ambiguous": theIssue + "/letter?zip=80203",
		"letter vacant": theIssue + "/letter?zip=94566", "call": theIssue + "/call", "call numbers": theIssue + "/call?zip=81657",
		"records": theIssue + "/records", "records of a state": theIssue + "/records?state=CO", "records of the nation": secondIssue + "/records?state=US",
		"meetings": theIssue + "/meetings", "meeting": theIssue + "/meetings/sample-oversight-board-2027",
		"results": theIssue + "/results", "results for an official": theIssue + "/results/bioguide:D000197",
		"updates": theIssue + "/updates", "no updates": secondIssue + "/updates", "update": theUpdate,
		"pledge": theIssue + "/pledge", "second pledge": secondIssue + "/pledge",
		"organizations": "/organizations", "organization": "/organizations/aclu", "terms": "/terms", "term": "/terms/qualified-immunity",
		"today's term": "/terms/today", "terms by day": "/terms/days",
		"newsletter": "/newsletter", "newsletter sent": "/newsletter/sent",
		"manage": "/manage", "about": "/about", "contact": "/contact", "accessibility": "/accessibility", "legal": "/legal", "privacy": "/privacy", "data": "/data",
	}
}

// otherPages are the public pages that are made for each visitor, and errors.
func otherPages() map[string]string {
	return map[string]string{
		"search": "/search", "search found": "/search?q=immunity", "search nothing": "/search?q=xyzzyplugh",
		"search misspelled": "/search?q=qualifed+imunity", "search some": "/search?q=immunity+zebra", "search empty": "/search?q=",
		"not found": "/nothing/here", "no such issue": "/issues/nothing", "wrong ZIP code": "/representatives?zip=abc",
		"letter wrong ZIP code": theIssue + "/letter?zip=abc", "call wrong ZIP code": theIssue + "/call?zip=abc",
		"official wrong ZIP code": "/officials/bioguide:B001267?zip=abc",
		"call counted":            theIssue + "/called?zip=80203&official=bioguide:B001267&outcome=busy&called=bioguide:B001267",
		"records of no state":     theIssue + "/records?state=ZZ",
	}
}

// publicFiles are the public documents for programs.
func publicFiles() []string {
	return []string{theIssue + "/count.json", theIssue + "/results.json", theIssue + "/results.csv?what=states", theIssue + "/meetings/sample-oversight-board-2027.ics", theIssue + ".png", "/terms/qualified-immunity.png", "/feed.xml", "/terms.atom", "/sitemap.xml", "/robots.txt", "/api/v1/representatives?zip=80203"}
}

// private are the pages that one person sees, after forms and behind tokens.
type private struct {
	receipt, receiptConfirmed, receiptByHand, receiptUnplaced  string
	letterConfirm, letterConfirmed, signed, signConfirm        string
	signConfirmed, brokenSignature, brokenMessage, mails, mail string
	manage, manageName, manageErase, manageHeld                string
	newsConfirm, newsConfirmed, news, unsubscribe, brokenNews  string
}

var (
	privateOnce sync.Once
	privateOf   private
)

// privatePages makes, once, a page of every private type on the shared site.
func privatePages(t testing.TB, s *site) map[string]string {
	t.Helper()
	privateOnce.Do(func() { privateOf = makePrivatePages(t, s) })
	p := privateOf
	if p.mails == "" {
		t.Fatal("the private pages could not be made")
	}
	return map[string]string{
		"receipt": p.receipt, "receipt after confirming": p.receiptConfirmed, "receipt of letters by hand": p.receiptByHand,
		"receipt of an unknown address": p.receiptUnplaced, "confirm letters": p.letterConfirm, "letters were confirmed": p.letterConfirmed,
		"check your mail": p.signed, "confirm signature": p.signConfirm, "signature was confirmed": p.signConfirmed,
		"check your mail for a link": "/manage/sent", "what I signed and wrote": p.manage, "correct my name": p.manageName, "erase me": p.manageErase,
		"link to self-service that ran out": "/manage/broken", "signature under review": p.manageHeld,
		"broken signature link": p.brokenSignature, "broken receipt link": p.brokenMessage, "captured mails": p.mails, "captured mail": p.mail,
		"confirm newsletter": p.newsConfirm, "newsletter was confirmed": p.newsConfirmed, "newsletter preferences": p.news, "unsubscribe": p.unsubscribe,
		"broken newsletter link": p.brokenNews,
	}
}

func makePrivatePages(t testing.TB, s *site) private {
	t.Helper()
	senator, representative := legislators(t, s)
	everyone := []string{senator.ID, representative.ID}
	for _, o := range whoRepresents(t, s, civicstest.Denver).of("federal", "senate") {
		everyone = append(everyone, o.ID)
	}
	m, again, byHand, unplaced := maya(), maya(), maya(), maya()
	unplaced.Street = "9999 Nowhere Xyzzy Lane"
	p := private{
		receipt:          s.redirected(t, theIssue+"/letter", m.writing(everyone...)),
		receiptConfirmed: s.redirected(t, theIssue+"/letter", again.writing(everyone...)),
		receiptByHand:    s.redirected(t, theIssue+"/letter", byHand.writing(everyone[2:]...)),
		receiptUnplaced:  s.redirected(t, theIssue+"/letter", unplaced.writing(everyone...)),
		signed:           s.redirected(t, theIssue+"/pledge", m.signing()),
		brokenSignature:  "/signatures/broken/confirm", brokenMessage: "/messages/broken",
		brokenNews: "/subscriptions/broken/confirm",
	}
	s.redirected(t, "/newsletter", url.Values{"email": {unplaced.Email}})
	p.newsConfirm = path(t, s.awaitMail(t, unplaced.Email, confirmNews).link(t, "/confirm"))
	p.newsConfirmed, p.news = s.joins(t, byHand)
	p.unsubscribe = p.news + "/unsubscribe"
	s.redirected(t, theIssue+"/pledge", again.signing())
	p.letterConfirm = path(t, s.awaitMail(t, m.Email, confirmLetters).link(t, "/confirm"))
	p.letterConfirmed = path(t, s.awaitMail(t, again.Email, confirmLetters).link(t, "/confirm"))
	s.redirected(t, p.letterConfirmed, nil)
	p.signConfirm = path(t, s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm"))
	p.signConfirmed = path(t, s.awaitMail(t, again.Email, confirmSignature).link(t, "/confirm"))
	s.post(t, p.signConfirmed, nil)
	s.awaitMailsFrom(t, again, 2)
	s.post(t, "/manage", url.Values{"email": {again.Email}})
	p.manage = path(t, s.awaitMail(t, again.Email, manageLink).link(t, "/manage/"))
	_, own := s.get(t, p.manage)
	p.manageName = p.manage + ownSignature.FindString(own) + "/name"
	p.manageErase = p.manage + "/erase"
	thrown := maya()
	thrown.Email = strings.Replace(thrown.Email, "@example.org", "@mailinator.com", 1)
	s.redirected(t, theIssue+"/pledge", thrown.signing())
	p.manageHeld = path(t, s.awaitMail(t, thrown.Email, confirmSignature).link(t, "/confirm"))
	s.post(t, p.manageHeld, nil)
	_, list := s.get(t, "/dev/mail")
	for _, link := range links(s, list) {
		if strings.HasPrefix(link, "/dev/mail/") {
			p.mails, p.mail = "/dev/mail", link
		}
	}
	return p
}

// ownSignature is where a signature stands below its mailbox's page.
var ownSignature = regexp.MustCompile(`/signatures/[0-9a-f-]{36}`)

// formWithErrors is a page whose form, sent as it is with this filled in, comes
// back with errors.
type formWithErrors struct {
	page, form string
	fill       map[string]string // by field name
}

func formsWithErrors() map[string]formWithErrors {
	return map[string]formWithErrors{
		"pledge with errors":     {theIssue + "/pledge", "form#sign", map[string]string{"given_name": "Maya9", "email": "maya at example", "zip": "802"}},
		"newsletter with errors": {"/newsletter", "form#subscribe", map[string]string{"email": "maya at example"}},
		"letter with errors":     {theIssue + "/letter?zip=81657", "form[data-letter]", map[string]string{"given_name": "Maya9", "email": "maya at example", "zip": "802", "street": ""}},
		"letter to nobody's legislator": {theIssue + "/letter?zip=81657", "form[data-letter]", map[string]string{
			"given_name": "Maya", "family_name": "Ortiz", "email": "maya.refused@example.org", "street": "1437 Bannock St", "city": "Denver", "state": "CO", "zip": "80203",
		}},
		"pledge with a slip":         {theIssue + "/pledge", "form#sign", map[string]string{"given_name": "Maya", "family_name": "Ortiz", "email": "maya@gmial.com", "zip": "80203"}},
		"manage with errors":         {"/manage", "form.manage-form", map[string]string{"email": "maya at example"}},
		"address with errors":        {"/representatives", "form.address-form", map[string]string{"address": "Denver"}},
		"address in two places":      {"/representatives", "form.address-form", map[string]string{"address": civicstest.TwoPlaces}},
		"address with the map away":  {"/representatives", "form.address-form", map[string]string{"address": civicstest.ServerError}},
		"answer to an address":       {"/representatives", "form.address-form", map[string]string{"address": civicstest.Denver}},
		"letter address with errors": {theIssue + "/letter", "form.address-form", map[string]string{"address": "Denver"}},
		"letter for an address":      {theIssue + "/letter", "form.address-form", map[string]string{"address": civicstest.Denver}},
		"call for an address":        {theIssue + "/call", "form.address-form", map[string]string{"address": civicstest.Denver}},
		"records with errors":        {theIssue + "/records?state=KY", "form.records-form", map[string]string{"email": "omar at example", "zip": "802", "fee_limit": "much"}},
		"records laid ready": {theIssue + "/records?state=KY", "form.records-form", map[string]string{
			"agency": "Records Unit, Springfield Police", "agency_email": "records@example.org", "description": strings.Repeat("Every report about the event. ", 60), "given_name": "Omar", "family_name": "Haddad",
			"street": "1437 Bannock St", "city": "Denver", "home_state": "CO", "zip": "80203", "email": "omar.ready@example.org",
		}},
	}
}

// sends fills a form in and sends it past the browser's own checks.
func (b *tab) sends(s *site, f formWithErrors) {
	b.t.Helper()
	b.visit(s.URL + f.page)
	script := `(() => { const form = document.querySelector(` + quoted(f.form) + `); form.noValidate = true; const fill = `
	script += quoted(f.fill) + `; for (const name in fill) form.elements[name].value = fill[name]; form.querySelector("button[type=submit]").setAttribute("data-proof-send", ""); return true })()`
	eval[bool](b, script)
	b.click("[data-proof-send]")
}
