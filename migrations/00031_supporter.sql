-- +goose Up

-- What someone agreed to, in which words, when and where. A row only ever changes by being withdrawn.
CREATE TABLE consent (
    id          uuid        PRIMARY KEY,
    mailbox_key bytea       NOT NULL,
    key_version smallint    NOT NULL,
    kind        text        NOT NULL CHECK (kind <> ''),
    words       text        NOT NULL CHECK (words <> ''),
    given       timestamptz NOT NULL,
    withdrawn   timestamptz,
    source_kind text        NOT NULL CHECK (source_kind <> ''),
    source_id   uuid        NOT NULL,
    CONSTRAINT consent_once UNIQUE (source_kind, source_id, kind)
);

CREATE INDEX consent_mailbox ON consent (mailbox_key, kind) WHERE withdrawn IS NULL;

-- The address behind a mailbox key, sealed, for as long as a consent of it stands.
CREATE TABLE supporter_person (
    id          uuid        PRIMARY KEY,
    mailbox_key bytea       NOT NULL,
    key_version smallint    NOT NULL,
    email       bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT supporter_person_mailbox UNIQUE (mailbox_key)
);

-- Mailboxes that get nothing they didn't ask for. Only the key is kept, so that silence outlives erasure.
CREATE TABLE suppression (
    mailbox_key bytea       PRIMARY KEY,
    key_version smallint    NOT NULL,
    reason      text        NOT NULL CHECK (reason IN ('asked', 'bounced', 'complained')),
    since       timestamptz NOT NULL
);
