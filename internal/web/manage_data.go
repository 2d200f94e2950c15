package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/supporter"
)

// ownData is everything that the database holds of a mailbox, opened. Keyed hashes
// are left out: they say nothing without our key.
type ownData struct {
	AsOf        time.Time       `json:"as_of"`
	Mailbox     string          `json:"mailbox"`
	Signatures  []ownSignature  `json:"signatures"`
	Messages    []ownMessage    `json:"messages"`
	Proofs      []letter.Proof  `json:"letters_asked_for"`
	Newsletter  *ownNews        `json:"newsletter"`
	Address     string          `json:"address_for_updates"`
	Consents    []ownConsent    `json:"consents"`
	Suppression *ownSuppression `json:"no_mail_wanted"`
	Links       []time.Time     `json:"links_asked_for"`
	Mails       []ownMail       `json:"mails"`
}

type ownSignature struct {
	ID         uuid.UUID  `json:"id"`
	Pledge     string     `json:"pledge"`
	Title      string     `json:"title"`
	Language   string     `json:"language"`
	State      string     `json:"state"`
	HeldFor    string     `json:"held_for,omitempty"`
	Erased     bool       `json:"person_erased"`
	GivenName  string     `json:"given_name"`
	FamilyName string     `json:"family_name"`
	Email      string     `json:"email"`
	Zip        string     `json:"zip"`
	StateCode  string     `json:"state_of_zip"`
	ShowName   bool       `json:"show_name"`
	Updates    string     `json:"updates_words"`
	Created    time.Time  `json:"created_at"`
	Confirmed  *time.Time `json:"confirmed_at"`
	Told       *time.Time `json:"told_at"`
	ToldFull   *time.Time `json:"told_full_at"`
	Origin     string     `json:"origin"`
	Source     string     `json:"source_code"`
	HeldSince  *time.Time `json:"held_since,omitempty"`

	District  *ownDistrict         `json:"district"`
	Decisions []pledge.OwnDecision `json:"decisions"`
}

// ownDistrict is where a signer placed themselves by an address, which isn't kept.
type ownDistrict struct {
	ID       string `json:"id"`
	Congress int    `json:"congress"` // whose lines they are
}

type ownMessage struct {
	ID        uuid.UUID            `json:"id"`
	Issue     string               `json:"issue"`
	Language  string               `json:"language"`
	State     string               `json:"state"`
	Home      string               `json:"home_state"`
	Placed    bool                 `json:"address_placed"`
	Updates   bool                 `json:"updates"`
	Words     string               `json:"updates_words"`
	Findings  []string             `json:"findings"`
	Flags     []string             `json:"flags"`
	Created   time.Time            `json:"created_at"`
	Confirmed *time.Time           `json:"confirmed_at"`
	Mailed    time.Time            `json:"mailed_at"`
	Told      *time.Time           `json:"told_at"`
	Variant   string               `json:"variant"`
	Source    string               `json:"source_code"`
	Moves     []letter.OwnMove     `json:"moves"`
	Reviews   []letter.OwnReview   `json:"reviews"`
	Writer    *letter.OwnWriter    `json:"writer"`
	Letters   []letter.OwnDelivery `json:"letters"`
}

type ownConsent struct {
	Kind      string     `json:"kind"`
	Words     string     `json:"words"`
	Given     time.Time  `json:"given_at"`
	Withdrawn *time.Time `json:"withdrawn_at"`
	Source    string     `json:"source"`
	SourceID  uuid.UUID  `json:"source_id"` // the signature or message that it was given with
}

type ownNews struct {
	State     string     `json:"state"`
	Rhythm    string     `json:"rhythm"`
	Language  string     `json:"language"`
	Source    string     `json:"source_code"`
	Words     string     `json:"words"`
	Email     string     `json:"email"`
	Moving    string     `json:"address_that_takes_over"`
	MovingAt  *time.Time `json:"asked_to_take_over_at"`
	Created   time.Time  `json:"created_at"`
	Confirmed *time.Time `json:"confirmed_at"`
	Paused    *time.Time `json:"paused_until"`
	Ended     *time.Time `json:"ended_at"`
	EndedBy   *string    `json:"ended_by"`
}

func newsData(own newsletter.Own) *ownNews {
	s := own.Subscriber
	n := ownNews{
		State: s.State, Rhythm: s.Rhythm, Language: s.Lang, Source: s.Source, Words: s.Words, Email: own.Email, Moving: own.Moving,
		Created: s.CreatedAt, Confirmed: s.ConfirmedAt, Paused: s.PausedUntil, Ended: s.EndedAt, EndedBy: s.EndedBy,
	}
	if own.Moving != "" {
		n.MovingAt = &own.MovingAt
	}
	return &n
}

type ownSuppression struct {
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
}

type ownMail struct {
	Kind    string     `json:"kind"`
	State   string     `json:"state"`
	Created time.Time  `json:"created_at"`
	Sent    *time.Time `json:"sent_at"`
}

// downloadOwn gives the mailbox all its data as a file.
func (s *Site) downloadOwn(c echo.Context) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	data, err := s.ownData(c.Request().Context(), mailbox)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="my-data.json"`)
	return c.JSONPretty(http.StatusOK, data, "  ")
}

func (s *Site) ownData(ctx context.Context, mailbox supporter.Mailbox) (ownData, error) {
	data := ownData{AsOf: s.Now().UTC(), Mailbox: mailbox.Email}
	var subjects []uuid.UUID
	signatures, err := s.Pledges.Owned(ctx, mailbox.Key)
	if err != nil {
		return data, err
	}
	for _, own := range signatures {
		data.Signatures = append(data.Signatures, signatureData(own))
		subjects = append(subjects, own.Signature.ID)
	}
	messages, err := s.Letters.Owned(ctx, mailbox.Key)
	if err != nil {
		return data, err
	}
	for _, own := range messages {
		data.Messages = append(data.Messages, messageData(own))
		subjects = append(subjects, own.Message.ID)
	}
	if data.Proofs, err = s.Letters.Proofs(ctx, mailbox.Key); err != nil {
		return data, err
	}
	news, err := s.Newsletter.Owned(ctx, mailbox.Key)
	switch {
	case err == nil:
		data.Newsletter = newsData(news)
		subjects = append(subjects, news.Subscriber.ID)
	case fault.KindOf(err) != fault.KindNotFound:
		return data, err
	}
	kept, err := s.Supporters.Kept(ctx, mailbox.Key)
	if err != nil {
		return data, err
	}
	data.supporter(kept)
	mails, err := mail.OfMailbox(ctx, s.DB, mailbox.Key, subjects)
	for _, m := range mails {
		data.Mails = append(data.Mails, ownMail{m.Kind, m.State, m.CreatedAt, m.SentAt})
	}
	return data, err
}

func (d *ownData) supporter(kept supporter.Kept) {
	d.Address = kept.Email
	for _, c := range kept.Consents {
		d.Consents = append(d.Consents, ownConsent{c.Kind, c.Words, c.Given, c.Withdrawn, c.SourceKind, c.SourceID})
	}
	if kept.Suppression != nil {
		d.Suppression = &ownSuppression{kept.Suppression.Reason, kept.Suppression.Since}
	}
	for _, r := range kept.Requests {
		d.Links = append(d.Links, r.CreatedAt)
	}
}

func signatureData(own pledge.Own) ownSignature {
	s := own.Signature
	data := ownSignature{
		ID: s.ID, Pledge: s.Pledge, Title: own.Title, Language: s.Lang, State: s.State, HeldFor: own.HeldFor, Erased: !own.Named,
		GivenName: own.GivenName, FamilyName: own.FamilyName, Email: own.Email, Zip: own.Zip, StateCode: s.StateCode,
		ShowName: s.ShowName, Updates: s.UpdatesWords, Created: s.CreatedAt, Confirmed: s.ConfirmedAt, Told: s.ToldAt,
		ToldFull: s.FullToldAt, Origin: s.Origin, Source: s.Source, HeldSince: own.HeldSince, Decisions: own.Decisions,
	}
	if own.Placement.DistrictID != "" {
		data.District = &ownDistrict{own.Placement.DistrictID, own.Placement.Congress}
	}
	return data
}

func messageData(own letter.Own) ownMessage {
	m := own.Message
	return ownMessage{
		ID: m.ID, Issue: m.IssueSlug, Language: m.Lang, State: string(m.Status), Home: m.State, Placed: m.Placed, Updates: m.Updates,
		Words: m.UpdatesAsk, Findings: m.Findings, Flags: m.Flags, Created: m.CreatedAt, Confirmed: m.ConfirmedAt,
		Mailed: m.MailedAt, Told: m.ToldAt, Variant: m.Variant, Source: m.Source, Moves: own.Moves, Reviews: own.Reviews,
		Writer: own.Writer, Letters: own.Deliveries,
	}
}
