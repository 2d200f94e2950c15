package civics

import (
	"cmp"
	"context"
	_ "embed" // the corrections
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

//go:embed corrections.csv
var embeddedCorrections string

var correctionFields = []string{"name", "party", "phone", "email", "webform", "website", "successor", "left", "offer", "channel"}

// chosenChannels are the ways by which an office can ask to be written to; cwc is
// Congress's own intake.
var chosenChannels = []string{ChannelEmail, "cwc", ChannelWebform, ChannelWebsite, ChannelPhone, ChannelPost}

// ReadCorrections reads a list of corrections (id, field, value, source, until).
// Every row must be right: a correction that is silently dropped is a wrong
// answer kept.
func ReadCorrections(r io.Reader) ([]Correction, error) {
	rows, err := readCSV(r, "id", "field", "value", "source", "until")
	if err != nil {
		return nil, err
	}
	if rows.short > 0 {
		return nil, errors.New("a row has another number of columns than the first")
	}
	list := make([]Correction, 0, len(rows.records))
	for i, row := range rows.records {
		c := Correction{
			OfficialID: tidy(row.get("id")), Field: tidy(row.get("field")), Value: tidy(row.get("value")), Source: tidy(row.get("source")),
		}
		if until := row.get("until"); until != "" {
			if c.Until, err = time.Parse(time.DateOnly, until); err != nil {
				return nil, fmt.Errorf("row %d: until is no date", i+1)
			}
		}
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		if slices.ContainsFunc(list, func(other Correction) bool { return other.key() == c.key() }) {
			return nil, fmt.Errorf("row %d: an earlier row corrects the %s of %s too", i+1, c.Field, c.OfficialID)
		}
		list = append(list, c)
	}
	return list, nil
}

// check says what is wrong with a correction.
func (c Correction) check() error {
	if !strings.HasPrefix(c.OfficialID, "bioguide:") && !strings.HasPrefix(c.OfficialID, "openstates:") {
		return errors.New("id is no official's")
	}
	if !slices.Contains(correctionFields, c.Field) {
		return fmt.Errorf("field is none of %s", strings.Join(correctionFields, ", "))
	}
	if c.Source == "" {
		return errors.New("source is empty")
	}
	ok := true
	switch c.Field {
	case "phone":
		ok = c.Value == "" || phone(c.Value) != ""
	case "email":
		if c.Value != "" {
			_, ok = emailAddress(c.Value)
		}
	case "webform", "website":
		if c.Value != "" {
			_, ok = httpsLink(c.Value)
		}
	case "offer":
		ok = c.Value == "no"
	case "channel":
		ok = slices.Contains(chosenChannels, c.Value)
	case "name":
		ok = c.Value != ""
	case "successor":
		id, name, _ := strings.Cut(c.Value, " ")
		ok = (bioguideID.MatchString(strings.TrimPrefix(id, "bioguide:")) || ocdPerson.MatchString("ocd-person/"+strings.TrimPrefix(id, "openstates:"))) && name != ""
	}
	if !ok {
		return fmt.Errorf("value fits no %s", c.Field)
	}
	return nil
}

// ImportCorrections replaces the corrections by a list. Taking back more than one
// in twenty of those that hold needs Force, since `redress correct` may have made
// them in haste.
func ImportCorrections(ctx context.Context, db *postgres.DB, r io.Reader, o ImportOptions) (Diff, error) {
	list, err := ReadCorrections(r)
	if err != nil {
		return Diff{}, fmt.Errorf("corrections: %w", err)
	}
	var diff Diff
	err = changeCorrections(ctx, db, o.DryRun, func(tx pgx.Tx, t Tables) error {
		names := t.names()
		var lost int
		diff, lost = correctionDiff(t.Corrections, list, names, o.now())
		diff.DryRun = o.DryRun
		if held := len(keep(t.Corrections, func(c Correction) bool { return !c.over(o.now()) })); lost*mostLost > held && !o.Force {
			return &RefusedError{[]string{fmt.Sprintf("%s of %s that hold are not in the list and would be taken back", thousands(lost), counted(held, "correction"))}}
		}
		if same, err := sameFacts(Tables{Corrections: t.Corrections}, Tables{Corrections: list}); err != nil || same {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM correction"); err != nil {
			return err
		}
		return correctionTable.write(ctx, tx, list)
	})
	return diff, err
}

// changeCorrections shows do the facts and lets it change the corrections, in one
// transaction; a dry run is taken back.
func changeCorrections(ctx context.Context, db *postgres.DB, dry bool, do func(pgx.Tx, Tables) error) error {
	err := pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", civicsLock); err != nil {
			return err
		}
		t, err := readTables(ctx, tx)
		if err != nil {
			return err
		}
		if err := do(tx, t); err != nil {
			return err
		}
		if dry {
			return errDryRun
		}
		return nil
	})
	var refused *RefusedError
	switch {
	case err == nil, errors.Is(err, errDryRun):
		return nil
	case errors.As(err, &refused):
		return refused
	}
	return fmt.Errorf("corrections: %w", err)
}

// over reports whether a correction's last day has passed.
func (c Correction) over(now time.Time) bool { return !between(now, time.Time{}, c.Until) }

// names gives everyone who is known their name and seat, as the newest list has
// them.
func (t Tables) names() map[string]string {
	names := map[string]string{}
	datasets := slices.SortedFunc(slices.Values(t.Datasets), func(a, b Dataset) int { return cmp.Compare(a.Congress, b.Congress) })
	for _, d := range datasets {
		for id, p := range roster(t.only(d.ID)) {
			names[id] = p.label
		}
	}
	return names
}

// correctionKey tells corrections apart: one of a field of an official.
type correctionKey struct{ id, field string }

func (c Correction) key() correctionKey { return correctionKey{c.OfficialID, c.Field} }

// says writes a correction for a list: "phone: 202-555-0100 (her office), until 2027-01-03".
func (c Correction) says() string {
	return fmt.Sprintf("%s: %s (%s)%s", c.Field, cmp.Or(c.Value, "none"), c.Source, strings.TrimSuffix(dated(", until ", c.Until), " "))
}

// correctionDiff compares two lists of corrections, and counts those that hold
// and would be lost.
func correctionDiff(was, is []Correction, names map[string]string, now time.Time) (diff Diff, lost int) {
	d := DatasetDiff{ID: "corrections", Name: "Corrections", Noun: "correction", Before: len(was), After: len(is)}
	named := map[string][]string{}
	before := map[correctionKey]Correction{}
	for _, c := range was {
		before[c.key()] = c
	}
	about := func(kind string, c Correction) {
		named[kind] = append(named[kind], cmp.Or(names[c.OfficialID], c.OfficialID)+": "+c.says())
	}
	stays := map[correctionKey]bool{}
	for _, c := range is {
		stays[c.key()] = true
		if names[c.OfficialID] == "" {
			diff.Warnings = append(diff.Warnings, nobodyKnown(c.OfficialID))
		}
		switch old, known := before[c.key()]; {
		case !known:
			about(ChangeNew, c)
		case old.Value != c.Value || old.Source != c.Source || !old.Until.Equal(c.Until):
			about(ChangeOther, c)
		}
	}
	for _, c := range was {
		if stays[c.key()] {
			continue
		}
		about(ChangeGone, c)
		if !c.over(now) {
			lost++
		}
	}
	d.Changes = inOrder(named, []string{ChangeNew, ChangeGone, ChangeOther})
	diff.Datasets = []DatasetDiff{d}
	return diff, lost
}

func nobodyKnown(id string) string {
	return id + ": nobody here has this id; the correction waits until someone does"
}

// Correct puts one correction in force at once, in the place of a former one of
// the same field. It tells in words who it is about and what changes. A
// correction about nobody known is taken, with a word about it.
func Correct(ctx context.Context, db *postgres.DB, c Correction, now time.Time) (string, error) {
	c.OfficialID, c.Field, c.Value, c.Source = tidy(c.OfficialID), tidy(c.Field), tidy(c.Value), tidy(c.Source)
	if err := c.check(); err != nil {
		return "", fmt.Errorf("the correction is not taken: %w", err)
	}
	if c.over(now) {
		return "", fmt.Errorf("the correction is not taken: it would end on %s, which has passed", c.Until.Format(longDate))
	}
	c.From = civilDay(now)
	var said string
	err := changeCorrections(ctx, db, false, func(tx pgx.Tx, t Tables) error {
		after := append(keep(t.Corrections, func(other Correction) bool { return other.key() != c.key() }), c)
		said = t.effect(c, after, now)
		const put = `INSERT INTO correction (official_id, field, value, source, applies_from, applies_until)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (official_id, field) DO UPDATE SET value = EXCLUDED.value,
			source = EXCLUDED.source, applies_from = EXCLUDED.applies_from, applies_until = EXCLUDED.applies_until`
		_, err := tx.Exec(ctx, put, correctionTable.fields(&c)...)
		return err
	})
	return said, err
}

// TakeBack takes one correction back, and tells in words what changes.
func TakeBack(ctx context.Context, db *postgres.DB, id, field string, now time.Time) (string, error) {
	var said string
	err := changeCorrections(ctx, db, false, func(tx pgx.Tx, t Tables) error {
		key := correctionKey{id, field}
		i := slices.IndexFunc(t.Corrections, func(c Correction) bool { return c.key() == key })
		if i < 0 {
			return fmt.Errorf("there is no correction of %q for %s; redress correct --list shows those there are", field, id)
		}
		c := t.Corrections[i]
		said = t.effect(c, keep(t.Corrections, func(other Correction) bool { return other.key() != key }), now)
		_, err := tx.Exec(ctx, "DELETE FROM correction WHERE official_id = $1 AND field = $2", id, field)
		return err
	})
	if err != nil {
		return "", err
	}
	shipped, err := shippedCorrections()
	if slices.ContainsFunc(shipped, func(c Correction) bool { return c.key() == correctionKey{id, field} }) {
		said += "\nThe program brings this correction with it: a newer version will put it back."
	}
	return said, err
}

// ListCorrections says every correction that there is in a line, whom it is about
// first.
func ListCorrections(ctx context.Context, db *postgres.DB, now time.Time) ([]string, error) {
	t, err := readTables(ctx, db.Pool)
	if err != nil {
		return nil, fmt.Errorf("corrections: %w", err)
	}
	names := t.names()
	lines := make([]string, 0, len(t.Corrections))
	for _, c := range t.Corrections {
		line := c.OfficialID + "  " + cmp.Or(names[c.OfficialID], "(nobody here has this id)") + "  " + c.says()
		if c.over(now) {
			line += "  no longer holds"
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// civilDay is the civil date of a moment, as civic data counts days.
func civilDay(now time.Time) time.Time { return now.UTC().Add(-dayBegins).Truncate(24 * time.Hour) }

// effect says what a change of the corrections does to the official that one of
// them is about.
func (t Tables) effect(c Correction, after []Correction, now time.Time) string {
	t.Zips = nil // not asked here
	find := func(corrections []Correction) *Official {
		t.Corrections = corrections
		return newIndex(t, nil, now).officials[c.OfficialID]
	}
	was := find(t.Corrections)
	is := find(after)
	if was == nil && is == nil {
		if label := t.names()[c.OfficialID]; label != "" {
			return label + " is in no list in force today; the correction waits: " + c.says()
		}
		return nobodyKnown(c.OfficialID)
	}
	who := was
	if who == nil {
		who = is
	}
	said := fmt.Sprintf("%s (%s, %s): %s", who.Name, who.Title, who.SeatName, changed(c.Field, was, is))
	if slices.ContainsFunc(after, func(other Correction) bool { return other.key() == c.key() }) && !c.Until.IsZero() {
		said += ", until " + c.Until.Format(longDate)
	}
	return said
}

// changed says what becomes of one field of an official; nil is in no answer and
// has no page.
func changed(field string, was, is *Official) string {
	old, now := shown(field, was), shown(field, is)
	if old == now {
		return fmt.Sprintf("%s stays %s", field, now)
	}
	return fmt.Sprintf("%s %s → %s", field, old, now)
}

// shown is what visitors see of one field.
func shown(field string, o *Official) string {
	var value string
	switch {
	case o == nil:
		return "not listed"
	case field == "left", field == "successor":
		if o.Serves.Left {
			return "has left"
		}
		return "sits"
	case field == "offer":
		if o.NotOffered != "" {
			return "no"
		}
		return "yes"
	case field == "channel":
		value = o.Chosen
	case field == "name":
		value = o.Name
	case field == "party":
		value = o.Party
	default:
		value = o.channel(field).Value
	}
	return cmp.Or(value, "none")
}

// shippedCorrections are those that the program carries.
func shippedCorrections() ([]Correction, error) {
	return ReadCorrections(strings.NewReader(embeddedCorrections))
}

// storeShippedCorrections adds the program's corrections where nobody made one.
func storeShippedCorrections(ctx context.Context, tx pgx.Tx) error {
	list, err := shippedCorrections()
	if err != nil {
		return err
	}
	for _, c := range list {
		const insert = `INSERT INTO correction (official_id, field, value, source, applies_from, applies_until)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
		if _, err := tx.Exec(ctx, insert, correctionTable.fields(&c)...); err != nil {
			return fmt.Errorf("corrections: %w", err)
		}
	}
	return nil
}
