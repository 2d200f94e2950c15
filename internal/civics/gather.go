package civics

import (
	"slices"
	"strings"
)

// person is an official without a seat, while the index is built.
type person struct {
	Official
	forms  []ContactForm
	gone   bool      // a correction says that they have left
	former *Official // who a correction says has left, when another took the seat or nobody did
}

// gather brings together everything about each person.
func gather(t Tables) map[string]*person {
	sources := map[string]Dataset{}
	for _, d := range t.Datasets {
		sources[d.ID] = d
	}
	people := make(map[string]*person, len(t.People))
	for _, p := range t.People {
		people[p.ID] = &person{Official: Official{
			ID: p.ID, Name: p.Name, GivenName: p.GivenName, FamilyName: p.FamilyName, Party: p.Party,
			PartyCode: p.PartyCode, Website: p.Website, Source: sources[p.Dataset].Source, AsOf: p.AsOf,
		}}
	}
	for _, o := range t.Offices {
		if p := people[o.OfficialID]; p != nil {
			p.Offices = append(p.Offices, o.Office)
		}
	}
	for _, c := range t.Contacts {
		if p := people[c.OfficialID]; p != nil {
			p.Channels = append(p.Channels, Channel{Kind: c.Kind, Value: c.Value, AsOf: p.AsOf})
		}
	}
	for _, f := range t.Forms {
		if p := people[f.OfficialID]; p != nil {
			p.forms = append(p.forms, f)
		}
	}
	names := map[string]string{}
	for _, c := range t.Committees {
		names[c.ID] = c.Name
	}
	for _, m := range t.Members {
		if p := people[m.OfficialID]; p != nil && names[m.CommitteeID] != "" {
			p.Committees = append(p.Committees, Committee{ID: m.CommitteeID, Name: names[m.CommitteeID], Title: m.Title, Rank: m.Rank})
		}
	}
	for _, p := range people {
		p.reach()
	}
	return people
}

// channelOrder is the order in which ways to reach someone are offered.
var channelOrder = []string{ChannelEmail, ChannelWebform, ChannelWebsite, ChannelPhone, ChannelPost}

// reach completes the ways to reach a person: the web form as both lists know
// it, the site, the post.
func (p *person) reach() {
	if form, ok := p.form(); ok {
		p.Channels = append(p.Channels, form)
	}
	if p.Website != "" {
		p.Channels = append(p.Channels, Channel{Kind: ChannelWebsite, Value: p.Website, AsOf: p.AsOf})
	}
	for _, o := range p.Offices {
		if o.Kind == OfficeCapitol && o.Street != "" {
			p.Channels = append(p.Channels, Channel{Kind: ChannelPost, Value: o.OneLine(), AsOf: p.AsOf})
			break
		}
	}
	p.sortChannels()
}

func (p *person) sortChannels() {
	slices.SortStableFunc(p.Channels, func(a, b Channel) int {
		return slices.Index(channelOrder, a.Kind) - slices.Index(channelOrder, b.Kind)
	})
}

// form joins the two lists of forms: the list of members keeps addresses up to
// date, the list of forms alone knows what they require and how old that is.
func (p *person) form() (Channel, bool) {
	if len(p.forms) == 0 {
		return Channel{}, false
	}
	c := Channel{Kind: ChannelWebform}
	for _, f := range p.forms {
		if f.Dataset == DatasetContactForms {
			c.Asks, c.Captcha, c.AsOf = f.Asks, f.Captcha, f.ChangedOn
		}
		if kind, _ := editionOf(f.Dataset); c.Value == "" || kind == DatasetCongress {
			c.Value = f.URL
		}
	}
	if c.AsOf.IsZero() {
		c.AsOf = p.AsOf
	}
	return c, true
}

// OneLine writes an office's address in one line, "" when it has none.
func (o Office) OneLine() string {
	if o.Street == "" {
		return ""
	}
	return joinNonEmpty(", ", o.Street, o.City, strings.TrimSpace(o.State+" "+o.Zip))
}

// correct lays the corrections that apply over what the sources say. Successors
// come after everything said of those they follow, none of which is theirs, and
// before what is said of themselves.
func correct(people map[string]*person, corrections []Correction) {
	newcomers := map[string]*person{}
	for _, c := range corrections {
		if p := people[c.OfficialID]; p != nil && c.Field != "successor" {
			p.correct(c)
		}
	}
	for _, c := range corrections {
		if p := people[c.OfficialID]; p != nil && c.Field == "successor" {
			p.succeed(c)
			newcomers[p.ID] = p
		}
	}
	for _, c := range corrections {
		// Who came from another seat has left that one.
		if p := newcomers[c.OfficialID]; p != nil && (c.Field != "left" || people[c.OfficialID] == nil) {
			p.correct(c)
		}
	}
}

// correct lays one correction over a person.
func (p *person) correct(c Correction) {
	switch c.Field {
	case "name":
		p.Name = c.Value
	case "party":
		p.Party, p.PartyCode = partyOf(c.Value)
	case "phone":
		p.replaceChannel(ChannelPhone, phone(c.Value), c)
		for i := range p.Offices {
			if p.Offices[i].Kind == OfficeCapitol {
				p.Offices[i].Phone = phone(c.Value)
			}
		}
	case "email", "webform", "website":
		p.replaceChannel(c.Field, c.Value, c)
		if c.Field == "website" {
			p.Website = c.Value
		}
	case "offer":
		p.NotOffered = c.Source
	case "channel":
		p.Chosen = c.Value
	case "left":
		p.gone = true
		left := p.Official
		p.former = &left
	}
}

// succeed puts a newcomer in the seat of a person whom the source still lists:
// "bioguide:G000608 Darline Graham Nordone". Nothing of the predecessor's offices,
// numbers and forms is carried over, since nobody says that they still hold.
func (p *person) succeed(c Correction) {
	id, name, ok := strings.Cut(c.Value, " ")
	name = tidy(name)
	if !ok || name == "" {
		return
	}
	given, family, _ := strings.Cut(name, " ")
	left := p.Official
	p.former = &left
	p.Official = Official{ID: id, Name: name, GivenName: given, FamilyName: family, Source: c.Source, AsOf: p.AsOf}
	p.forms, p.gone = nil, false
}

// replaceChannel puts one way to reach a person in the place of those of its
// kind; an empty value takes them away.
func (p *person) replaceChannel(kind, value string, c Correction) {
	p.Channels = slices.DeleteFunc(p.Channels, func(ch Channel) bool { return ch.Kind == kind })
	if value != "" {
		asOf := c.From
		if asOf.IsZero() {
			asOf = p.AsOf
		}
		p.Channels = append(p.Channels, Channel{Kind: kind, Value: value, AsOf: asOf})
	}
	p.sortChannels()
}
