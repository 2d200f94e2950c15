-- +goose Up

-- Pledges: content, replaced as a whole by every save; the id stays.
CREATE TABLE pledge (
    issue_slug            text    NOT NULL,
    lang                  text    NOT NULL,
    id                    uuid    NOT NULL UNIQUE,
    title                 text    NOT NULL CHECK (title <> ''),
    statement             text    NOT NULL CHECK (statement <> ''),
    addressee             text    NOT NULL CHECK (addressee <> ''),
    goal                  bigint  NOT NULL CHECK (goal > 0),
    opens                 date,
    closes                date,
    handed_over           text    NOT NULL,
    kept_days_after_close integer NOT NULL CHECK (kept_days_after_close >= 0),
    shows_names           boolean NOT NULL,
    PRIMARY KEY (issue_slug, lang),
    CHECK (opens <= closes)
);

CREATE TRIGGER pledge_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pledge
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content');

-- One row per name under a pledge, without the name. No trigger: signing
-- notifies nobody inside its transaction.
CREATE TABLE signature (
    id             uuid        PRIMARY KEY,
    pledge         text        NOT NULL CHECK (pledge <> ''),
    lang           text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('pending', 'confirmed', 'held', 'withdrawn')),
    signer_key     bytea       NOT NULL CHECK (length(signer_key) = 32),
    mailbox_key    bytea       NOT NULL CHECK (length(mailbox_key) = 32),
    key_version    smallint    NOT NULL,
    mailbox_slot   smallint    CHECK (mailbox_slot BETWEEN 1 AND 2),
    state_code     text        NOT NULL CHECK (state_code = '' OR state_code ~ '^[A-Z]{2}$'),
    show_name      boolean     NOT NULL,
    updates_words  text        NOT NULL,
    epoch          integer     NOT NULL,
    created_at     timestamptz NOT NULL,
    confirmed_at   timestamptz,
    counter_slot   smallint    CHECK (counter_slot BETWEEN 0 AND 15),
    told_at        timestamptz,
    full_told_at   timestamptz,
    CONSTRAINT signature_signer UNIQUE (pledge, signer_key),
    CONSTRAINT signature_mailbox UNIQUE (pledge, mailbox_key, mailbox_slot),
    -- A place on the mailbox is given when it confirms.
    CHECK (state = 'held' OR (state = 'confirmed') = (mailbox_slot IS NOT NULL)),
    CHECK ((state = 'confirmed') = (counter_slot IS NOT NULL)),
    CHECK (state <> 'confirmed' OR confirmed_at IS NOT NULL)
) WITH (fillfactor = 85);

-- The names that may be shown, newest first.
CREATE INDEX signature_shown ON signature (pledge, confirmed_at DESC) WHERE state = 'confirmed' AND show_name;
-- Those whose mailbox never answered, by age.
CREATE INDEX signature_pending ON signature (created_at) WHERE state = 'pending';

-- Who signed, sealed; goes with the signature.
CREATE TABLE signature_person (
    signature_id uuid  PRIMARY KEY REFERENCES signature ON DELETE CASCADE,
    given_name   bytea NOT NULL,
    family_name  bytea NOT NULL,
    email        bytea NOT NULL,
    zip          bytea NOT NULL
);

-- A pledge's count is the sum over its slots. erased are those counted whose
-- rows were deleted after the pledge had closed.
CREATE TABLE pledge_counter (
    pledge    text     NOT NULL,
    slot      smallint NOT NULL CHECK (slot BETWEEN 0 AND 15),
    confirmed bigint   NOT NULL CHECK (confirmed >= 0),
    erased    bigint   NOT NULL DEFAULT 0 CHECK (erased BETWEEN 0 AND confirmed),
    PRIMARY KEY (pledge, slot)
) WITH (fillfactor = 50);
