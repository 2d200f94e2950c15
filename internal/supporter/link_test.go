package supporter

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
)

func TestALinkOpensItsMailboxForAnHour(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	box, err := seal.New([]byte(strings.Repeat("s", seal.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	post := mail.New(db, mail.Options{Domain: "center.example", Now: now})
	post.Register(mail.Kind{Name: MailManage, Unasked: true, Render: func(context.Context, mail.Mail) (mail.Message, error) { return mail.Message{}, nil }})
	links, supporters := NewLinks(db, box, post, now), New(db, box, now)

	if err := links.Ask(t.Context(), "not an address", "en", time.Time{}); fault.KindOf(err) != fault.KindInvalid {
		t.Error(err)
	}
	if err := links.Ask(t.Context(), "Ana.Reyes+x@gmail.com", "en", time.Time{}); err != nil {
		t.Fatal(err)
	}
	var row mail.Mail
	if err := db.Read(t.Context()).Take(&row).Error; err != nil || row.Kind != MailManage {
		t.Fatal(row.Kind, err)
	}
	key := MailboxKey(box, "anareyes@gmail.com")
	link, err := links.Link(t.Context(), row.SubjectID)
	if err != nil || !bytes.Equal(link.Mailbox.Key, key) || link.Mailbox.Email != "Ana.Reyes+x@gmail.com" || !link.Until.Equal(at.Add(time.Hour)) {
		t.Fatalf("%+v %v", link, err)
	}
	if mailbox, err := links.Open(t.Context(), link.Token); err != nil || !bytes.Equal(mailbox.Key, key) {
		t.Fatal(err)
	}
	for _, purpose := range []seal.Purpose{seal.Receipt, seal.Confirm, seal.Unsubscribe} {
		token := box.Sign(seal.Token{Purpose: purpose, ID: row.SubjectID, Expires: at.Add(time.Hour)})
		if _, err := links.Open(t.Context(), token); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a token of purpose %c opens: %v", purpose, err)
		}
	}
	at = at.Add(time.Hour)
	if _, err := links.Open(t.Context(), link.Token); fault.KindOf(err) != fault.KindNotFound {
		t.Error("it opens after an hour")
	}
	if _, err := links.Link(t.Context(), row.SubjectID); err != nil {
		t.Error("a mail that comes late has no fresh link")
	}
	at = at.Add(time.Second)
	if _, err := links.Link(t.Context(), row.SubjectID); fault.KindOf(err) != fault.KindNotFound {
		t.Error("a mail that nobody expects any more goes out")
	}
	if n, err := links.Expire(t.Context()); err != nil || n != 0 {
		t.Error(n, err)
	}
	at = at.Add(time.Hour)
	if n, err := links.Expire(t.Context()); err != nil || n != 1 {
		t.Error(n, err)
	}

	// Erasing ends every link, and leaves silence alone.
	if err := links.Ask(t.Context(), "anareyes@gmail.com", "en", time.Time{}); err != nil {
		t.Fatal(err)
	}
	kept, err := supporters.Kept(t.Context(), key)
	if err != nil || len(kept.Requests) != 1 {
		t.Fatalf("%+v %v", kept, err)
	}
	link, err = links.Link(t.Context(), kept.Requests[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if err := supporters.Suppress(t.Context(), tx, key, Asked); err != nil {
			return err
		}
		return supporters.Erase(t.Context(), tx, key)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := links.Open(t.Context(), link.Token); fault.KindOf(err) != fault.KindNotFound {
		t.Error("the link of an erased mailbox opens")
	}
	if kept, err := supporters.Kept(t.Context(), key); err != nil || kept.Suppression == nil || len(kept.Requests) != 0 {
		t.Errorf("%+v %v", kept, err)
	}
}
