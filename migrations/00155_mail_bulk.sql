-- +goose NO TRANSACTION
-- +goose Up

-- Bulk mail, the newsletter's: many mails of one batch. A row of it names the class of its receiving domain ('google', 'other:7f';
-- never a domain that few use), whose pace all nodes keep together. The table is live: columns cost nothing, indexes are built
-- beside the writers, and each statement may be run again after one that was cut off.
ALTER TABLE mail ADD COLUMN IF NOT EXISTS batch uuid;
ALTER TABLE mail ADD COLUMN IF NOT EXISTS receiver text COLLATE "C" NOT NULL DEFAULT '';

-- When a class of receivers takes its next mails. slowness doubles each time that one of it asks for patience, and halves with
-- the time that none did.
CREATE TABLE IF NOT EXISTS mail_receiver (
    receiver  text COLLATE "C" PRIMARY KEY CHECK (receiver <> ''),
    next_at   timestamptz NOT NULL,
    slowness  real        NOT NULL DEFAULT 1 CHECK (slowness >= 1),
    slowed_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- What workers look for: bulk mails by their receiver, all others as before.
DROP INDEX CONCURRENTLY IF EXISTS mail_bulk;
CREATE INDEX CONCURRENTLY mail_bulk ON mail (receiver, not_before, id) WHERE state IN ('queued', 'deferred', 'sending') AND receiver <> '';
DROP INDEX CONCURRENTLY IF EXISTS mail_single;
CREATE INDEX CONCURRENTLY mail_single ON mail (kind, not_before, id) WHERE state IN ('queued', 'deferred', 'sending') AND paces = '{}' AND receiver = '';
DROP INDEX CONCURRENTLY IF EXISTS mail_free;

-- How a batch stands.
DROP INDEX CONCURRENTLY IF EXISTS mail_batch;
CREATE INDEX CONCURRENTLY mail_batch ON mail (batch, state) WHERE batch IS NOT NULL;
