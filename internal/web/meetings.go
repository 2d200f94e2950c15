package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/views/layout"
	meetings "redress/views/meeting"
)

// listMeetings lists the coming meetings of an issue. Those that are over drop
// off: the page expires with the first of them.
func (s *Site) listMeetings(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	iss, err := s.meetingIssue(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	agenda, coming, err := s.Issues.Meetings(ctx, iss.Slug, s.Now())
	if err != nil {
		return Page{}, err
	}
	page := Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "meeting.title", "Issue", iss.Title), Description: i18n.T(ctx, "meeting.description"),
			Path: meetings.Path(iss.Slug), Section: layout.SectionIssues,
		},
		Body: meetings.List(meetings.Listing{IssueSlug: iss.Slug, IssueTitle: iss.Title, From: s.sourceOf(c), Agenda: agenda, Meetings: coming}),
	}
	for _, m := range coming {
		page.Expires = sooner(page.Expires, m.Over())
	}
	return page, nil
}

// calendarEnding marks the address of a meeting's calendar file. Keys are slugs
// and hold no dot.
const calendarEnding = ".ics"

// showMeeting is one meeting, or its calendar file.
func (s *Site) showMeeting(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	iss, err := s.meetingIssue(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	key, calendar := strings.CutSuffix(c.Param("key"), calendarEnding)
	m, err := s.Issues.Meeting(ctx, iss.Slug, key)
	if err != nil {
		return Page{}, err
	}
	if calendar {
		return s.calendarOf(ctx, m)
	}
	now := s.Now()
	return Page{
		Frame: layout.Page{
			Title:       i18n.T(ctx, "meeting.one_title", "Board", meetings.Name(m), "Date", meetings.Day(ctx, m)),
			Description: i18n.T(ctx, "meeting.one_description", "Board", m.Board, "City", m.City),
			Path:        meetings.Path(iss.Slug, m.Key), Section: layout.SectionIssues, NoIndex: m.IsOver(now),
		},
		Body:    meetings.One(meetings.Showing{IssueSlug: iss.Slug, IssueTitle: iss.Title, From: s.sourceOf(c), Meeting: m, Now: now}),
		Expires: m.Changes(now),
	}, nil
}

// calendarOf is a meeting's calendar file. Its id names this site, so that two
// centers' meetings are never one in somebody's calendar.
func (s *Site) calendarOf(ctx context.Context, m issue.Meeting) (Page, error) {
	frame, err := s.frameOf(ctx)
	if err != nil {
		return Page{}, err
	}
	event := meetings.Event(layout.WithFrame(ctx, frame), m)
	event.UID = m.Key + "." + m.IssueSlug + "@" + s.Config.Base.Hostname()
	return Page{Raw: event.ICS(), Type: "text/calendar; charset=utf-8"}, nil
}

// meetingIssue is an issue that asks people to speak at meetings.
func (s *Site) meetingIssue(ctx context.Context, slug string) (issue.Issue, error) {
	iss, err := s.Issues.Facts(ctx, slug)
	if err != nil {
		return issue.Issue{}, err
	}
	if _, ok := iss.Action(issue.ActionMeeting); !ok {
		return issue.Issue{}, fault.NotFound("errors.not_found.message")
	}
	return iss, nil
}

// mapMeetings puts the meetings that are coming on the sitemap.
func (s *Site) mapMeetings(ctx context.Context, m *sitemap) error {
	list, err := s.Issues.List(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		if _, ok := i.Action(issue.ActionMeeting); !ok {
			continue
		}
		_, coming, err := s.Issues.Meetings(ctx, i.Slug, s.Now())
		if err != nil {
			return err
		}
		for _, one := range coming {
			m.add(s.Config.BaseURL+meetings.Path(i.Slug, one.Key), one.ChangedAt)
		}
	}
	return nil
}
