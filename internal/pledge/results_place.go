package pledge

import (
	"context"
	"slices"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// Standing says for which congressional district a signature counts.
type Standing struct {
	DistrictID string // "": none is sure
	ByAddress  bool   // its signer was placed there by their address
	Candidates []string
}

// Standing is where the signature of a confirmation counts. It is for its
// signer's eyes.
func (p *Pledges) Standing(ctx context.Context, c Confirmation) (Standing, error) {
	if p.opt.Atlas == nil {
		return Standing{}, nil
	}
	placement, err := placementOf(p.db.Read(ctx), c.Signature.ID)
	if err != nil {
		return Standing{}, err
	}
	person, err := sealedZip(p.db.Read(ctx), c.Signature.ID)
	if err != nil {
		return Standing{}, err
	}
	zip, err := p.box.Open(person.Zip, personPlace("zip", c.Signature.ID))
	if err != nil {
		return Standing{}, err
	}
	ids, whole := p.opt.Atlas.ZipDistricts(zip)
	switch {
	case placement.DistrictID != "" && placement.Congress == p.opt.Atlas.Congress():
		return Standing{DistrictID: placement.DistrictID, ByAddress: true, Candidates: ids}, nil
	case whole:
		return Standing{DistrictID: ids[0], Candidates: ids}, nil
	}
	return Standing{Candidates: ids}, nil
}

// Place keeps the congressional district that the signer of a confirm token
// lives in, so that it counts for that district. The caller found it from an
// address or a point, of which nothing comes here. A district that the ZIP code
// which was signed with doesn't reach is fault.Invalid: "at least" has to stay
// true.
func (p *Pledges) Place(ctx context.Context, token, districtID string) error {
	c, err := p.ByToken(ctx, token)
	if err != nil {
		return err
	}
	if c.Signature.State != Confirmed {
		return fault.Conflict("pledge.not_confirmed")
	}
	standing, err := p.Standing(ctx, c)
	if err != nil {
		return err
	}
	if !slices.Contains(standing.Candidates, districtID) {
		return fault.Invalid("pledge.district_elsewhere", fault.Field{Name: "address", Key: "pledge.district_elsewhere"})
	}
	if standing.DistrictID == districtID {
		return nil
	}
	return p.db.InTx(ctx, func(tx *postgres.Tx) error {
		s, err := lockSignature(tx, c.Signature.ID)
		switch {
		case err != nil:
			return err
		case s == nil || s.State != Confirmed || s.Epoch != c.Signature.Epoch:
			return fault.NotFound("token.unknown")
		}
		if err := tallySignature(tx, s.ID, -1); err != nil {
			return err
		}
		err = savePlacement(tx, Placement{SignatureID: s.ID, DistrictID: districtID, Congress: p.opt.Atlas.Congress()})
		if err != nil {
			return err
		}
		return tallySignature(tx, s.ID, 1)
	})
}
