package pledge_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/pledge"
	"redress/internal/supporter"
)

// Of these ZIP codes the first lies wholly inside one district of Colorado, the
// second is shared.
const (
	zipInside = "80203"
	zipShared = "80216"
)

// placedWorld is a world whose results know districts.
func placedWorld(t *testing.T) (*world, *civics.Atlas) {
	t.Helper()
	w := newWorld(t)
	atlas := civicstest.InMemory(t, civics.WithClock(w.clock.now))
	w.Close()
	post := mail.New(w.db, mail.Options{Domain: "center.example", Now: w.clock.now})
	for _, kind := range []string{pledge.MailConfirm, pledge.MailAlready, pledge.MailFull} {
		post.Register(mail.Kind{Name: kind, Unasked: true, Render: func(ctx context.Context, m mail.Mail) (mail.Message, error) {
			note, err := w.Note(ctx, m.Kind, m.SubjectID)
			return mail.Message{To: note.To, Subject: note.Pledge.Title, Text: note.Token}, err
		}})
	}
	w.Pledges = pledge.New(w.db, w.box, post, pledge.Options{
		Supporters: supporter.New(w.db, w.box, w.clock.now), Atlas: atlas, Now: w.clock.now,
		StateOf: func(zip string) (string, bool) {
			answer, err := atlas.ByZIP(zip)
			return answer.State, err == nil
		},
	})
	t.Cleanup(w.Close)
	return w, atlas
}

func (w *world) from(t rapid.TB, zip string, people, first int) (all []pledge.Confirmation, token string) {
	t.Helper()
	for n := range people {
		s := person(slug, first+n)
		s.Zip = zip
		w.sign(t, s)
		token = w.token(t)
		all = append(all, w.confirm(t, token))
	}
	return all, token
}

func (w *world) results(t rapid.TB) pledge.Results {
	t.Helper()
	w.clock.turn(6 * time.Second) // past what is remembered
	r, err := w.Results(context.Background(), slug)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResultsByDayStateAndDistrict(t *testing.T) {
	t.Parallel()
	w, atlas := placedWorld(t)
	w.publish(t, slug, "goal: 20", "goal: 12")
	inside, whole := atlas.ZipDistricts(zipInside)
	shared, _ := atlas.ZipDistricts(zipShared)
	if !whole || len(shared) < 2 {
		t.Fatalf("the ZIP codes of this test are %v and %v", inside, shared)
	}
	all, _ := w.from(t, zipInside, 6, 0)
	w.clock.turn(24 * time.Hour)
	_, token := w.from(t, zipShared, 7, 100)
	w.from(t, "94566", 3, 200)
	w.clock.turn(24 * time.Hour)
	w.from(t, "82001", 2, 300)

	r := w.results(t)
	if r.Confirmed != 18 {
		t.Errorf("%d confirmed", r.Confirmed)
	}
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	want := []pledge.Period{{From: day(22), Through: day(22), Confirmed: 6, Total: 6}, {From: day(23), Through: day(24), Confirmed: 12, Total: 18}}
	if fmt.Sprint(r.Periods) != fmt.Sprint(want) {
		t.Errorf("periods: %v", r.Periods)
	}
	if s := r.State("CO"); !s.Shown || s.Confirmed != 13 {
		t.Errorf("Colorado: %+v", s)
	}
	if s := r.State("CA"); s.Shown || s.Confirmed != 0 || r.Others != 5 {
		t.Errorf("California: %+v, others %d", s, r.Others)
	}
	d, _ := r.District(inside[0])
	if !d.Shown || d.AtLeast != 6 || !d.UpToTold || d.UpTo != 10 {
		t.Errorf("district: %+v", d)
	}
	if len(r.Milestones) != 1 || !r.Milestones[0].Goal || !r.Milestones[0].On.Equal(day(23)) {
		t.Errorf("milestones: %+v", r.Milestones)
	}

	t.Run("a signer counts where their address lies", func(t *testing.T) {
		mustBe(t, w.Place(t.Context(), token, "ocd-division/country:us/state:ca/cd:14"), fault.KindInvalid, "pledge.district_elsewhere")
		for range 2 {
			if err := w.Place(t.Context(), token, inside[0]); err != nil {
				t.Fatal(err)
			}
		}
		if d, _ := w.results(t).District(inside[0]); d.AtLeast != 7 {
			t.Errorf("district: %+v", d)
		}
		w.mustAgree(t)
		c, err := w.ByToken(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := w.Standing(t.Context(), c); err != nil || !s.ByAddress || s.DistrictID != inside[0] {
			t.Errorf("standing: %+v, %v", s, err)
		}
		if err := w.Withdraw(t.Context(), c.Signature.ID); err != nil {
			t.Fatal(err)
		}
		if n := w.one(t, `SELECT count(*) FROM signature_district`); n != 0 {
			t.Error("a district outlives its signature")
		}
		if d, _ := w.results(t).District(inside[0]); d.AtLeast != 6 {
			t.Errorf("district: %+v", d)
		}
	})
	t.Run("what is taken back leaves its day", func(t *testing.T) {
		if err := w.Erase(t.Context(), all[0].Signature.ID); err != nil {
			t.Fatal(err)
		}
		r := w.results(t)
		if r.Periods[0].Confirmed != 5 || r.State("CO").Confirmed != 11 {
			t.Errorf("%v, %+v", r.Periods, r.State("CO"))
		}
		w.mustAgree(t)
		if n := w.one(t, `SELECT count(*) FROM signature_event`); n != 0 {
			t.Errorf("%d events with sealed ZIP codes are left", n)
		}
	})
	t.Run("numbers outlive the signatures", func(t *testing.T) {
		w.clock.turn(100 * 24 * time.Hour)
		w.expire(t)
		if n := w.one(t, `SELECT count(*) FROM signature`); n != 0 {
			t.Fatalf("%d signatures", n)
		}
		if r := w.results(t); r.Confirmed != 16 {
			t.Errorf("%d confirmed", r.Confirmed)
		}
		w.mustAgree(t)
	})
}

// However signatures move, and whenever they are gathered, the tallies say what
// the rows say.
func TestTalliesFollowEveryMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		here := fmt.Sprintf("tally-%d", run)
		w.publish(t, here, "closes: 2026-12-31\n", "")
		var all []pledge.Confirmation
		held := map[int]bool{}
		one := func(t *rapid.T) int {
			if len(all) == 0 {
				t.Skip("nobody yet")
			}
			return rapid.IntRange(0, len(all)-1).Draw(t, "who")
		}
		set := func(sql string, id any) {
			if err := w.db.Read(context.Background()).Exec(sql, id).Error; err != nil {
				t.Fatal(err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				drift, err := w.RecountResults(context.Background())
				for _, d := range drift {
					if d.Pledge == here && len(held) == 0 { // this test holds without moving the counter
						t.Fatalf("%+v", d)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				rows := w.one(t, `SELECT count(*) FROM signature WHERE pledge = ? AND state = 'confirmed'`, here)
				told := w.one(t, `SELECT coalesce((SELECT sum(n) FROM pledge_day_tally WHERE pledge = ?), 0)
					+ coalesce((SELECT sum(n) FROM signature_event WHERE pledge = ?), 0)`, here, here)
				if rows != told {
					t.Fatalf("%d rows, %d told", rows, told)
				}
			},
			"sign": func(t *rapid.T) {
				s := person(here, len(all))
				s.Zip = rapid.SampledFrom([]string{"80203", "30301", "80210"}).Draw(t, "zip")
				all = append(all, w.signed(t, s))
			},
			"hold": func(t *rapid.T) {
				n := one(t)
				if w.one(t, `SELECT count(*) FROM signature WHERE id = ? AND state = 'confirmed'`, all[n].Signature.ID) == 1 {
					held[n] = true
					set(`UPDATE signature SET state = 'held', counter_slot = NULL WHERE id = ?`, all[n].Signature.ID)
				}
			},
			"withdraw": func(t *rapid.T) {
				err := w.Withdraw(context.Background(), all[one(t)].Signature.ID)
				if err != nil && fault.KindOf(err) != fault.KindNotFound {
					t.Fatal(err)
				}
			},
			"erase": func(t *rapid.T) {
				if err := w.Erase(context.Background(), all[one(t)].Signature.ID); err != nil {
					t.Fatal(err)
				}
			},
			"gather": func(t *rapid.T) {
				if err := w.Gather(context.Background()); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
	if err := w.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.one(t, `SELECT count(*) FROM pledge_zip_tally WHERE n < 0`); n != 0 {
		t.Errorf("%d ZIP codes with fewer than nobody", n)
	}
}

// A signature that is written confirmed at once, as an import does, is tallied
// with its ZIP code, though its person is written after it.
func TestConfirmedAtOnce(t *testing.T) {
	t.Parallel()
	w, _ := placedWorld(t)
	w.publish(t, slug)
	w.from(t, zipInside, 1, 0)
	for _, sql := range []string{
		`CREATE TABLE kept AS SELECT * FROM signature`, `CREATE TABLE kept_person AS SELECT * FROM signature_person`,
		`DELETE FROM signature`, `DELETE FROM signature_event`,
		`INSERT INTO signature SELECT * FROM kept`, `INSERT INTO signature_person SELECT * FROM kept_person`,
	} {
		if err := w.db.Read(t.Context()).Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.one(t, `SELECT n FROM pledge_zip_tally WHERE zip = ?`, zipInside); n != 1 {
		t.Errorf("%d of that ZIP code", n)
	}
	w.mustAgree(t)
}

func TestReportsAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const told = `milestones:
  - date: 2026-11-21
    text: First hearing
delivered:
  on: 2027-01-12
  to: The clerk of the committee
  how: On paper, by hand
outcome:
  date: 2027-03-01
  text: |
    The committee **passed** the bill.
`
	if err := w.save(slug, frontMatter+told, "I ask.\n"); err != nil {
		t.Fatal(err)
	}
	r := w.results(t)
	if r.Report.DeliveredOn == nil || r.Report.DeliveredTo != "The clerk of the committee" || r.Report.OutcomeHTML == "" {
		t.Errorf("%+v", r.Report)
	}
	if len(r.Milestones) != 1 || r.Milestones[0].Text != "First hearing" {
		t.Errorf("%+v", r.Milestones)
	}
	for _, wrong := range []string{
		"delivered:\n  to: The clerk\n", "delivered:\n  on: 2027-01-12\n", "delivered:\n  how: by hand\n", "outcome:\n  text: x\n",
		"outcome:\n  date: 2027-01-12\n", "milestones:\n  - text: x\n", "milestones:\n  - date: 2027-01-12\n",
	} {
		if err := w.save(slug, frontMatter+wrong, "I ask.\n"); err == nil {
			t.Errorf("took %q", wrong)
		}
	}
	w.publish(t, slug) // without a report again
	if r := w.results(t); r.Report.DeliveredOn != nil || len(r.Milestones) != 0 {
		t.Errorf("an old report is still told: %+v", r.Report)
	}
}
