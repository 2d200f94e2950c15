-- +goose Up
-- What the search needs beside the documents of 00020: the names that things go
-- by, for exact hits and suggestions, and every word that is written, for typing
-- errors. Triggers keep both in the transaction that changes the content.

-- Text as a line of words in small letters, nothing between them but a blank.
-- Signs are named by code point, so that it is the same under every locale.
-- +goose StatementBegin
CREATE FUNCTION search_words(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(lower(said), '[\s\u0001-/:-@\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f]+', ' ', 'g'))
$$;
-- +goose StatementEnd

-- The same without accents, for what people type.
-- +goose StatementBegin
CREATE FUNCTION search_fold(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(lower(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]+', '', 'g')),
        '[\s\u0001-/:-@\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f]+', ' ', 'g'))
$$;
-- +goose StatementEnd

-- A title, or another name of the same thing. What is not to be seen before its
-- day is not to be suggested either.
CREATE TABLE search_name (
    kind       text    NOT NULL, -- the table's name
    slug       text    NOT NULL,
    lang       text    NOT NULL,
    name       text    NOT NULL,
    title      boolean NOT NULL, -- it is what pages call the thing
    shown_from date    NOT NULL,
    folded     text    NOT NULL,
    words      tsvector GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', folded)) STORED,
    PRIMARY KEY (kind, slug, lang, name)
);
-- A hash, which the planner takes before search_name_near below, that knows
-- equality too, but slowly.
CREATE INDEX search_name_folded ON search_name USING hash (folded);
CREATE INDEX search_name_words ON search_name USING gin (words);

-- Every word that anything says or said. Words stay when what said them goes:
-- the search asks before it offers one.
CREATE TABLE search_word (
    lang text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (lang, word)
);

-- +goose StatementBegin
CREATE FUNCTION search_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    called     text;
    others     text[] := '{}';
    said       text;
    shown_from date := '-infinity';
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM search_name WHERE kind = TG_TABLE_NAME;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM search_name WHERE kind = TG_TABLE_NAME AND slug = OLD.slug AND lang = OLD.lang;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    CASE TG_TABLE_NAME
        WHEN 'issue' THEN
            called := NEW.title;
            shown_from := NEW.published;
            said := NEW.summary || ' ' || plain_words(NEW.body);
        WHEN 'term' THEN
            called := NEW.title;
            others := ARRAY(SELECT jsonb_array_elements_text(NEW.aliases));
            said := NEW.definition || ' ' || plain_words(NEW.body);
        WHEN 'organization' THEN
            called := NEW.name;
            said := NEW.what || ' ' || NEW.stands || ' ' || plain_words(NEW.body);
        WHEN 'article' THEN
            called := NEW.title;
            said := NEW.why || ' ' || NEW.source || ' ' || NEW.author;
    END CASE;
    INSERT INTO search_name (kind, slug, lang, name, title, shown_from, folded)
    SELECT TG_TABLE_NAME, NEW.slug, NEW.lang, n.name, bool_or(n.name = called), shown_from, search_fold(n.name)
    FROM unnest(ARRAY[called] || others) AS n (name)
    WHERE search_fold(n.name) <> '' GROUP BY n.name;
    -- In order, so that two who save at once don't wait for each other in a circle.
    INSERT INTO search_word (lang, word)
    SELECT DISTINCT NEW.lang, w FROM regexp_split_to_table(search_words(concat_ws(' ', called, array_to_string(others, ' '), said)), ' ') AS w
    WHERE length(w) BETWEEN 4 AND 30 AND w !~ '[0-9]'
    ORDER BY w ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- Things to read elsewhere are found, too. The table is small.
ALTER TABLE article ADD COLUMN document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector(search_language(lang), title), 'A') ||
    setweight(to_tsvector(search_language(lang), why), 'B') ||
    setweight(to_tsvector(search_language(lang), source), 'C') ||
    setweight(to_tsvector(search_language(lang), author), 'C')) STORED;
CREATE INDEX article_document ON article USING gin (document);

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['issue', 'term', 'organization', 'article'] LOOP
        EXECUTE format('CREATE TRIGGER %I_search AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION search_note()', name, name);
        EXECUTE format('CREATE TRIGGER %I_search_emptied AFTER TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION search_note()', name, name);
        EXECUTE format('UPDATE %I SET slug = slug', name); -- what is there already, by the same trigger
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Typing errors are forgiven with pg_trgm, an extension that is part of
-- PostgreSQL's own contrib modules and that a database's owner may create. Where
-- it is not to be had the search goes on without. Called again at every start:
-- it answers whether typing errors are forgiven.
-- +goose StatementBegin
CREATE FUNCTION search_tolerate() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('search_word_near') IS NOT NULL AND to_regclass('search_name_near') IS NOT NULL THEN
        RETURN true;
    END IF;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX IF NOT EXISTS search_word_near ON search_word USING gist (word gist_trgm_ops);
    CREATE INDEX IF NOT EXISTS search_name_near ON search_name USING gist (folded gist_trgm_ops);
    RETURN true;
EXCEPTION WHEN OTHERS THEN
    RETURN false; -- not installed, not allowed, or being made by another node just now
END
$$;
-- +goose StatementEnd
SELECT search_tolerate();
