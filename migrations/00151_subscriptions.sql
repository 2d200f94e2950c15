-- +goose Up

-- The sentence that stood beside the field when someone subscribed; it becomes a consent when the mailbox confirms.
ALTER TABLE subscriber ADD COLUMN words text NOT NULL DEFAULT '';

-- Rows that wait too long are deleted by age; those on pause come back by date.
CREATE INDEX subscriber_pending ON subscriber (created_at) WHERE state = 'pending';
CREATE INDEX subscriber_paused ON subscriber (paused_until) WHERE state = 'paused';

-- A subscription that was ended and begun again has a new id. Links in older mails bear the former one.
CREATE TABLE subscriber_former (
    former uuid PRIMARY KEY,
    id     uuid NOT NULL REFERENCES subscriber (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX subscriber_former_id ON subscriber_former (id);

-- The address that a subscriber wants the newsletter at instead, until its mailbox confirms. One at a time.
CREATE TABLE subscriber_change (
    id            uuid        PRIMARY KEY,
    subscriber_id uuid        NOT NULL REFERENCES subscriber (id) ON UPDATE CASCADE ON DELETE CASCADE,
    mailbox_key   bytea       NOT NULL,
    key_version   smallint    NOT NULL,
    email         bytea       NOT NULL,               -- seal.Text bound to table, column, row
    words         text        NOT NULL,
    lang          text        NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT subscriber_change_one UNIQUE (subscriber_id)
);
CREATE INDEX subscriber_change_age ON subscriber_change (created_at);

-- A mailbox that is left alone may ask for the newsletter again: the mail that asks it to confirm goes out once in a while.
ALTER TABLE suppression ADD COLUMN passed_mail uuid, ADD COLUMN passed_at timestamptz;
