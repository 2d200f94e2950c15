-- +goose Up

-- The campaign's letters: content, replaced as a whole by every save.
CREATE TABLE letter (
    issue_slug text NOT NULL,
    lang text NOT NULL,
    title text NOT NULL,
    subject text NOT NULL,
    prompts jsonb NOT NULL DEFAULT '[]',
    caution text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (issue_slug, lang)
);

CREATE TABLE ask (
    issue_slug text NOT NULL,
    lang text NOT NULL,
    key text NOT NULL,
    position integer NOT NULL,
    level text NOT NULL CHECK (level IN ('federal', 'state')),
    chamber text NOT NULL CHECK (chamber IN ('senate', 'house', 'upper', 'lower', 'any')),
    state text NOT NULL CHECK (state = 'any' OR state ~ '^[A-Z]{2}$'),
    stance text NOT NULL CHECK (stance IN ('sponsor', 'opposed', 'unknown', 'already_law', 'any')),
    bill_key text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    body text NOT NULL,
    call text NOT NULL DEFAULT '',
    PRIMARY KEY (issue_slug, lang, key),
    FOREIGN KEY (issue_slug, lang) REFERENCES letter ON DELETE CASCADE
);

CREATE TRIGGER letter_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON letter
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content');
CREATE TRIGGER ask_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ask
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content');

-- What visitors wrote. Nothing personal stands here in clear: the writer and
-- the texts are sealed in the two tables below and go with the message.
CREATE TABLE message (
    id uuid PRIMARY KEY,
    issue_slug text NOT NULL,
    lang text NOT NULL,
    state text NOT NULL,
    mailbox_key bytea NOT NULL,
    key_version smallint NOT NULL,
    digest bytea NOT NULL,
    placed boolean NOT NULL,
    updates boolean NOT NULL DEFAULT false,
    updates_ask text NOT NULL DEFAULT '',
    epoch integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    mailed_at timestamptz NOT NULL,
    told_at timestamptz,
    confirmed_at timestamptz
);
-- The same letter goes out once a day.
CREATE INDEX message_same ON message (mailbox_key, issue_slug, digest, created_at);
CREATE INDEX message_created ON message (created_at);

CREATE TABLE message_person (
    message_id uuid PRIMARY KEY REFERENCES message ON DELETE CASCADE,
    given_name bytea NOT NULL,
    family_name bytea NOT NULL,
    email bytea NOT NULL,
    street bytea NOT NULL,
    city bytea NOT NULL,
    state bytea NOT NULL,
    zip bytea NOT NULL
);

CREATE TABLE message_text (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES message ON DELETE CASCADE,
    subject bytea NOT NULL,
    story bytea NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX message_text_message ON message_text (message_id);

CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES message ON DELETE CASCADE,
    text_id uuid NOT NULL REFERENCES message_text ON DELETE CASCADE,
    position integer NOT NULL,
    official_id text NOT NULL,
    official_name text NOT NULL,
    title text NOT NULL,
    last_name text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'cwc', 'webform', 'website', 'post', 'phone')),
    sent_to text NOT NULL,
    bill_number text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'captured', 'needs_you', 'done_by_you')),
    code integer NOT NULL DEFAULT 0,
    enhanced text NOT NULL DEFAULT '',
    moved_at timestamptz NOT NULL,
    UNIQUE (message_id, official_id)
);
CREATE INDEX delivery_text ON delivery (text_id);

CREATE TABLE delivery_move (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES delivery ON DELETE CASCADE,
    from_state text NOT NULL,
    to_state text NOT NULL,
    code integer NOT NULL DEFAULT 0,
    enhanced text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE INDEX delivery_move_delivery ON delivery_move (delivery_id, id);

-- That someone asked for a message to be sent, without its words: a mailbox
-- key and the time, kept a year, longer than the message itself.
CREATE TABLE message_proof (
    message_id uuid PRIMARY KEY,
    issue_slug text NOT NULL,
    mailbox_key bytea NOT NULL,
    key_version smallint NOT NULL,
    digest bytea NOT NULL,
    letters integer NOT NULL,
    confirmed_at timestamptz NOT NULL
);
CREATE INDEX message_proof_mailbox ON message_proof (mailbox_key);
CREATE INDEX message_proof_confirmed ON message_proof (confirmed_at);

-- Counts outlive the messages they count. They say nothing of a person.
CREATE TABLE letter_counter (
    issue_slug text NOT NULL,
    day date NOT NULL,
    state text NOT NULL,
    written bigint NOT NULL DEFAULT 0,
    confirmed bigint NOT NULL DEFAULT 0,
    sent bigint NOT NULL DEFAULT 0,
    done_by_you bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (issue_slug, day, state)
);
