-- +goose Up

-- Codes that staff made: /issues/{slug}/from/{code} is the issue's page with
-- one. A code that was retired stays, so that its counts keep their label.
CREATE TABLE source_code (
    issue_slug text        NOT NULL CHECK (issue_slug <> ''),
    code       text        NOT NULL CHECK (code ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$'),
    label      text        NOT NULL CHECK (label <> '' AND length(label) <= 120),
    made_at    timestamptz NOT NULL,
    made_by    text        NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (issue_slug, code)
);

CREATE TRIGGER source_code_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON source_code
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content');

-- Where a signature came from: how it was taken, and the code that its form
-- carried. The checks are validated apart, since that reads every row.
ALTER TABLE signature
    ADD COLUMN origin text NOT NULL DEFAULT 'form',
    ADD COLUMN source text NOT NULL DEFAULT '',
    ADD CONSTRAINT signature_origin CHECK (origin IN ('form', 'import', 'demo')) NOT VALID,
    ADD CONSTRAINT signature_source_code CHECK (source = '' OR source ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$') NOT VALID;
ALTER TABLE message
    ADD COLUMN source text NOT NULL DEFAULT '',
    ADD CONSTRAINT message_source_code CHECK (source = '' OR source ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$') NOT VALID;

-- What was counted by code and day (UTC) and whose row is gone. What has a row is
-- counted from it: signing and confirming write nothing here, or all who follow
-- one link would queue for one row.
CREATE TABLE source_tally (
    kind       text   NOT NULL CHECK (kind IN ('signature', 'message')),
    issue_slug text   NOT NULL,
    code       text   NOT NULL,
    day        date   NOT NULL,
    n          bigint NOT NULL CHECK (n > 0),
    PRIMARY KEY (kind, issue_slug, code, day)
);

-- +goose StatementBegin
CREATE FUNCTION keep_source_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO source_tally (kind, issue_slug, code, day, n)
    VALUES (TG_ARGV[0], to_jsonb(OLD) ->> TG_ARGV[1], OLD.source, (OLD.confirmed_at AT TIME ZONE 'UTC')::date, 1)
    ON CONFLICT (kind, issue_slug, code, day) DO UPDATE SET n = source_tally.n + 1;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER signature_source_kept AFTER DELETE ON signature FOR EACH ROW
    WHEN (OLD.source <> '' AND OLD.state = 'confirmed')
    EXECUTE FUNCTION keep_source_tally('signature', 'pledge');
CREATE TRIGGER message_source_kept AFTER DELETE ON message FOR EACH ROW
    WHEN (OLD.source <> '' AND OLD.confirmed_at IS NOT NULL)
    EXECUTE FUNCTION keep_source_tally('message', 'issue_slug');
