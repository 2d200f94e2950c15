-- +goose Up
-- What staff write: every row is keyed by slug and language. The files under
-- content/ and this database hold the same fields; internal/content moves them.

CREATE TABLE center (
    lang           text PRIMARY KEY,
    name           text NOT NULL,
    short_name     text NOT NULL,
    legal_name     text NOT NULL,
    legal_form     text NOT NULL,
    postal_address jsonb NOT NULL DEFAULT '[]',
    email          text NOT NULL,
    phone          text NOT NULL,
    donate_url     text NOT NULL,
    accent         text NOT NULL,
    funding        text NOT NULL,
    sample         boolean NOT NULL,
    body           text NOT NULL
);

CREATE TABLE page (
    slug    text NOT NULL,
    lang    text NOT NULL,
    title   text NOT NULL,
    updated date NOT NULL,
    body    text NOT NULL,
    PRIMARY KEY (slug, lang)
);

-- The text search configuration of a row's language; a language that
-- PostgreSQL doesn't know is searched word by word.
-- +goose StatementBegin
CREATE FUNCTION search_language(lang text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE lang WHEN 'en' THEN 'pg_catalog.english'::regconfig
                     WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
                     ELSE 'pg_catalog.simple'::regconfig END
$$;
-- +goose StatementEnd

-- What Markdown says, without its links' addresses and its signs: for search only.
-- +goose StatementBegin
CREATE FUNCTION plain_words(markdown text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(markdown, '\{\{[a-z_ ]+\}\}|\{#[^}]*\}|^[ \t]*[0-9]+\.[ \t]', ' ', 'gn'),
            '\[([^\]]*)\]\([^)]*\)', '\1', 'g'),
        '[#*_`>|~<]+', ' ', 'g')
$$;
-- +goose StatementEnd

CREATE TABLE term (
    slug          text NOT NULL,
    lang          text NOT NULL,
    title         text NOT NULL,
    definition    text NOT NULL,
    pronunciation text NOT NULL,
    theme         text NOT NULL,
    body          text NOT NULL,
    aliases       jsonb NOT NULL DEFAULT '[]',
    related       jsonb NOT NULL DEFAULT '[]',
    issue_slugs   jsonb NOT NULL DEFAULT '[]',
    sources       jsonb NOT NULL DEFAULT '[]',
    document      tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector(search_language(lang), title), 'A') ||
        setweight(to_tsvector(search_language(lang), aliases), 'A') ||
        setweight(to_tsvector(search_language(lang), definition), 'B') ||
        setweight(to_tsvector(search_language(lang), plain_words(body)), 'D')) STORED,
    PRIMARY KEY (slug, lang)
);
CREATE INDEX term_document ON term USING gin (document);

CREATE TABLE organization (
    slug          text NOT NULL,
    lang          text NOT NULL,
    name          text NOT NULL,
    what          text NOT NULL,
    stands        text NOT NULL,
    site_url      text NOT NULL CHECK (site_url LIKE 'https://%'),
    donate_url    text NOT NULL CHECK (donate_url = '' OR donate_url LIKE 'https://%'),
    volunteer_url text NOT NULL CHECK (volunteer_url = '' OR volunteer_url LIKE 'https://%'),
    follow_url    text NOT NULL CHECK (follow_url = '' OR follow_url LIKE 'https://%'),
    issue_slugs   jsonb NOT NULL DEFAULT '[]',
    position      integer NOT NULL,
    body          text NOT NULL,
    document      tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector(search_language(lang), name), 'A') ||
        setweight(to_tsvector(search_language(lang), what), 'B') ||
        setweight(to_tsvector(search_language(lang), stands), 'C') ||
        setweight(to_tsvector(search_language(lang), plain_words(body)), 'D')) STORED,
    PRIMARY KEY (slug, lang)
);
CREATE INDEX organization_document ON organization USING gin (document);

CREATE TABLE issue (
    slug               text NOT NULL,
    lang               text NOT NULL,
    title              text NOT NULL,
    summary            text NOT NULL,
    view               text NOT NULL,
    position           integer NOT NULL,
    published          date NOT NULL,
    updated            date NOT NULL,
    body               text NOT NULL,
    term_slugs         jsonb NOT NULL DEFAULT '[]',
    organization_slugs jsonb NOT NULL DEFAULT '[]',
    article_slugs      jsonb NOT NULL DEFAULT '[]',
    document           tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector(search_language(lang), title), 'A') ||
        setweight(to_tsvector(search_language(lang), summary), 'B') ||
        setweight(to_tsvector(search_language(lang), plain_words(body)), 'D')) STORED,
    PRIMARY KEY (slug, lang)
);
CREATE INDEX issue_document ON issue USING gin (document);

CREATE TABLE action (
    issue_slug  text NOT NULL,
    lang        text NOT NULL,
    position    integer NOT NULL,
    kind        text NOT NULL,
    title       text NOT NULL,
    text        text NOT NULL,
    minutes     integer NOT NULL,
    lobbying    text NOT NULL CHECK (lobbying IN ('none', 'direct', 'grassroots')),
    approved_by text NOT NULL,
    approved_on date,
    PRIMARY KEY (issue_slug, lang, position),
    FOREIGN KEY (issue_slug, lang) REFERENCES issue (slug, lang) ON DELETE CASCADE
);

CREATE TABLE bill (
    issue_slug    text NOT NULL,
    lang          text NOT NULL,
    key           text NOT NULL,
    position      integer NOT NULL,
    legislature   text NOT NULL,
    session       text NOT NULL,
    chamber       text NOT NULL CHECK (chamber IN ('senate', 'house', 'upper', 'lower')),
    number        text NOT NULL,
    title         text NOT NULL,
    status        text NOT NULL,
    status_on     date NOT NULL,
    sponsor_id    text NOT NULL,
    sponsor_name  text NOT NULL,
    cosponsor_ids jsonb NOT NULL DEFAULT '[]',
    opposed_ids   jsonb NOT NULL DEFAULT '[]',
    expires       date,
    stance        text NOT NULL CHECK (stance IN ('support', 'oppose')),
    url           text NOT NULL,
    PRIMARY KEY (issue_slug, lang, key),
    FOREIGN KEY (issue_slug, lang) REFERENCES issue (slug, lang) ON DELETE CASCADE
);

CREATE TABLE state_law (
    issue_slug   text NOT NULL,
    lang         text NOT NULL,
    position     integer NOT NULL,
    code         text NOT NULL,
    status       text NOT NULL CHECK (status IN ('law', 'partial', 'city')),
    what         text NOT NULL,
    law          text NOT NULL,
    since        date,
    source_title text NOT NULL,
    source_url   text NOT NULL,
    PRIMARY KEY (issue_slug, lang, position),
    FOREIGN KEY (issue_slug, lang) REFERENCES issue (slug, lang) ON DELETE CASCADE
);

CREATE TABLE article (
    slug        text NOT NULL,
    lang        text NOT NULL,
    title       text NOT NULL,
    source      text NOT NULL,
    author      text NOT NULL,
    date        date,
    url         text NOT NULL,
    why         text NOT NULL,
    issue_slugs jsonb NOT NULL DEFAULT '[]',
    term_slugs  jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (slug, lang)
);

-- Every save of every item, newest last. The newest row of an item is what its
-- tables hold.
CREATE TABLE revision (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind   text NOT NULL,
    slug   text NOT NULL,
    lang   text NOT NULL,
    front  text NOT NULL,
    body   text NOT NULL,
    author text NOT NULL,
    saved  timestamptz NOT NULL
);
CREATE INDEX revision_item ON revision (kind, slug, lang, id DESC);

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['center', 'page', 'term', 'organization', 'issue', 'action', 'bill', 'state_law', 'article'] LOOP
        EXECUTE format('CREATE TRIGGER %I_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION redress_notify(''content'')', name, name);
    END LOOP;
END
$$;
-- +goose StatementEnd
