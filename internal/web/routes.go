package web

import (
	"redress/internal/abuse"
	"redress/internal/api"
	terms "redress/views/glossary"
)

// routes is the site: every page, form and machine-readable answer.
//
//	page    a public page, the same bytes for everyone, kept in memory; the
//	        names after its handler are its declared parameters
//	sourced a public page whose path names a source code; without one that is
//	        known it leads to the plain page
//	open    a GET that is made for each visitor
//	limited the same, limited per network (the search, a challenge); its action
//	        as with a form
//	private a GET with a token: no-store, noindex, never kept
//	program a POST that a program makes on a person's behalf, by a token
//	form    a POST, guarded; its name is the action that is limited per network
func (s *Site) routes(r *router) {
	r.page("/", s.showHome)
	r.page("/issues", s.listIssues)
	r.page("/issues/:slug", s.showIssue) // "slug.png" is the picture for links to it; so with terms
	r.sourced("/issues/:slug/from/:code", s.showIssue)

	r.page("/representatives", s.showRepresentatives, "zip")
	r.form("/representatives", abuse.Lookup, s.findRepresentatives)
	r.page("/officials/:id", s.showOfficial, "zip")

	r.page("/issues/:slug/letter", s.showLetter, "zip", "from")
	r.form("/issues/:slug/letter/recipients", abuse.Lookup, s.letterRecipients)
	r.form("/issues/:slug/letter", abuse.Letter, s.submitLetter)
	r.private("/messages/:token", s.showReceipt)
	r.private(watchPattern, s.watchReceipt)
	r.form("/messages/:token/deliveries/:id/answer", abuse.Confirm, s.takeAnswer)
	r.private("/messages/:token/confirm", s.showMessageConfirm)
	r.form("/messages/:token/confirm", abuse.Confirm, s.confirmMessage)
	r.form("/messages/:token/deliveries/:id/done", abuse.Confirm, s.markDone)
	r.form("/messages/:token/letters.pdf", abuse.Print, s.printLetters)
	r.page("/issues/:slug/call", s.showCall, "zip", "from")
	r.form("/issues/:slug/calls", abuse.Call, s.logCall)
	r.private("/issues/:slug/called", s.showCalled)

	r.page("/issues/:slug/pledge", s.showPledge, "from")
	r.form("/issues/:slug/pledge", abuse.Sign, s.signPledge)
	r.page("/issues/:slug/count.json", s.pledgeCount)
	r.page("/issues/:slug/results", s.showResults, "from")
	r.page("/issues/:slug/results.csv", s.resultsCSV, "what")
	r.page("/issues/:slug/results.json", s.resultsJSON, "what")
	r.page("/issues/:slug/results/:official", s.showHandover)
	r.private("/signatures/:token", s.showSigned)
	r.private("/signatures/:token/confirm", s.showSignatureConfirm)
	r.form("/signatures/:token/confirm", abuse.Confirm, s.confirmSignature)
	r.form("/signatures/:token/district", abuse.Lookup, s.placeSigner)

	r.page("/issues/:slug/records", s.showRecords, "state", "from")
	r.form("/issues/:slug/records", abuse.Records, s.layRecords)
	r.form("/issues/:slug/records.pdf", abuse.Records, s.printRecords)
	r.page("/issues/:slug/meetings", s.listMeetings, "from")
	r.page("/issues/:slug/meetings/:key", s.showMeeting, "from") // "key.ics" is its calendar file
	r.page("/issues/:slug/updates", s.listUpdates)
	r.page("/issues/:slug/updates/:key", s.showUpdate)

	r.page("/manage", s.showManage)
	r.form("/manage", abuse.Manage, s.askManage)
	r.private("/manage/sent", s.showManageSent)
	r.private("/manage/:token", s.showOwn)
	r.private("/manage/:token/signatures/:id/name", s.showRename)
	r.form("/manage/:token/signatures/:id/name", abuse.Confirm, s.renameOwn)
	r.form("/manage/:token/signatures/:id/show", abuse.Confirm, s.showOwnName)
	r.form("/manage/:token/signatures/:id/withdraw", abuse.Confirm, s.withdrawOwn)
	r.form("/manage/:token/updates", abuse.Confirm, s.stopUpdates)
	r.form("/manage/:token/data", abuse.Confirm, s.downloadOwn)
	r.private("/manage/:token/erase", s.showErase)
	r.form("/manage/:token/erase", abuse.Confirm, s.eraseOwn)

	r.page("/organizations", s.listOrganizations)
	r.page("/organizations/:slug", s.showOrganization)
	r.page("/terms", s.listTerms)
	r.page(terms.TodayPath, s.showToday)
	r.page(terms.DaysPath, s.listDays)
	r.page(terms.DaysPath+"/:day", s.showDay) // or a month's days
	r.page("/terms/:slug", s.showTerm)
	r.page(terms.FeedPath, s.showTermFeed)
	r.page("/newsletter", s.showNewsletter)
	r.form("/newsletter", abuse.Subscribe, s.subscribe)
	r.page(sentPath, s.showNewsletterSent)
	r.private("/subscriptions/:token", s.showSubscription)
	r.form("/subscriptions/:token", abuse.Confirm, s.changeSubscription)
	r.private("/subscriptions/:token/confirm", s.showSubscriptionConfirm)
	r.form("/subscriptions/:token/confirm", abuse.Confirm, s.confirmSubscription)
	r.private("/subscriptions/:token/unsubscribe", s.showUnsubscribe)
	r.form("/subscriptions/:token/unsubscribe", abuse.Confirm, s.unsubscribe)
	r.private("/subscriptions/:token/one-click", s.showUnsubscribe)
	r.program("/subscriptions/:token/one-click", abuse.OneClick, s.unsubscribeOneClick)
	r.private("/updates/:token", s.showStopUpdates)
	r.form("/updates/:token", abuse.Confirm, s.endUpdates)
	r.private("/updates/:token/one-click", s.showStopUpdates)
	r.program("/updates/:token/one-click", abuse.OneClick, s.endUpdatesOneClick)
	r.page("/newsletter/editions", s.listEditions)
	r.page("/newsletter/editions/:day", s.showEdition)
	r.limited("/search", abuse.Search, s.showSearch)
	r.limited("/search/suggest", abuse.Suggest, s.suggest)

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
	r.loopback("/dev/newsletter", s.showSending)

	// GET  /api/v1/representatives, a page for programs, with "zip"
	// POST /api/v1/representatives, a form for programs, with an address or a point
	// GET  /api/v1/openapi.json, a page for programs: what the API is
	api.Register(apiRouter{r}, s.apiDeps())
}
