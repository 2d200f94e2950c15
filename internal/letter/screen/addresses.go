package screen

import (
	"regexp"
	"slices"
	"strings"
)

// addresses are places that may stand in a letter: by house number and the first
// word of the street's name, the directions that it is known with.
type addresses map[string][]string

// publicPlaces are addresses that people know, beside those of published offices.
var publicPlaces = []string{
	"1600 Pennsylvania Avenue", "1 First Street", "950 Pennsylvania Avenue", "935 Pennsylvania Avenue", "200 E Colfax Avenue",
}

func knownAddresses(t Text) addresses {
	known := addresses{}
	for _, street := range publicPlaces {
		known.add(street)
	}
	known.add(t.Own.Street)
	for _, o := range t.Offices {
		known.add(o.Street)
	}
	return known
}

// add takes every number of a published address with the name after it: offices
// write their room before or behind the street.
func (a addresses) add(street string) {
	words := wordsOf(street)
	for i := range words {
		if number.MatchString(words[i].raw) {
			if name := streetName(words, i+1); name < len(words) {
				key, direction := house(words, i, name)
				a[key] = append(a[key], direction)
			}
		}
	}
}

// has tells whether an address is known: with the same direction, or without one
// on either side.
func (a addresses) has(words []word, number, name int) bool {
	key, direction := house(words, number, name)
	return slices.ContainsFunc(a[key], func(known string) bool { return known == direction || known == "" || direction == "" })
}

// house is an address as it is compared: the number and the street's first word,
// and the direction.
func house(words []word, number, name int) (key, direction string) {
	for _, w := range words[number+1 : name] {
		short := w.raw
		if len(short) > 2 {
			short = strings.NewReplacer("north", "n", "south", "s", "east", "e", "west", "w").Replace(short)
		}
		direction += short
	}
	return strings.TrimRight(words[number].raw, "abcdefgh") + " " + words[name].raw, direction
}

var (
	number     = regexp.MustCompile(`^[0-9]{1,6}[a-h]?$`)
	ordinal    = regexp.MustCompile(`^[0-9]{1,3}(st|nd|rd|th)$`)
	yearShape  = regexp.MustCompile(`^(1[6-9]|20)[0-9]{2}$`)
	directions = newSet("n s e w ne nw se sw north south east west northeast northwest southeast southwest")

	// What streets are called, in any spelling; the second only with capitals or
	// beside a word such as "lives", since they mean other things as well.
	streetTypes = newSet("street st avenue ave av road rd boulevard blvd lane ln drive dr")
	otherTypes  = newSet(`court ct place pl way circle cir terrace ter square sq parkway pkwy highway hwy trail trl loop alley row run path pike
		plaza crossing xing cove broadway route`)

	// What stands before a number that is no house's.
	countsThings = newSet(`section sections sec title chapter act article no number page pages usc hb sb hr case cases rule bill resolution
		amendment proposition ballot vote votes over about nearly almost only`)
	beforeYear = newSet(`in since by of during from until before after around circa early late january february march april may june july
		august september october november december jan feb mar apr jun jul aug sep sept oct nov dec spring summer fall winter year the`)

	// What stands in no street's name between number and type.
	noName = newSet(`the a an of in on at by for from to and or but with without was were is are be been has have had do did does not who
		that this these those his her their your my our its it he she they we you i as if when where which than then so because while after
		before over under per more most other such no people person persons officer officers cop cops police men women children kids
		student students year years month months week weeks day days hour hours minute minutes second seconds mile miles foot feet block blocks yard yards
		percent dollar dollars million billion thousand hundred vote votes member members case cases time times states counties cities
		bill bills amendment amendments lanes lane way`)
	noCourt = newSet("supreme circuit district appeals appellate federal county state trial superior municipal high tax criminal civil juvenile family")

	livingThere = newSet("live lives lived living house home apartment address residence reside resides stay stays sleep sleeps door visit find")
)

// streetName is where a street's name begins, after directions.
func streetName(words []word, from int) int {
	for from+1 < len(words) && words[from].is(directions) && !words[from+1].is(streetTypes) {
		from++
	}
	return from
}

// findsOther tells whether a text holds an address that isn't known, or offers
// somebody's.
func (a addresses) findsOther(text []word) bool {
	for at := range text {
		if number.MatchString(text[at].raw) && !isCount(text, at) {
			if name, is := isAddress(text, at); is && !a.has(text, at, name) {
				return true
			}
		}
	}
	return homes.find(text, func(at int) bool { return !reported(text, at) })
}

// homes are ways to offer somebody's address without a number.
var homes = func() patterns {
	p := patterns{}
	for _, line := range []string{
		"your|ur home|private|personal address",
		"his|her|their home|private address is|at",
		"senator|representative|officer|judge|governor|mayor|congressman|congresswoman|cop|deputy|sheriff ~2 home address is|at",
		"home address of ~1 senator|representative|officer|judge|governor|mayor|congressman|congresswoman|deputy|sheriff|your|ur",
		"home address for ~1 senator|representative|officer|judge|governor|mayor|congressman|congresswoman|deputy|sheriff",
	} {
		p.add(line, nil)
	}
	return p
}()

// isCount tells whether a number counts or names something other than a house.
func isCount(text []word, at int) bool {
	if at == 0 {
		return false
	}
	before := text[at-1]
	if before.is(countsThings) {
		return true
	}
	if !yearShape.MatchString(text[at].raw) {
		return false
	}
	return before.is(beforeYear) || at > 1 && text[at-2].is(beforeYear) && number.MatchString(before.raw)
}

// isAddress tells whether a number begins an address, and where the street's name
// begins.
func isAddress(text []word, at int) (name int, is bool) {
	name = streetName(text, at+1)
	near := cued(text, at)
	capitals := true
	for i := name; i < len(text) && i < name+4; i++ {
		w := text[i]
		if w.begins && i > at {
			break
		}
		named := capitals && w.capital && (!isCourt(w) || !text[i-1].is(noCourt))
		if i > name && (w.is(streetTypes) || w.is(otherTypes) && (near || named)) {
			return name, true
		}
		if w.is(noName) || number.MatchString(w.raw) {
			break
		}
		capitals = capitals && (w.capital || ordinal.MatchString(w.raw))
	}
	return name, numberedRoad(text, at) || name < len(text) && near && text[name].capital && !text[name].begins && !text[name].is(noName)
}

func isCourt(w word) bool { return w.raw == "court" || w.raw == "ct" }

// cued tells whether a word such as "lives" stands shortly before, with "at" or
// "on" right before or the number next to it.
func cued(text []word, at int) bool {
	for i := at - 1; i >= 0 && at-i <= 4; i-- {
		if text[i+1].begins {
			return false
		}
		if text[i].is(livingThere) {
			between := text[i+1 : at]
			return len(between) == 0 || between[len(between)-1].is(placeWords)
		}
	}
	return false
}

var placeWords = newSet("at is on to")

// numberedRoad tells whether a number stands before a road that has a number
// itself: "12345 County Road 7", "812 Highway 92".
func numberedRoad(text []word, at int) bool {
	i := at + 1
	for i < len(text) && i < at+3 && text[i].is(roadOf) && text[i].capital {
		i++
	}
	return i+1 < len(text) && text[i].is(road) && text[i].capital && number.MatchString(text[i+1].raw) && !text[i].begins
}

var (
	roadOf = newSet("county state us old farm ranch rural")
	road   = newSet("road rd highway hwy route rte")
)
