-- +goose Up

-- How calls went, as those who made them said: counts alone, and nothing of who
-- called. A row per issue, day (UTC), official and outcome.
CREATE TABLE call_counter (
    issue_slug text NOT NULL,
    day date NOT NULL,
    official_id text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('spoke', 'voicemail', 'busy', 'no_answer')),
    n bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (issue_slug, day, official_id, outcome)
);
