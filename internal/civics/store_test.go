package civics

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/civics/refdatatest"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

func loaded(t *testing.T) (*postgres.DB, *Atlas) {
	t.Helper()
	db := postgrestest.New(t)
	if err := LoadSnapshot(context.Background(), db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	a, err := Open(context.Background(), db, nil, clockAt(today))
	if err != nil {
		t.Fatal(err)
	}
	return db, a
}

// The row types read and write every column of their tables.
func TestColumnsAreTheSchemas(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	check := func(name string, columns []string, fields int) {
		rows, err := db.Pool.Query(context.Background(), "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = current_schema()", name)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var schema []string
		for rows.Next() {
			var column string
			if err := rows.Scan(&column); err != nil {
				t.Fatal(err)
			}
			schema = append(schema, column)
		}
		want := slices.Sorted(slices.Values(schema))
		if got := slices.Sorted(slices.Values(columns)); !slices.Equal(got, want) || fields != len(columns) {
			t.Errorf("%s: %v with %d fields, the schema has %v", name, got, fields, want)
		}
	}
	check(divisionTable.name, divisionTable.columns, len(divisionTable.fields(&Division{})))
	check(seatTable.name, seatTable.columns, len(seatTable.fields(&Seat{})))
	check(officialTable.name, officialTable.columns, len(officialTable.fields(&Person{})))
	check(tenureTable.name, tenureTable.columns, len(tenureTable.fields(&Tenure{})))
	check(officeTable.name, officeTable.columns, len(officeTable.fields(&OfficeRow{})))
	check(channelTable.name, channelTable.columns, len(channelTable.fields(&Contact{})))
	check(formTable.name, formTable.columns, len(formTable.fields(&ContactForm{})))
	check(committeeTable.name, committeeTable.columns, len(committeeTable.fields(&CommitteeRow{})))
	check(memberTable.name, memberTable.columns, len(memberTable.fields(&CommitteeMember{})))
	check(zipTable.name, zipTable.columns, len(zipTable.fields(&DivisionZips{})))
	check(boundaryTable.name, boundaryTable.columns, len(boundaryTable.fields(&Boundary{})))
	check(correctionTable.name, correctionTable.columns, len(correctionTable.fields(&Correction{})))
	check(datasetTable.name, datasetTable.columns, len(datasetTable.fields(&storedDataset{})))
}

func TestSnapshotThroughTheDatabase(t *testing.T) {
	t.Parallel()
	db, a := loaded(t)
	memory := shippedAtlas(t)
	if got, want := len(a.index.Load().officials), len(memory.index.Load().officials); got != want {
		t.Errorf("%d officials, %d in the snapshot", got, want)
	}
	for _, zip := range []string{"80203", "10001", "20001", "00901", "94566", "02133", "05401"} {
		got, err := a.ByZIP(zip)
		if err != nil {
			t.Fatal(err)
		}
		want, err := memory.ByZIP(zip)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(names(got.Officials), names(want.Officials)) || len(got.Candidates) != len(want.Candidates) || !slices.Equal(got.Missing, want.Missing) {
			t.Errorf("%s: %v, want %v", zip, names(got.Officials), names(want.Officials))
		}
	}
	degette, _ := a.Official("bioguide:D000197")
	shipped, _ := memory.Official("bioguide:D000197")
	if len(degette.Channels) != len(shipped.Channels) || len(degette.Offices) != len(shipped.Offices) || !degette.TermEnds.Equal(shipped.TermEnds) {
		t.Errorf("%+v\n%+v", degette, shipped)
	}
	if sets, err := ReadDatasets(context.Background(), db); err != nil || len(sets) != 6 || sets[0].ImportedAt.IsZero() {
		t.Errorf("%v %v", sets, err)
	}
}

// Loading again changes nothing and tells nobody; many at once load once.
func TestLoadSnapshotIsIdempotent(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := postgrestest.New(t)
	began := time.Now()
	var wait sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wait.Go(func() { errs[i] = LoadSnapshot(ctx, db, EmbeddedSnapshot()) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	t.Logf("three nodes at once: %v", time.Since(began))
	mark := func() (row string) {
		const sql = "SELECT string_agg(id || imported_at || origin, ' ' ORDER BY id) || (SELECT string_agg(xmin::text, '' ORDER BY id) FROM official) FROM dataset"
		if err := db.Pool.QueryRow(ctx, sql).Scan(&row); err != nil {
			t.Fatal(err)
		}
		return row
	}
	before := mark()
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil || mark() != before {
		t.Errorf("the second load wrote: %v", err)
	}
	// What an operator imported at the same date stays; what is older is replaced.
	if _, err := db.Pool.Exec(ctx, "UPDATE dataset SET origin = 'import' WHERE id = 'congress-119'; UPDATE dataset SET as_of = '2020-01-01' WHERE id = 'openstates'; DELETE FROM setting WHERE key = 'civics-snapshot'"); err != nil {
		t.Fatal(err)
	}
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	var congress, openstates string
	if err := db.Pool.QueryRow(ctx, "SELECT (SELECT origin FROM dataset WHERE id = 'congress-119'), (SELECT as_of::text FROM dataset WHERE id = 'openstates')").Scan(&congress, &openstates); err != nil {
		t.Fatal(err)
	}
	if congress != "import" || openstates != "2026-08-05" {
		t.Errorf("%s %s", congress, openstates)
	}
}

// A release that brings a new correction with the same snapshot puts it in force.
func TestNewCorrectionsComeWithAnOldSnapshot(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := postgrestest.New(t)
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	// As a release left it that didn't have the correction yet.
	const former = "DELETE FROM correction; UPDATE setting SET value = (SELECT origin FROM dataset WHERE id = 'congress-119')::bytea WHERE key = 'civics-snapshot'"
	if _, err := db.Pool.Exec(ctx, former); err != nil {
		t.Fatal(err)
	}
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	if list, err := ListCorrections(ctx, db, today); err != nil || len(list) == 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestAtlasFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db, a := loaded(t)
	heard := make(chan string, 100)
	listening := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		db.Listen(ctx, func(tag string) { heard <- tag }, func() {
			select {
			case listening <- struct{}{}:
			default:
			}
		})
	}()
	select {
	case <-listening:
	case <-time.After(2 * time.Second):
	}
	write := func() {
		const sql = `INSERT INTO correction (official_id, field, value, source) VALUES ('bioguide:D000197', 'name', 'Diana Test', 'test') ON CONFLICT (official_id, field) DO UPDATE SET value = EXCLUDED.value`
		if _, err := db.Pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	write()
	for end := time.After(15 * time.Second); ; {
		select {
		case tag := <-heard:
			if tag != Tag {
				continue
			}
		case <-time.After(500 * time.Millisecond):
			write() // the listener may not have been there yet
			continue
		case <-end:
			t.Fatal("nobody told of the change")
		}
		break
	}
	before, _ := a.Official("bioguide:D000197")
	if err := a.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	after, _ := a.Official("bioguide:D000197")
	if before.Name != "Diana DeGette" || after.Name != "Diana Test" {
		t.Errorf("%q, then %q", before.Name, after.Name)
	}
	cancel()
	<-done
	if err := a.Reload(ctx); err == nil {
		t.Error("a reload that was called off reports success")
	}
	if _, ok := a.Official("bioguide:D000197"); !ok {
		t.Error("a failed reload lost the index")
	}
}

func TestImportCorrections(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, a := loaded(t)
	const list = "id,field,value,source,until\nbioguide:D000197,phone,202-555-0100,her office,2099-01-01\n"
	if diff, err := ImportCorrections(ctx, db, strings.NewReader(list), ImportOptions{Force: true}); err != nil || diff.Datasets[0].After != 1 {
		t.Fatalf("%s %v", diff, err)
	}
	if err := a.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if o, _ := a.Official("bioguide:D000197"); o.Phone() != "202-555-0100" || len(a.Corrections()) != 1 {
		t.Errorf("%v", o.Channels)
	}
	for _, bad := range []string{
		"", "id,field\n", "id,field,value,source,until\nx,phone,1,y,\n", "id,field,value,source,until\nbioguide:D000197,hair,1,y,\n",
		"id,field,value,source,until\nbioguide:D000197,phone,1,y,\n", "id,field,value,source,until\nbioguide:D000197,phone,,,\n",
		"id,field,value,source,until\nbioguide:D000197,phone,,y,soon\n", "id,field,value,source,until\nbioguide:D000197,website,javascript:alert(1),y,\n",
	} {
		if _, err := ImportCorrections(ctx, db, strings.NewReader(bad), ImportOptions{}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// The embedded snapshot is what the published files make, byte for byte.
func TestSnapshotIsWhatTheFilesMake(t *testing.T) {
	t.Parallel()
	dir := refdatatest.Folder(t)
	var first, second bytes.Buffer
	if _, err := BuildSnapshot(dir, &first); err != nil {
		t.Fatal(err)
	}
	if _, err := BuildSnapshot(dir, &second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same files make other bytes")
	}
	if !bytes.Equal(first.Bytes(), embedded) {
		t.Error("the embedded snapshot is not of these files: redress snapshot build ../shared/refdata internal/civics/snapshot.bin")
	}
	if first.Len() > 3<<20 {
		t.Errorf("%d bytes", first.Len())
	}
}

func TestReadSnapshotRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range [][]byte{nil, []byte("x"), embedded[:1000], embedded[:len(embedded)-9]} {
		if _, err := ReadSnapshot(bytes.NewReader(bad)); err == nil {
			t.Errorf("%d bytes are taken", len(bad))
		}
	}
	var other bytes.Buffer
	tables := Tables{}
	if err := tables.write(&other); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSnapshot(&other); err != nil {
		t.Errorf("an empty snapshot: %v", err)
	}
}

// Coverage of what is shipped, so that a worse snapshot is seen.
func TestCoverage(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	count := map[string]int{}
	for _, o := range a.index.Load().officials {
		kind := string(o.Level)
		if o.Vacant {
			count[kind+" vacant"]++
			continue
		}
		count[kind]++
		for _, c := range []string{ChannelEmail, ChannelWebform, ChannelWebsite, ChannelPhone, ChannelPost} {
			if o.channel(c).Value != "" {
				count[kind+" "+c]++
			}
		}
		if o.Level == State {
			for _, office := range o.Offices {
				if office.Kind != OfficeCapitol {
					t.Errorf("%s has an office of kind %s", o.ID, office.Kind)
				}
				if office.City != "" && !strings.EqualFold(office.City, placeByCode[o.State].capital) {
					t.Errorf("%s has an office in %s", o.ID, office.City)
				}
			}
		}
	}
	for kind, least := range map[string]int{
		"federal": 537, "federal vacant": 4, "federal phone": 535, "federal website": 535, "federal webform": 270, "federal post": 535,
		"state": 7451, "state email": 7400, "state phone": 6900, "state post": 7100,
	} {
		if count[kind] < least {
			t.Errorf("%s: %d, at least %d", kind, count[kind], least)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%s: %d", kind, count[kind])
	}
}

func BenchmarkLoadSnapshot(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		db := postgrestest.New(b)
		b.StartTimer()
		if err := LoadSnapshot(context.Background(), db, EmbeddedSnapshot()); err != nil {
			b.Fatal(err)
		}
	}
}

// A snapshot leaves a dataset alone of which an operator imported a part that is
// newer, though its oldest part is older.
func TestSnapshotLeavesANewerPartAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, _ := loaded(t)
	const imported = `UPDATE dataset SET origin = 'import', as_of = '2026-01-01' WHERE id = 'openstates';
		UPDATE official SET as_of = '2026-11-01' WHERE id = (SELECT min(id) FROM official WHERE dataset = 'openstates');
		DELETE FROM setting WHERE key = 'civics-snapshot'`
	if _, err := db.Pool.Exec(ctx, imported); err != nil {
		t.Fatal(err)
	}
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	var origin string
	if err := db.Pool.QueryRow(ctx, "SELECT origin FROM dataset WHERE id = 'openstates'").Scan(&origin); err != nil || origin != "import" {
		t.Errorf("%s %v", origin, err)
	}
}
