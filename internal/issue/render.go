package issue

import (
	"redress/internal/content/prose"
	"redress/internal/glossary"
)

// wordsAMinute is how fast adults read such texts, on the careful side.
const wordsAMinute = 220

// render fills in what is made of the text: HTML with its terms marked,
// sections, sources, minutes.
func (i *Issue) render(mentions *glossary.Mentions) {
	i.Lead = prose.Text(i.Summary, mentions.Marker)
	doc := prose.Render(i.Body, mentions.Marker)
	i.Sections = make([]Section, len(doc.Sections))
	for n, s := range doc.Sections {
		i.Sections[n] = Section{ID: s.ID, Title: s.Title, Parts: parts(s.Parts)}
	}
	i.Sources = i.sources(doc.Links)
	i.ReadMinutes = max(1, (doc.Words+wordsAMinute/2)/wordsAMinute)
	i.Mentioned = mentions.Terms()
	i.Terms = mentions.Named(i.TermSlugs)
}

func parts(from []prose.Part) []Part {
	made := make([]Part, len(from))
	for n, p := range from {
		made[n] = Part{HTML: p.HTML, Table: Table(p.Place)}
	}
	return made
}

// sources are the pages that the text and its tables link to, each once.
func (i *Issue) sources(links []prose.Link) []SourceLink {
	var all []SourceLink
	seen := map[string]bool{"": true}
	add := func(title, url string) {
		if !seen[url] {
			seen[url] = true
			all = append(all, SourceLink{Title: title, URL: url})
		}
	}
	for _, l := range links {
		add(l.Title, l.URL)
	}
	for _, s := range i.States {
		add(s.SourceTitle, s.SourceURL)
	}
	for _, b := range i.Bills {
		add(b.Number, b.URL)
	}
	return all
}
