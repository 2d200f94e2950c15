-- +goose Up

-- What the installation itself must remember, such as the check value of its secret.
CREATE TABLE setting (
    key        text PRIMARY KEY CHECK (key <> ''),
    value      bytea NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Statement triggers call redress_notify('content') and the like: every node that listens drops the
-- pages that carry the tag, once the change is committed.
-- +goose StatementBegin
CREATE FUNCTION redress_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('redress_changed', TG_ARGV[0]);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
