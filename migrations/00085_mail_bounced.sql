-- +goose NO TRANSACTION
-- +goose Up

-- A mail that was sent may come back: bounced. The table takes mails while this
-- runs, so each lock is held for a moment, and every step can be taken again.
ALTER TABLE mail DROP CONSTRAINT IF EXISTS mail_state_known;
ALTER TABLE mail
    DROP CONSTRAINT IF EXISTS mail_state_check,
    ADD CONSTRAINT mail_state_known CHECK (state IN ('queued', 'sending', 'sent', 'captured', 'deferred', 'failed', 'dropped', 'bounced')) NOT VALID;
ALTER TABLE mail VALIDATE CONSTRAINT mail_state_known;

-- Finished rows are erased by age; bounced ones too.
DROP INDEX CONCURRENTLY IF EXISTS mail_ended;
CREATE INDEX CONCURRENTLY mail_ended ON mail (created_at) WHERE state IN ('sent', 'captured', 'failed', 'dropped', 'bounced');
DROP INDEX CONCURRENTLY IF EXISTS mail_finished;
