package civics

import "time"

// nextTurn is the first moment after at when a district, a member, a correction
// or a Congress begins or ends. There is always one: the next Congress.
func (t Tables) nextTurn(at time.Time) time.Time {
	next := begins(CongressBegins(CongressOn(at) + 1))
	consider := func(dates ...time.Time) {
		for _, date := range dates {
			if turn := begins(date); !date.IsZero() && turn.After(at) && turn.Before(next) {
				next = turn
			}
		}
	}
	for _, d := range t.Divisions {
		consider(d.From, d.Until)
	}
	for _, tenure := range t.Tenures {
		consider(tenure.From, tenure.Until)
	}
	for _, c := range t.Corrections {
		consider(c.From, c.Until)
	}
	return next
}

// editionsIn lists the datasets that tell of a Congress, by kind. Maps and ZIP
// codes must be that Congress's own. The list of members is its own or the
// newest before it: senators in the middle of their term stay; districts that are
// no longer in force, and terms that have ended, say so.
func (t Tables) editionsIn(congress int) map[string]Dataset {
	used := map[string]Dataset{}
	for _, d := range t.Datasets {
		if d.Congress == 0 || d.Congress == congress {
			used[d.Kind] = d
		}
	}
	if _, own := used[DatasetCongress]; !own {
		if d := t.newest(DatasetCongress, congress); d.ID != "" {
			used[DatasetCongress] = d
		}
	}
	return used
}

// newest is the newest edition of a kind of dataset up to a Congress; the zero
// dataset when there is none.
func (t Tables) newest(kind string, congress int) Dataset {
	var newest Dataset
	for _, d := range t.Datasets {
		if d.Kind == kind && d.Congress <= congress && d.Congress > newest.Congress {
			newest = d
		}
	}
	return newest
}

// of keeps the rows of some datasets, without ZIP codes and maps.
func (t Tables) of(used map[string]Dataset) Tables {
	in := map[string]bool{}
	for _, d := range used {
		in[d.ID] = true
	}
	return Tables{
		Datasets:   t.Datasets,
		Divisions:  keep(t.Divisions, func(r Division) bool { return in[r.Dataset] }),
		Seats:      keep(t.Seats, func(r Seat) bool { return in[r.Dataset] }),
		People:     keep(t.People, func(r Person) bool { return in[r.Dataset] }),
		Tenures:    keep(t.Tenures, func(r Tenure) bool { return in[r.Dataset] }),
		Offices:    keep(t.Offices, func(r OfficeRow) bool { return in[r.Dataset] }),
		Contacts:   keep(t.Contacts, func(r Contact) bool { return in[r.Dataset] }),
		Committees: keep(t.Committees, func(r CommitteeRow) bool { return in[r.Dataset] }),
		Members:    keep(t.Members, func(r CommitteeMember) bool { return in[r.Dataset] }),
		Forms:      keep(t.Forms, func(r ContactForm) bool { return in[r.Dataset] }),
	}
}

// remember looks at the lists of members before and after the one in use. Whom
// only the former list names has left, and keeps a page that says so; whom the
// next list doesn't name serves until that Congress begins.
func (x *index) remember(t Tables) {
	list := x.used[DatasetCongress]
	if former := t.newest(DatasetCongress, list.Congress-1); former.ID != "" {
		old := t.of(map[string]Dataset{DatasetCongress: former})
		people := gather(old)
		correct(people, x.corrections)
		seats := map[string]Seat{}
		for _, s := range old.Seats {
			seats[s.ID] = s
		}
		for _, tenure := range old.Tenures {
			if p := people[tenure.OfficialID]; p != nil {
				x.keepFormer(seats[tenure.SeatID], &p.Official, CongressBegins(list.Congress))
			}
		}
	}
	next := edition(DatasetCongress, list.Congress+1)
	stays := map[string]bool{}
	for _, p := range t.People {
		if p.Dataset == next {
			stays[p.ID] = true
		}
	}
	var leaving []*Official
	sitting := 0
	for id, o := range x.officials {
		if o.Level != Federal || o.Vacant || o.Serves.Left {
			continue
		}
		if sitting++; !stays[id] {
			leaving = append(leaving, o)
		}
	}
	if len(stays)*wholeList < sitting*(wholeList-1) {
		return // who isn't on it may not be on it yet
	}
	for _, o := range leaving {
		o.Serves.Until = CongressBegins(list.Congress + 1)
	}
}

// wholeList bounds what a list of the next Congress may lack to say of anybody
// that they leave: one in as many of those who sit now.
const wholeList = 10
