-- +goose Up

-- The moves that are legal, as internal/letter/state.go has them. History rows
-- refer to them, so that no program can write a move that isn't here.
CREATE TABLE delivery_legal_move (
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO delivery_legal_move (from_state, to_state) VALUES
    ('sending', 'queued'), ('deferred', 'queued'), ('held', 'queued'),
    ('queued', 'sending'), ('sending', 'sending'), ('deferred', 'sending'),
    ('queued', 'sent'), ('sending', 'sent'), ('deferred', 'sent'),
    ('sent', 'bounced'),
    ('queued', 'deferred'), ('sending', 'deferred'), ('deferred', 'deferred'),
    ('queued', 'failed'), ('sending', 'failed'), ('deferred', 'failed'), ('held', 'failed'),
    ('queued', 'captured'), ('sending', 'captured'), ('deferred', 'captured'),
    ('queued', 'held'), ('sending', 'held'), ('deferred', 'held'), ('held', 'held'),
    ('queued', 'needs_you'), ('sending', 'needs_you'), ('deferred', 'needs_you'), ('held', 'needs_you'), ('failed', 'needs_you'),
    ('needs_you', 'done_by_you'), ('failed', 'done_by_you'), ('bounced', 'done_by_you');

CREATE TABLE message_legal_move (
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO message_legal_move (from_state, to_state) VALUES
    ('awaiting_confirmation', 'confirmed'), ('awaiting_confirmation', 'expired'),
    ('awaiting_confirmation', 'erased'), ('confirmed', 'erased');

-- A message that was erased keeps its row, without a key of its mailbox or its
-- words, until its receipt ends. The default is the state of what a former
-- program still writes while this one starts.
ALTER TABLE message
    ADD COLUMN status text NOT NULL DEFAULT 'awaiting_confirmation'
        CHECK (status IN ('awaiting_confirmation', 'confirmed', 'erased', 'expired')),
    ADD COLUMN findings jsonb NOT NULL DEFAULT '[]', -- the rules that its words met, by name
    ADD COLUMN flags jsonb NOT NULL DEFAULT '[]',    -- what staff should know of where it came from
    ADD COLUMN address_key bytea,                    -- keyed hash of the street address
    ADD COLUMN network_key bytea,                    -- keyed hash of the network and the day
    ALTER COLUMN mailbox_key DROP NOT NULL,
    ALTER COLUMN digest DROP NOT NULL;
UPDATE message SET status = 'confirmed' WHERE confirmed_at IS NOT NULL;
CREATE INDEX message_address ON message (address_key, created_at) WHERE address_key IS NOT NULL;
CREATE INDEX message_network ON message (network_key, created_at) WHERE network_key IS NOT NULL;

CREATE TABLE message_move (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES message ON DELETE CASCADE,
    from_state text NOT NULL,
    to_state text NOT NULL,
    at timestamptz NOT NULL,
    FOREIGN KEY (from_state, to_state) REFERENCES message_legal_move
);
CREATE INDEX message_move_message ON message_move (message_id, id);

-- What Congress's own intake asks of a constituent beside name and address.
ALTER TABLE message_person ADD COLUMN prefix bytea;

ALTER TABLE delivery DROP CONSTRAINT delivery_state_check, DROP CONSTRAINT delivery_held_for_check;
ALTER TABLE delivery
    ADD COLUMN fell_back text NOT NULL DEFAULT '',
    ADD COLUMN test boolean NOT NULL DEFAULT false,
    ADD COLUMN answer text NOT NULL DEFAULT '' CHECK (answer IN ('', 'yes', 'no')),
    ADD COLUMN answered_at timestamptz,
    ADD CONSTRAINT delivery_state_check CHECK (state IN ('queued', 'sending', 'sent', 'bounced', 'deferred', 'failed', 'captured', 'held', 'needs_you', 'done_by_you')),
    ADD CONSTRAINT delivery_held_for_check CHECK (held_for IN ('', 'old_data', 'not_offered', 'left', 'address', 'review'));
-- Checked apart from adding it (00096), so that writers wait for moments only.
ALTER TABLE delivery_move ADD CONSTRAINT delivery_move_legal
    FOREIGN KEY (from_state, to_state) REFERENCES delivery_legal_move NOT VALID;

-- What a person decided about letters that waited to be read. It outlives the
-- message and holds no word of it.
CREATE TABLE message_review (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL,
    issue_slug text NOT NULL,
    decision text NOT NULL CHECK (decision IN ('send', 'return', 'refuse')),
    reason text NOT NULL,
    findings jsonb NOT NULL DEFAULT '[]',
    letters integer NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX message_review_message ON message_review (message_id);

-- What letters led to, without a person. Events are written by the transaction
-- that they belong to and gathered into tallies every hour, so that no two
-- letters ever wait for the same row. letter_counter stays as it was counted.
CREATE TABLE letter_event (
    issue_slug text NOT NULL,
    day date NOT NULL,
    state text NOT NULL,
    official_id text NOT NULL DEFAULT '',
    channel text NOT NULL,
    variant text NOT NULL DEFAULT '',
    event text NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE letter_tally (
    issue_slug text NOT NULL,
    day date NOT NULL,
    state text NOT NULL,
    official_id text NOT NULL DEFAULT '',
    channel text NOT NULL,
    variant text NOT NULL DEFAULT '',
    event text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (issue_slug, day, event, official_id, channel, variant, state)
);

-- Officials whose letters are only tried: captured, whatever the site does.
CREATE TABLE test_official (
    official_id text PRIMARY KEY,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
);
ALTER TABLE letter ADD COLUMN test boolean NOT NULL DEFAULT false;
ALTER TABLE letter ADD COLUMN topics jsonb NOT NULL DEFAULT '[]';
CREATE TRIGGER test_official_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON test_official
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content');
