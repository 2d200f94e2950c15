-- +goose Up

-- A letter that must not go out as things stand is held: its mail is dropped, and
-- whoever releases it queues another, which carries it from then on. The tables
-- hold 60 days of letters: each lock is held for moments.
ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
ALTER TABLE delivery
    ADD COLUMN held_for text NOT NULL DEFAULT '' CHECK (held_for IN ('', 'old_data', 'not_offered', 'left', 'address')),
    ADD COLUMN checked_at timestamptz, -- when the operator said that its address was checked
    ADD COLUMN carried_by uuid,        -- the mail that carries it since its last release
    ADD CONSTRAINT delivery_state_check CHECK (state IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'captured', 'held', 'needs_you', 'done_by_you')),
    ADD CONSTRAINT delivery_held_check CHECK ((state = 'held') = (held_for <> ''));
CREATE INDEX delivery_held ON delivery (official_id) WHERE state = 'held';

ALTER TABLE delivery_move ADD COLUMN held_for text NOT NULL DEFAULT '';
