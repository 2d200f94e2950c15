-- +goose Up

-- One row per mail, inserted by the transaction of the thing it is about. It holds nothing personal: whom it goes to and
-- what it says is rendered when it is sent. mailbox_key is a keyed hash, kept for the daily allowance and suppression.
CREATE TABLE mail (
    id            uuid        PRIMARY KEY,
    kind          text        NOT NULL CHECK (kind <> ''),
    subject_id    uuid        NOT NULL,
    state         text        NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'captured', 'deferred', 'failed', 'dropped')),
    message_id    text        NOT NULL UNIQUE,
    mailbox_key   bytea,
    unasked       boolean     NOT NULL,
    not_before    timestamptz NOT NULL,
    attempts      integer     NOT NULL CHECK (attempts >= 0),
    lease_until   timestamptz,
    claimed_by    uuid,
    last_code     integer     NOT NULL,
    last_enhanced text        NOT NULL,
    created_at    timestamptz NOT NULL,
    tried_at      timestamptz,
    sending_at    timestamptz,
    sent_at       timestamptz,
    CHECK (NOT unasked OR mailbox_key IS NOT NULL)
) WITH (fillfactor = 80);

-- What workers look for; finished rows leave it.
CREATE INDEX mail_due ON mail (not_before) WHERE state IN ('queued', 'deferred', 'sending');

-- The daily allowance of a mailbox.
CREATE INDEX mail_allowance ON mail (mailbox_key, sending_at) WHERE unasked AND sending_at IS NOT NULL;

-- The mails of a signature or message; erasing a subject finds them here.
CREATE INDEX mail_subject ON mail (subject_id);

-- Finished rows are erased by age.
CREATE INDEX mail_finished ON mail (created_at) WHERE state IN ('sent', 'captured', 'failed', 'dropped');
