package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	civicsview "redress/views/civics"
	issues "redress/views/issue"
	"redress/views/layout"
)

// showOfficial is one official, or one vacant seat; with a ZIP code the office
// nearest to it comes first.
func (s *Site) showOfficial(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	official, ok := s.Atlas.Official(c.Param("id"))
	if !ok {
		return Page{}, fault.NotFound("representatives.official.not_found")
	}
	profile := civicsview.Profile{
		Official: official, Now: s.Now(), Offices: official.Offices,
		Holders: s.holders(official), Facts: s.factsOn(official),
	}
	page := Page{Frame: officialFrame(ctx, official), Tags: []string{civics.Tag}}
	var err error
	if page.Expires, err = s.mark(ctx, &profile); err != nil {
		return Page{}, err
	}
	if typed := c.QueryParam("zip"); typed != "" && civicsview.HasNearest(official) {
		page.Frame.NoIndex = true
		if !s.near(ctx, &profile, typed) {
			page.Frame.HasErrors, page.Status = true, http.StatusUnprocessableEntity
		}
	}
	page.Body = civicsview.ProfilePage(profile)
	return page, nil
}

func officialFrame(ctx context.Context, o *civics.Official) layout.Page {
	title := o.Name
	if o.Vacant {
		title = i18n.T(ctx, "representatives.vacant.name") + ": " + o.SeatName
	}
	return layout.Page{
		Title: title,
		Description: i18n.T(ctx, "representatives.official.description",
			"Title", o.Title, "Name", title, "Seat", o.SeatName),
		Path: "/officials/" + o.ID, Section: layout.SectionRepresentatives, NoIndex: o.Serves.Left,
		Scripts: []string{"focus.js"},
	}
}

// near puts the office nearest to a ZIP code first. It reports false for what is
// no ZIP code, which the form then says.
func (s *Site) near(ctx context.Context, p *civicsview.Profile, typed string) bool {
	p.Form.Values = url.Values{"zip": {typed}}
	zip, err := civics.NormalizeZip(typed)
	if err != nil {
		p.Form, _ = formOf(ctx, p.Form.Values, err)
		return false
	}
	p.Zip = zip
	var local, others []civics.Office
	for _, o := range p.Offices {
		if o.Kind == civics.OfficeDistrict {
			local = append(local, o)
		} else {
			others = append(others, o)
		}
	}
	local, p.Sorted = s.Atlas.NearestToZIP(zip, local)
	p.Offices = append(local, others...)
	return true
}

// holders are those who hold the seat that someone left, in the same chamber.
func (s *Site) holders(o *civics.Official) []*civics.Official {
	if !o.Serves.Left {
		return nil
	}
	var list []*civics.Official
	for _, now := range s.Atlas.Officials(o.DivisionID) {
		if now.Chamber == o.Chamber {
			list = append(list, now)
		}
	}
	return list
}

// mark marks the committees of an official that have a bill of a published
// issue, and tells when the first of those bills dies (zero: none does).
func (s *Site) mark(ctx context.Context, p *civicsview.Profile) (until time.Time, err error) {
	o := p.Official
	if o.Level != civics.Federal || len(o.Committees) == 0 {
		return until, nil
	}
	list, err := s.Issues.WithBills(ctx)
	if err != nil {
		return until, err
	}
	for _, i := range list {
		_, letter := i.Action(issue.ActionLetter)
		for _, b := range i.Bills {
			if b.Legislature != "us" || b.Chamber != string(o.Chamber) {
				continue
			}
			for _, committee := range o.Committees {
				if !b.InCommittee(committee.ID, p.Now) {
					continue
				}
				until = sooner(until, b.Dies())
				p.Marks = append(p.Marks, civicsview.Mark{
					Committee: committee, Number: b.Number, Bill: b.Title,
					Issue: i.Title, IssuePath: issues.Path(i.Slug), Letter: letter,
				})
			}
		}
	}
	return until, nil
}

// factsOn says where each group of facts on an official is from: the list of
// their chamber, the list of forms, and each correction that lies over them.
func (s *Site) factsOn(o *civics.Official) []civicsview.Facts {
	kind, what := civics.DatasetCongress, "representatives.official.facts.congress"
	if o.Level == civics.State {
		kind, what = civics.DatasetOpenStates, "representatives.official.facts.legislature"
	}
	if o.Vacant {
		what = "representatives.official.facts.vacant"
	}
	corrected, newcomer := s.correctionsOf(o)
	var list []civicsview.Facts
	if !newcomer {
		list = append(list, civicsview.Facts{What: what, AsOf: o.AsOf, Source: o.Source, URL: s.publisher(kind, o.Source), Old: s.civicsStale(o.AsOf)})
	}
	for _, channel := range o.Channels {
		if channel.Kind == civics.ChannelWebform && len(channel.Asks) > 0 && o.Offered() {
			form := civicsview.Facts{What: "representatives.official.facts.form", AsOf: channel.AsOf}
			form.Source, form.URL = s.publisherOf(civics.DatasetContactForms)
			list = append(list, form)
		}
	}
	return append(list, corrected...)
}

// correctionsOf are the corrections in force on an official. newcomer: one of
// them is how the official is known at all.
func (s *Site) correctionsOf(o *civics.Official) (list []civicsview.Facts, newcomer bool) {
	for _, c := range s.Atlas.Corrections() {
		successor, _, _ := strings.Cut(c.Value, " ")
		arrived := c.Field == "successor" && successor == o.ID
		if c.OfficialID != o.ID && !arrived {
			continue
		}
		what := c.Field
		if c.Field == "successor" && !arrived {
			what = "left"
		}
		newcomer = newcomer || arrived
		list = append(list, civicsview.Facts{
			What: "representatives.official.facts." + what, AsOf: c.From, Source: c.Source, Until: c.Until,
		})
	}
	return list, newcomer
}

// publisher is the page of the source that a kind of dataset has, "" when the
// facts are from elsewhere.
func (s *Site) publisher(kind, source string) string {
	if name, page := s.publisherOf(kind); name == source {
		return page
	}
	return ""
}

func (s *Site) publisherOf(kind string) (source, page string) {
	for _, d := range s.Atlas.Datasets() {
		if d.Kind == kind {
			source, page = d.Source, d.URL
		}
	}
	return source, page
}
