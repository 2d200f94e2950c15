-- +goose Up

-- What a campaign says about asking for public records, and the meetings at
-- which people can speak. Both come from content files.
CREATE TABLE records_guide (
    issue_slug  text NOT NULL,
    lang        text NOT NULL,
    title       text NOT NULL,
    intro       text NOT NULL,
    agency_hint text NOT NULL,
    choices     jsonb NOT NULL DEFAULT '[]',
    cautions    jsonb NOT NULL DEFAULT '[]',
    notes       jsonb NOT NULL DEFAULT '[]',
    body        text NOT NULL,
    PRIMARY KEY (issue_slug, lang)
);

CREATE TABLE agenda (
    issue_slug text NOT NULL,
    lang       text NOT NULL,
    title      text NOT NULL,
    intro      text NOT NULL,
    body       text NOT NULL,
    PRIMARY KEY (issue_slug, lang)
);

CREATE TABLE meeting (
    issue_slug    text NOT NULL,
    lang          text NOT NULL,
    key           text NOT NULL,
    board         text NOT NULL,
    title         text NOT NULL,
    starts        timestamptz NOT NULL,
    ends          timestamptz CHECK (ends > starts),
    zone          text NOT NULL,
    place         text NOT NULL,
    address       text NOT NULL,
    online_url    text NOT NULL CHECK (online_url = '' OR online_url LIKE 'https://%'),
    city          text NOT NULL,
    state         text NOT NULL,
    attend        text NOT NULL,
    speak         text NOT NULL,
    sign_up_by    timestamptz,
    speak_minutes integer NOT NULL CHECK (speak_minutes BETWEEN 0 AND 60),
    points        jsonb NOT NULL DEFAULT '[]',
    note          text NOT NULL,
    source_title  text NOT NULL,
    source_url    text NOT NULL CHECK (source_url = '' OR source_url LIKE 'https://%'),
    sequence      integer NOT NULL CHECK (sequence >= 0), -- how often it was changed, for calendars (RFC 5545)
    changed_at    timestamptz NOT NULL,
    PRIMARY KEY (issue_slug, lang, key),
    FOREIGN KEY (issue_slug, lang) REFERENCES agenda (issue_slug, lang) ON DELETE CASCADE
);
CREATE INDEX meeting_ends ON meeting (issue_slug, lang, starts);

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['records_guide', 'agenda', 'meeting'] LOOP
        EXECUTE format('CREATE TRIGGER %I_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION redress_notify(''content'')', name, name);
    END LOOP;
END
$$;
-- +goose StatementEnd
