package web

import (
	"redress/internal/abuse"
	"redress/internal/api"
)

// routes is the site: every page, form and machine-readable answer.
//
//	page    a public page, the same bytes for everyone, kept in memory; the
//	        names after its handler are its declared parameters
//	open    a GET that is made for each visitor
//	limited the same, limited per network (the search, a challenge); its action
//	        as with a form
//	private a GET with a token: no-store, noindex, never kept
//	form    a POST, guarded; its name is the action that is limited per network
func (s *Site) routes(r *router) {
	r.page("/", s.showHome)
	r.page("/issues", s.listIssues)
	r.page("/issues/:slug", s.showIssue) // "slug.png" is the picture for links to it; so with terms

	r.page("/representatives", s.showRepresentatives, "zip")
	r.form("/representatives", abuse.Lookup, s.findRepresentatives)
	r.page("/officials/:id", s.showOfficial, "zip")

	r.page("/issues/:slug/letter", s.showLetter, "zip")
	r.form("/issues/:slug/letter/recipients", abuse.Lookup, s.letterRecipients)
	r.form("/issues/:slug/letter", abuse.Letter, s.submitLetter)
	r.private("/messages/:token", s.showReceipt)
	r.private(watchPattern, s.watchReceipt)
	r.form("/messages/:token/deliveries/:id/answer", abuse.Confirm, s.takeAnswer)
	r.private("/messages/:token/confirm", s.showMessageConfirm)
	r.form("/messages/:token/confirm", abuse.Confirm, s.confirmMessage)
	r.form("/messages/:token/deliveries/:id/done", abuse.Confirm, s.markDone)
	r.form("/messages/:token/letters.pdf", abuse.Print, s.printLetters)
	r.page("/issues/:slug/call", s.showCall, "zip")
	r.form("/issues/:slug/calls", abuse.Call, s.logCall)
	r.private("/issues/:slug/called", s.showCalled)

	r.page("/issues/:slug/pledge", s.showPledge)
	r.form("/issues/:slug/pledge", abuse.Sign, s.signPledge)
	r.page("/issues/:slug/count.json", s.pledgeCount)
	r.private("/signatures/:token", s.showSigned)
	r.private("/signatures/:token/confirm", s.showSignatureConfirm)
	r.form("/signatures/:token/confirm", abuse.Confirm, s.confirmSignature)

	r.page("/issues/:slug/records", s.showRecords, "state")
	r.form("/issues/:slug/records", abuse.Records, s.layRecords)
	r.form("/issues/:slug/records.pdf", abuse.Records, s.printRecords)
	r.page("/issues/:slug/meetings", s.listMeetings)
	r.page("/issues/:slug/meetings/:key", s.showMeeting) // "key.ics" is its calendar file
	r.page("/issues/:slug/updates", s.listUpdates)
	r.page("/issues/:slug/updates/:key", s.showUpdate)

	r.page("/organizations", s.listOrganizations)
	r.page("/organizations/:slug", s.showOrganization)
	r.page("/terms", s.listTerms)
	r.page("/terms/:slug", s.showTerm)
	r.limited("/search", abuse.Search, s.showSearch)

	r.page("/about", s.showPage)
	r.page("/contact", s.showPage)
	r.page("/accessibility", s.showPage)
	r.page("/legal", s.showPage)
	r.page("/privacy", s.showPage)
	r.page("/data", s.showData)

	r.page("/feed.xml", s.showFeed)
	r.page("/sitemap.xml", s.showSitemap)
	r.page("/robots.txt", s.showRobots)

	r.limited("/challenge.json", abuse.Work, s.giveChallenge)

	r.open("/healthz", s.showHealth)
	r.open("/readyz", s.showReadiness)
	r.open("/static/*", s.showAsset)
	r.loopback("/dev/mail", s.showDevMail)
	r.loopback("/dev/mail/:name", s.showDevMessage)

	// GET  /api/v1/representatives, a page for programs, with "zip"
	// POST /api/v1/representatives, a form for programs, with an address or a point
	// GET  /api/v1/openapi.json, a page for programs: what the API is
	api.Register(apiRouter{r}, s.apiDeps())
}
