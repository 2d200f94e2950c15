package pledge

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/pledge/csvfile"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// ImportOptions say how Import reads a file.
type ImportOptions struct {
	// Consent is the sentence that everybody in the file agreed to when they
	// signed, for files that don't say it themselves; empty: only who has a
	// consent in the file has one.
	Consent string
	// DryRun reads the whole file and reports, and changes nothing.
	DryRun bool
	// Refused is told of every record that isn't taken, by its line, once the
	// records around it are committed. It names a field and a message, never a
	// value. An error ends the import. nil: nobody is told.
	Refused func(line int64, why fault.Field) error
	// Progress is told how many records are done; nil: nobody is told.
	Progress func(records int64)
}

// Imported is what became of a file's records.
type Imported struct {
	Pledge     string `gorm:"primaryKey"`
	FileHash   []byte `gorm:"primaryKey"`
	Records    int64  // read: Taken, Here and Refused together
	Taken      int64  // signatures that count now
	Here       int64  // had signed here before, or stood in the file twice
	Refused    int64  // couldn't be taken
	Consents   int64  // consents kept, of those taken
	BeganAt    time.Time
	MovedAt    time.Time
	FinishedAt *time.Time // nil: it was cut short, and goes on when it is called again

	Before int64 `gorm:"-"` // of Records, those that an earlier call had done
}

// TableName is the table's name.
func (Imported) TableName() string { return "signature_import" }

// importBatch is how many records are committed together.
const importBatch = 1000

// Import takes the signatures of a petition that ran elsewhere from a table with a
// header (see columnNames for the names it knows). Each counts at once, on the day
// on which it was signed there, as one with the origin "import": the center vouches
// for it, its mailbox is not asked. Nobody is mailed.
//
// The rules of the form hold: a name and address that can be, one signature per
// person, two per mailbox. Who has signed here stays as they are; who withdrew here
// is not brought back. A consent comes along with its words and date, unless its
// owner has said otherwise here.
//
// It commits every importBatch records together with how far it came: called again
// with the same file, after whatever ended it, it goes on there and takes nothing
// twice. A finished file is reported as it went, and read no more. Two at a time of
// one file are fault.Conflict; a pledge that has closed is, too, since its count is
// final. A file without the columns that are needed is fault.Invalid.
func (p *Pledges) Import(ctx context.Context, slug string, file io.ReadSeeker, o ImportOptions) (Imported, error) {
	pledge, err := p.BySlug(ctx, slug)
	if err != nil {
		return Imported{}, err
	}
	if pledge.StateAt(p.opt.Now()) == Closed {
		return Imported{}, fault.Conflict("pledge.has_closed")
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return Imported{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Imported{}, err
	}
	table, err := openTable(file)
	if err != nil {
		return Imported{}, err
	}
	run := importing{Pledges: p, pledge: pledge, table: table, o: o}
	if o.DryRun {
		return run.try(ctx)
	}
	if run.state, err = p.beginImport(ctx, slug, hash.Sum(nil)); err != nil || run.state.FinishedAt != nil {
		return run.state, err
	}
	defer p.gatherMany(ctx)
	return run.goOn(ctx)
}

// importing is one call of Import.
type importing struct {
	*Pledges
	pledge Pledge
	table  *table
	o      ImportOptions
	state  Imported
}

// goOn reads on from where the file was left.
func (r *importing) goOn(ctx context.Context) (Imported, error) {
	r.state.Before = r.state.Records
	for range r.state.Records {
		if _, err := r.table.Next(); err != nil {
			return r.state, fault.Conflict("pledge.import.elsewhere").Because(err)
		}
	}
	for ctx.Err() == nil {
		batch, last, err := r.batch()
		if err != nil {
			return r.state, err
		}
		if err := r.commit(ctx, batch, last); err != nil {
			return r.state, err
		}
		if err := r.tell(batch); err != nil || last {
			return r.state, err
		}
	}
	return r.state, ctx.Err()
}

// batch reads the next records and makes their rows.
func (r *importing) batch() (batch []candidate, last bool, err error) {
	var records []csvfile.Record
	for len(records) < importBatch {
		record, err := r.table.Next()
		if errors.Is(err, io.EOF) {
			last = true
			break
		}
		if err != nil {
			return nil, false, err
		}
		records = append(records, record)
	}
	batch = make([]candidate, len(records))
	now := r.opt.Now()
	err = inParallel(len(records), func(i int) error {
		batch[i] = r.candidate(records[i], now)
		return nil
	})
	return batch, last, err
}

// commitTries is how often a batch is tried that met others' locks.
const commitTries = 5

// commit decides about a batch and keeps it, together with how far the file is.
func (r *importing) commit(ctx context.Context, batch []candidate, last bool) error {
	var err error
	for range commitTries {
		before := make([]candidate, len(batch))
		copy(before, batch)
		var state Imported
		if state, err = r.keepBatch(ctx, r.state, batch, last); err == nil {
			moved := state.Taken > r.state.Taken
			r.state = state
			if moved {
				r.changed(r.pledge.IssueSlug)
			}
			return nil
		}
		copy(batch, before)
		if !postgres.IsRetryable(err) {
			break
		}
	}
	return err
}

// tell reports a batch that is committed.
func (r *importing) tell(batch []candidate) error {
	if r.o.Refused != nil {
		for i := range batch {
			if batch[i].fate == refused {
				if err := r.o.Refused(batch[i].line, batch[i].why); err != nil {
					return err
				}
			}
		}
	}
	if r.o.Progress != nil {
		r.o.Progress(r.state.Records)
	}
	return nil
}

// fate is what becomes of a record.
type fate uint8

const (
	undecided fate = iota
	taken
	raised // a signature that waited for its mailbox here counts now
	here
	refused
)

// candidate is a record on its way to be a signature.
type candidate struct {
	line      int64
	fate      fate
	why       fault.Field // of refused
	signature Signature
	person    Person
	consent   *supporter.Consent
}

func (c *candidate) refuse(name, key string) {
	c.fate, c.why = refused, fault.Field{Name: name, Key: key}
}

// present is what the database holds of a signer or a mailbox.
type present struct {
	id      uuid.UUID
	state   string
	signer  string
	mailbox string
	place   int16 // 0: none
}

// decide says of every candidate what becomes of it, in the file's order, given
// what is there. What it takes is there for those that follow.
func decide(batch []candidate, there []present, slot int16) {
	signers, places := map[string]present{}, map[string][MailboxSlots + 1]bool{}
	take := func(x present) {
		if signers[x.signer].state != Confirmed { // a trial's row outweighs the one that waits
			signers[x.signer] = x
		}
		if x.place > 0 {
			held := places[x.mailbox]
			held[x.place] = true
			places[x.mailbox] = held
		}
	}
	for _, x := range there {
		take(x)
	}
	for i := range batch {
		c := &batch[i]
		if c.fate != undecided {
			continue
		}
		s := &c.signature
		known, is := signers[string(s.SignerKey)]
		switch {
		case is && known.state == Withdrawn:
			c.refuse("row", "pledge.import.withdrawn")
			continue
		case is && known.state != Pending:
			c.fate = here
			continue
		}
		place := int16(1)
		for place <= MailboxSlots && places[string(s.MailboxKey)][place] {
			place++
		}
		if place > MailboxSlots {
			c.refuse("row", "pledge.import.full")
			continue
		}
		c.fate = taken
		if is {
			c.fate, s.ID = raised, known.id
		}
		if c.consent != nil {
			c.consent.SourceID = s.ID
		}
		s.MailboxSlot, s.CounterSlot = &place, &slot
		take(present{id: s.ID, state: Confirmed, signer: string(s.SignerKey), mailbox: string(s.MailboxKey), place: place})
	}
}

// ImportedCount is how many signatures a pledge has brought from elsewhere: what
// its pages say of its count. Ones that were withdrawn since are among them.
func (p *Pledges) ImportedCount(ctx context.Context, slug string) (int64, error) {
	return importedCount(p.db.Read(ctx), slug)
}
