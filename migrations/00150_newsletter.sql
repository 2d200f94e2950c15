-- +goose Up

-- Who gets the newsletter. The row holds nothing personal: a keyed hash finds
-- the mailbox again, the address stands sealed in subscriber_person.
CREATE TABLE subscriber (
    id           uuid        PRIMARY KEY,            -- v7: walked in this order
    mailbox_key  bytea       NOT NULL,
    key_version  smallint    NOT NULL,
    state        text        NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'ended')),
    rhythm       text        NOT NULL CHECK (rhythm IN ('daily', 'weekly')),
    lang         text        NOT NULL,
    source       text        NOT NULL DEFAULT '',     -- a source code, '' when none
    epoch        integer     NOT NULL DEFAULT 0,      -- tokens of a former epoch are void
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    paused_until date,
    ended_at     timestamptz,
    ended_by     text        CHECK (ended_by IN ('page', 'one_click', 'bounced', 'complained', 'erased', 'changed')),
    CONSTRAINT subscriber_mailbox UNIQUE (mailbox_key)
);
CREATE TABLE subscriber_person (
    id    uuid  PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
    email bytea NOT NULL                                -- seal.Text bound to table, column, row
);
CREATE INDEX subscriber_walk ON subscriber (id) WHERE state = 'active';
