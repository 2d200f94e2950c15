package letter

import (
	"context"
	"slices"

	"redress/internal/civics"
	"redress/internal/fault"
)

// constituency is who represents an address, as surely as it could be placed.
type constituency struct {
	answer civics.Answer
	placed bool
}

// noStreet is civics' word for a post-office box, which lies in no district.
const noStreet = "civics.address.po_box"

// place finds who represents an address as it was typed. With the geocoder
// away, an address that it doesn't know, or a post-office box, the ZIP code
// answers, and placed is false. An answer for another place than the one typed
// is a fault of the field that differs: geocoders are lenient, and the address
// stands under the letter as its writer typed it.
func (l *Letters) place(ctx context.Context, a civics.Address) (constituency, error) {
	who, err := l.locate(ctx, a)
	if err != nil {
		return constituency{}, err
	}
	if who.answer.State != "" && who.answer.State != a.State {
		return constituency{}, elsewhere(fault.Field{Name: "state", Key: "letter.form.state.elsewhere", Args: []any{
			"Found", civics.StateName(who.answer.State), "Chosen", civics.StateName(a.State),
		}})
	}
	if who.placed && !l.near(a.Zip, who.answer) {
		return constituency{}, elsewhere(fault.Field{Name: "zip", Key: "letter.form.zip.elsewhere", Args: []any{"Found", who.answer.Zip}})
	}
	return who, nil
}

func elsewhere(field fault.Field) error { return fault.Invalid("letter.form.invalid", field) }

func (l *Letters) locate(ctx context.Context, a civics.Address) (constituency, error) {
	answer, err := l.atlas.ByAddress(ctx, a.OneLine())
	if err == nil {
		return constituency{answer, answer.Confidence == civics.ConfidenceAddress}, nil
	}
	f, known := fault.As(err)
	switch {
	case !known:
		return constituency{}, err
	case f.Kind == fault.KindInvalid && f.Key != noStreet:
		return constituency{}, fault.Invalid("letter.form.invalid", fault.Field{Name: "street", Key: f.Key}).Because(err)
	case f.Kind != fault.KindInvalid && f.Kind != fault.KindUnavailable && f.Kind != fault.KindNotFound:
		return constituency{}, err
	}
	answer, err = l.atlas.ByZIP(a.Zip)
	if kind := fault.KindOf(err); err != nil && (kind == fault.KindNotFound || kind == fault.KindInvalid) {
		return constituency{}, fault.Invalid("letter.form.invalid", fault.Field{Name: "zip", Key: "letter.form.zip.unknown"}).Because(err)
	}
	return constituency{answer: answer}, err
}

// zipArea is how many digits of a ZIP code name the area that mail is sorted by.
const zipArea = 3

// near tells whether an address that was typed with this ZIP code can be the one
// that was found: the codes are of one area, or the one typed reaches into every
// district that was found.
func (l *Letters) near(zip string, found civics.Answer) bool {
	if len(found.Zip) < zipArea || zip[:zipArea] == found.Zip[:zipArea] {
		return true
	}
	typed, err := l.atlas.ByZIP(zip)
	if err != nil {
		return false
	}
	reached := map[civics.Chamber][]string{}
	for _, d := range districtsOf(typed) {
		reached[d.Chamber] = append(reached[d.Chamber], d.ID)
	}
	if len(reached[civics.House]) == 0 {
		return false // of this code only the state is known
	}
	for _, d := range found.Divisions {
		if ids := reached[d.Chamber]; len(ids) > 0 && !slices.Contains(ids, d.ID) {
			return false
		}
	}
	return true
}

// districtsOf are the divisions that an answer is sure of and those that it
// offers.
func districtsOf(a civics.Answer) []*civics.Division {
	all := slices.Clone(a.Divisions)
	for _, c := range a.Candidates {
		all = append(all, c.Divisions...)
	}
	return all
}

// represents tells whether the official surely represents the address, so that
// a letter may go out from here.
func (c constituency) represents(id string) bool {
	return c.placed && slices.ContainsFunc(c.answer.Officials, func(o *civics.Official) bool { return o.ID == id })
}

// pick returns the named officials among those who represent the address, or
// may represent it where it could not be placed for sure: those are for sending
// by hand. Who isn't offered is refused like those who don't represent it.
func (c constituency) pick(ids []string, atlas *civics.Atlas) ([]*civics.Official, error) {
	theirs := map[string]*civics.Official{}
	for _, o := range c.answer.Officials {
		theirs[o.ID] = o
	}
	for _, question := range c.answer.Candidates {
		for _, o := range question.Officials {
			theirs[o.ID] = o
		}
	}
	refused := &NotRepresented{Answer: c.answer}
	var picked []*civics.Official
	for _, id := range ids {
		if o, ok := theirs[id]; ok && (o.Offered() || o.Vacant) {
			picked = append(picked, o)
			continue
		}
		o, known := atlas.Official(id)
		if !known {
			return nil, unknownOfficial()
		}
		refused.Officials = append(refused.Officials, o)
	}
	if len(refused.Officials) > 0 {
		return nil, refused
	}
	return picked, nil
}
