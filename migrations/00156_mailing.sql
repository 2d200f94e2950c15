-- +goose Up

-- One sending to many. Its recipients are walked in the order of their ids: the cursor moves in the transaction that inserts
-- their mails, so that a crash neither skips nor repeats one. key names it within its kind: there is one of each.
CREATE TABLE mailing (
    id          uuid        PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('edition', 'week', 'update')),
    key         text        NOT NULL CHECK (key <> ''),
    day         date        NOT NULL,
    term        text        NOT NULL DEFAULT '',  -- of an edition: the term's slug
    issue       text        NOT NULL DEFAULT '',  -- whose action it asks for, or whose update it is
    signed      bigint      NOT NULL DEFAULT 0,   -- how many had signed that issue's pledge
    goal        bigint      NOT NULL DEFAULT 0,   -- of that pledge; 0: it has none
    state       text        NOT NULL CHECK (state IN ('walking', 'sending', 'done', 'stopped', 'skipped')),
    cutoff      timestamptz NOT NULL,             -- who came later isn't among its recipients
    recipients  integer     NOT NULL DEFAULT 0,   -- counted when it began
    cursor      uuid        NOT NULL,             -- the last recipient who has a mail
    walked      integer     NOT NULL DEFAULT 0,   -- recipients who have one
    waiting     integer     NOT NULL DEFAULT 0,   -- of their mails, as they were counted last
    sent        integer     NOT NULL DEFAULT 0,
    captured    integer     NOT NULL DEFAULT 0,
    failed      integer     NOT NULL DEFAULT 0,
    bounced     integer     NOT NULL DEFAULT 0,
    dropped     integer     NOT NULL DEFAULT 0,
    per_second  real        NOT NULL DEFAULT 0,   -- between the two last counts
    counted_at  timestamptz NOT NULL,
    started_at  timestamptz NOT NULL,
    walked_at   timestamptz,
    finished_at timestamptz,
    erased_at   timestamptz,                      -- when its mails' rows were erased; the counts stay
    CONSTRAINT mailing_once UNIQUE (kind, key)
);
CREATE INDEX mailing_open ON mailing (started_at) WHERE state IN ('walking', 'sending');
CREATE INDEX mailing_days ON mailing (kind, day);

-- The archive's pages change when a mailing begins.
CREATE TRIGGER mailing_changed AFTER INSERT OR DELETE ON mailing
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('newsletter');
