-- +goose Up

-- Sentences that use the term, and the kinds of its issues' actions that it
-- leads to.
ALTER TABLE term
    ADD COLUMN examples jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN action_kinds jsonb NOT NULL DEFAULT '[]';

-- The term of each day, by the calendar of the center's time zone. A row is
-- written on its day and stays: the day's page is permanent. A slug may outlive
-- its term; such a day has no page until the term is back.
CREATE TABLE term_day (
    day    date PRIMARY KEY,
    slug   text NOT NULL,
    chosen text NOT NULL CHECK (chosen IN ('queue', 'rota'))
);
CREATE INDEX term_day_slug ON term_day (slug, day DESC);

-- The terms of the days to come, first come, first shown.
CREATE TABLE term_queue (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug     text NOT NULL CONSTRAINT term_queue_slug UNIQUE
);

CREATE TRIGGER term_day_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON term_day
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('term_day');
