package main

import (
	"context"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"

	"redress/content"
	"redress/internal/center"
	"redress/internal/civics"
	contents "redress/internal/content"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/jobs"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// denver is a geocoder that knows one address.
type denver struct{}

func (denver) Address(_ context.Context, congress int, _ string) ([]civics.Place, error) {
	return []civics.Place{{
		Matched: "1437 BANNOCK ST, DENVER, CO, 80202", City: "Denver", State: "CO", Zip: "80202", Lat: 39.739, Lon: -104.99,
		Congress: congress, District: "1", Upper: "34", Lower: "5",
	}}, nil
}

func (d denver) Point(ctx context.Context, congress int, _, _ float64) (civics.Place, error) {
	places, err := d.Address(ctx, congress, "")
	return places[0], err
}

// letterbox is the program's letters with live delivery, wired as the program wires them, in a database of its own.
type letterbox struct {
	db      *postgres.DB
	post    *mail.Post
	letters *letter.Letters
	atlas   *civics.Atlas
	slug    string
}

// openLetterbox makes a database with the embedded snapshot and content, and letters that leave by way.
func openLetterbox(ctx context.Context, url string, way mail.Sender) (_ *letterbox, err error) {
	b := &letterbox{slug: "qualified-immunity"}
	if b.db, err = postgres.Open(ctx, postgres.Options{URL: url, MaxConns: 32}); err != nil {
		return nil, err
	}
	if err := b.fill(ctx, way); err != nil {
		b.db.Close()
		return nil, err
	}
	return b, nil
}

func (b *letterbox) fill(ctx context.Context, way mail.Sender) error {
	if err := b.db.Migrate(ctx); err != nil {
		return err
	}
	if err := civics.LoadSnapshot(ctx, b.db, civics.EmbeddedSnapshot()); err != nil {
		return err
	}
	var err error
	if b.atlas, err = civics.Open(ctx, b.db, slog.Default(), civics.WithGeocoder(denver{})); err != nil {
		return err
	}
	box, err := seal.New(seal.NewSecret())
	if err != nil {
		return err
	}
	now := b.clock()
	from := netmail.Address{Name: "Center for Open Courts", Address: "letters@center.test"}
	issues, centers, supporters := issue.New(b.db), center.New(b.db), supporter.New(b.db, box, now)
	b.post = mail.New(b.db, mail.Options{Sender: way, Officials: way, From: from, Suppressed: supporters.Suppressed, Now: now})
	b.letters = letter.New(letter.Options{
		DB: b.db, Box: box, Post: b.post, Atlas: b.atlas, Issues: issues, Supporters: supporters, Live: true, Now: now,
	})
	jobs.LetterMails{Letters: b.letters, Centers: centers, BaseURL: "https://act.center.test", From: jobs.SenderAt(&from)}.Register(b.post)
	pledges := pledge.New(b.db, nil, nil, pledge.Options{})
	defer pledges.Close()
	_, err = contents.New(b.db, now, contents.Rooms{
		Centers: centers, Terms: glossary.New(b.db), Organizations: organization.New(b.db), Issues: issues,
		SaveLetter: b.letters.SaveContent, SavePledge: pledges.SaveContent,
	}).LoadEmpty(ctx, content.FS, "bench")
	return err
}

// clock runs from the day after the embedded lists were made, since letters to old addresses wait.
func (b *letterbox) clock() func() time.Time {
	began, day := time.Now(), time.Now()
	for _, d := range b.atlas.Datasets() {
		if d.AsOf.Before(day) && !d.AsOf.IsZero() {
			day = d.AsOf
		}
	}
	day = day.Add(24 * time.Hour)
	return func() time.Time { return day.Add(time.Since(began)) }
}

// write submits and confirms letters of so many writers, who each write to their legislators by mail.
func (b *letterbox) write(ctx context.Context, writers int) error {
	answer, err := b.atlas.ByAddress(ctx, "1437 Bannock St, Denver, CO 80202")
	if err != nil {
		return err
	}
	var officials []string
	for _, o := range answer.Officials {
		officials = append(officials, o.ID)
	}
	for i := range writers {
		if _, err := b.letters.Submit(ctx, letter.NewMessage{
			IssueSlug: b.slug, GivenName: "Maya", FamilyName: "Ortiz", Email: fmt.Sprintf("maya%d@example.org", i),
			Address: civics.Address{Street: "1437 Bannock St", City: "Denver", State: "CO", Zip: "80202"},
			Story:   fmt.Sprintf("My brother was hurt in a traffic stop %d weeks ago, and no court would hear him.", i), Officials: officials,
			Subjects: map[string]string{"": "Please keep the law"}, Bodies: map[string]string{"": "I ask you to keep the law as it is.\n\nThank you for reading this."},
		}); err != nil {
			return fmt.Errorf("submit: %w", err)
		}
	}
	var messages []string
	if err := b.db.Read(ctx).Raw(`SELECT id::text FROM message WHERE confirmed_at IS NULL`).Scan(&messages).Error; err != nil {
		return err
	}
	for _, id := range messages {
		says, err := b.letters.ConfirmMail(ctx, uuid.MustParse(id))
		if err == nil {
			_, err = b.letters.Confirm(ctx, says.Confirm)
		}
		if err != nil {
			return fmt.Errorf("confirm: %w", err)
		}
	}
	return nil
}

// waiting puts every letter back as it was before it went, without a pace, and lists their mails.
func (b *letterbox) waiting(ctx context.Context) ([]mail.Mail, error) {
	var mails []mail.Mail
	err := b.db.InTx(ctx, func(tx *postgres.Tx) error {
		for _, statement := range []string{
			`DELETE FROM mail WHERE kind <> 'letter.delivery'`,
			`UPDATE mail SET state = 'queued', attempts = 0, sent_at = NULL, sending_at = NULL, tried_at = NULL, paces = '{}'`,
			`UPDATE delivery SET state = 'queued' WHERE id IN (SELECT subject_id FROM mail)`,
			`DELETE FROM delivery_move`,
		} {
			if err := tx.WithContext(ctx).Exec(statement).Error; err != nil {
				return err
			}
		}
		return tx.WithContext(ctx).Order("not_before, id").Find(&mails).Error
	})
	if err == nil {
		err = b.db.Read(ctx).Exec(`VACUUM ANALYZE`).Error
	}
	return mails, err
}
