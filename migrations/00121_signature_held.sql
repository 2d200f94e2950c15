-- +goose NO TRANSACTION
-- +goose Up

-- The signatures that staff look at; the table takes rows while this is built.
DROP INDEX CONCURRENTLY IF EXISTS signature_held;
CREATE INDEX CONCURRENTLY signature_held ON signature (pledge, created_at) WHERE state = 'held';

-- Self-service shows the consents that were taken back, too.
DROP INDEX CONCURRENTLY IF EXISTS consent_taken_back;
CREATE INDEX CONCURRENTLY consent_taken_back ON consent (mailbox_key) WHERE withdrawn IS NOT NULL;
