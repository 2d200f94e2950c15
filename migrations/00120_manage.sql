-- +goose Up

-- One row per link to self-service that was asked for, for two hours at most. The token in the link names the row, so that
-- nothing which stands for a mailbox is in an address. The row is written whoever asks: whether anything is kept of the
-- mailbox is looked up when the mail is drawn.
CREATE TABLE manage_request (
    id          uuid        PRIMARY KEY,
    mailbox_key bytea       NOT NULL CHECK (length(mailbox_key) = 32),
    key_version smallint    NOT NULL,
    email       bytea       NOT NULL,
    lang        text        NOT NULL,
    created_at  timestamptz NOT NULL
);

-- Old ones are erased by age; those of a mailbox when it is erased.
CREATE INDEX manage_request_age ON manage_request (created_at);
CREATE INDEX manage_request_mailbox ON manage_request (mailbox_key);

-- Why a signature is held, and since when. The row goes when the signature is held no more.
CREATE TABLE signature_hold (
    signature_id uuid        PRIMARY KEY REFERENCES signature ON UPDATE CASCADE ON DELETE CASCADE,
    rule         text        NOT NULL CHECK (rule <> ''),
    since        timestamptz NOT NULL
);

-- What staff decided about many signatures at once: who, when, how many. domain is what they were chosen by, sealed; empty
-- when they were named one by one.
CREATE TABLE signature_review (
    id         uuid        PRIMARY KEY,
    pledge     text        NOT NULL CHECK (pledge <> ''),
    decision   text        NOT NULL CHECK (decision IN ('hold', 'count', 'withdraw')),
    domain     bytea       NOT NULL,
    signatures bigint      NOT NULL CHECK (signatures >= 0),
    decided_by text        NOT NULL CHECK (decided_by <> ''),
    decided_at timestamptz NOT NULL,
    undone_by  text        NOT NULL,
    undone_at  timestamptz,
    settled_at timestamptz,
    CHECK ((undone_at IS NULL) = (undone_by = ''))
);

CREATE INDEX signature_review_age ON signature_review (decided_at);

-- What each signature was before, so that a decision can be undone. It names signatures that may be gone by then.
CREATE TABLE signature_review_step (
    review_id    uuid NOT NULL REFERENCES signature_review ON DELETE CASCADE,
    signature_id uuid NOT NULL,
    was          text NOT NULL CHECK (was IN ('pending', 'confirmed', 'held')),
    became       text NOT NULL CHECK (became IN ('pending', 'confirmed', 'held')),
    rule         text NOT NULL,
    PRIMARY KEY (review_id, signature_id)
);
