-- +goose NO TRANSACTION
-- +goose Up

-- Reads every row while people sign and write.
ALTER TABLE signature VALIDATE CONSTRAINT signature_origin;
ALTER TABLE signature VALIDATE CONSTRAINT signature_source_code;
ALTER TABLE message VALIDATE CONSTRAINT message_source_code;

-- The signatures and messages that a code brought, by day. An index whose making
-- was cut short is made anew.
DROP INDEX CONCURRENTLY IF EXISTS signature_source;
CREATE INDEX CONCURRENTLY signature_source ON signature (pledge, source, confirmed_at) WHERE source <> '' AND state = 'confirmed';
DROP INDEX CONCURRENTLY IF EXISTS message_source;
CREATE INDEX CONCURRENTLY message_source ON message (issue_slug, source, confirmed_at) WHERE source <> '' AND confirmed_at IS NOT NULL;
