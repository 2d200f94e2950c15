-- +goose Up

-- Dated news on an issue, from content files. Shown from its day on.
CREATE TABLE issue_update (
    key        text NOT NULL, -- a slug, part of its address
    lang       text NOT NULL,
    issue_slug text NOT NULL,
    title      text NOT NULL,
    date       date NOT NULL,
    summary    text NOT NULL,
    body       text NOT NULL,
    PRIMARY KEY (key, lang)
);
CREATE INDEX issue_update_of ON issue_update (issue_slug, lang, date DESC);

CREATE TRIGGER issue_update_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON issue_update
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content');
