package pledge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"redress/internal/content/item"
	"redress/internal/content/prose"
)

// Report is what the center tells of a pledge besides numbers. It comes from
// the pledge's file.
type Report struct {
	IssueSlug    string      `gorm:"primaryKey"`
	Lang         string      `gorm:"primaryKey"`
	Milestones   []ToldEvent `gorm:"serializer:json"`
	DeliveredOn  *time.Time  `gorm:"type:date"` // nil: not yet
	DeliveredTo  string
	DeliveredHow string
	OutcomeOn    *time.Time `gorm:"type:date"` // nil: none yet
	Outcome      string     // Markdown

	OutcomeHTML prose.HTML `gorm:"-"` // Outcome, made safe
}

// TableName says whose report it is.
func (Report) TableName() string { return "pledge_report" }

// ToldEvent is one thing that happened, as the center tells it.
type ToldEvent struct {
	On   string `json:"on"` // 2026-12-01
	Text string `json:"text"`
}

// Milestone is a day on the way: told by the center, or reached by the count.
type Milestone struct {
	On      time.Time
	Text    string // "": Reached was reached
	Reached int64
	Goal    bool // Reached is the pledge's goal
}

// milestones are those told and those that the days show, in their order. A
// count's milestones are 100, 1,000, 10,000 and so on, and the goal.
func milestones(told []ToldEvent, days []DayTally, goal int64) []Milestone {
	var list []Milestone
	for _, t := range told {
		if on, err := time.Parse(time.DateOnly, t.On); err == nil {
			list = append(list, Milestone{On: on, Text: t.Text})
		}
	}
	marks := []int64{goal}
	for mark := int64(100); mark <= 1_000_000_000; mark *= 10 {
		if mark != goal {
			marks = append(marks, mark)
		}
	}
	slices.Sort(marks)
	total := int64(0)
	for _, d := range days {
		total += d.N
		for len(marks) > 0 && total >= marks[0] {
			list = append(list, Milestone{On: d.Day, Reached: marks[0], Goal: marks[0] == goal})
			marks = marks[1:]
		}
	}
	slices.SortStableFunc(list, func(a, b Milestone) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Reached, b.Reached)) })
	return list
}

// reportFront is the part of a pledge's front matter that its results show.
type reportFront struct {
	Milestones []struct {
		Date item.Date `yaml:"date"`
		Text string    `yaml:"text"`
	} `yaml:"milestones"`
	Delivered struct {
		On  item.Date `yaml:"on"`
		To  string    `yaml:"to"`
		How string    `yaml:"how"`
	} `yaml:"delivered"`
	Outcome struct {
		Date item.Date `yaml:"date"`
		Text string    `yaml:"text"` // Markdown
	} `yaml:"outcome"`
}

func (f reportFront) check(c *item.Check) {
	for i, m := range f.Milestones {
		field := fmt.Sprintf("milestones[%d]", i)
		c.RequiredDate(field+".date", m.Date)
		c.Required(field+".text", m.Text)
		c.Max(field+".text", m.Text, 200)
	}
	if f.Delivered.On.IsZero() != (strings.TrimSpace(f.Delivered.To) == "") {
		c.Fail("delivered", "needs both: on (a date) and to (who took it)")
	}
	if f.Delivered.On.IsZero() && f.Delivered.How != "" {
		c.Fail("delivered.how", "says how something was delivered of which on and to say nothing")
	}
	c.Max("delivered.to", f.Delivered.To, 300)
	c.Max("delivered.how", f.Delivered.How, 500)
	if f.Outcome.Date.IsZero() != (strings.TrimSpace(f.Outcome.Text) == "") {
		c.Fail("outcome", "needs both: date and text")
	}
	c.Max("outcome.text", f.Outcome.Text, 10_000)
}

func (f reportFront) report(it item.Item) Report {
	r := Report{
		IssueSlug: it.Slug, Lang: it.Lang, Milestones: []ToldEvent{},
		DeliveredOn: f.Delivered.On.Ptr(), DeliveredTo: strings.TrimSpace(f.Delivered.To), DeliveredHow: strings.TrimSpace(f.Delivered.How),
		OutcomeOn: f.Outcome.Date.Ptr(), Outcome: strings.TrimSpace(f.Outcome.Text),
	}
	for _, m := range f.Milestones {
		r.Milestones = append(r.Milestones, ToldEvent{On: m.Date.Format(time.DateOnly), Text: m.Text})
	}
	return r
}
