-- +goose NO TRANSACTION
-- +goose Up

-- Mails to offices are paced: each names the keys whose pace it keeps ('domain:…', 'official:…'; never a person's address),
-- sorted, the widest first. Keys sort by their bytes, so that workers find the next one without reading what waits behind this
-- one. The table is live and large: the column costs nothing, and the indexes are built beside the writers. Each statement may
-- be run again after one that was cut off.
ALTER TABLE mail ADD COLUMN IF NOT EXISTS paces text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- When a key is free again, and what its legislature's staff agreed to; without an agreement the program's default holds.
CREATE TABLE IF NOT EXISTS mail_pace (
    key       text COLLATE "C" PRIMARY KEY CHECK (key <> ''),
    next_at   timestamptz NOT NULL,
    per_hour  integer CHECK (per_hour > 0),
    agreed_by text NOT NULL DEFAULT '',
    agreed_on date,
    CHECK ((per_hour IS NULL) = (agreed_by = '') AND (per_hour IS NULL) = (agreed_on IS NULL))
) WITH (fillfactor = 50);

-- What workers look for: mails without a pace kind by kind, since a kind can be closed, mails with one by what they wait for.
DROP INDEX CONCURRENTLY IF EXISTS mail_free;
CREATE INDEX CONCURRENTLY mail_free ON mail (kind, not_before, id) WHERE state IN ('queued', 'deferred', 'sending') AND paces = '{}';
DROP INDEX CONCURRENTLY IF EXISTS mail_paced;
CREATE INDEX CONCURRENTLY mail_paced ON mail (paces, kind, not_before, id) WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}';
DROP INDEX CONCURRENTLY IF EXISTS mail_due;
