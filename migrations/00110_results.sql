-- +goose NO TRANSACTION
-- +goose Up

-- Results: counts by day, by state and by ZIP code, apart from each other and
-- from every signature, so that no table says more than a page may. Each
-- statement may be run again after one that was cut off.

-- What moved a count, until it is gathered into the tallies (seconds, at most an
-- hour). zip is signature_person's sealed text as it stands there: the name of
-- the place that it is sealed for has the signature's id, so the row carries it.
CREATE TABLE IF NOT EXISTS signature_event (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pledge            text        NOT NULL,
    signature_id      uuid        NOT NULL,
    confirmed_at      timestamptz NOT NULL,
    state_code        text        NOT NULL,
    zip               bytea,
    district_id       text        NOT NULL,
    district_congress integer     NOT NULL,
    n                 smallint    NOT NULL CHECK (n IN (1, -1))
);

CREATE TABLE IF NOT EXISTS pledge_day_tally (
    pledge text   NOT NULL,
    day    date   NOT NULL, -- in the center's time zone
    n      bigint NOT NULL,
    PRIMARY KEY (pledge, day)
) WITH (fillfactor = 70);

CREATE TABLE IF NOT EXISTS pledge_state_tally (
    pledge     text   NOT NULL,
    state_code text   NOT NULL, -- '' where the ZIP code doesn't tell
    n          bigint NOT NULL,
    PRIMARY KEY (pledge, state_code)
) WITH (fillfactor = 70);

-- By ZIP code, so that districts can be counted by the lines that are in force
-- when somebody reads. district_id is the district that signers placed
-- themselves in, under the lines of that Congress; '' for all others.
CREATE TABLE IF NOT EXISTS pledge_zip_tally (
    pledge            text    NOT NULL,
    zip               text    NOT NULL, -- '' where it isn't known any more
    district_id       text    NOT NULL,
    district_congress integer NOT NULL,
    n                 bigint  NOT NULL,
    PRIMARY KEY (pledge, zip, district_id, district_congress)
) WITH (fillfactor = 70);

-- The congressional district that a signer's address lies in, found once on
-- their wish; the address isn't kept. A district has some 760,000 people.
CREATE TABLE IF NOT EXISTS signature_district (
    signature_id uuid    PRIMARY KEY REFERENCES signature ON DELETE CASCADE,
    district_id  text    NOT NULL CHECK (district_id <> ''),
    congress     integer NOT NULL CHECK (congress > 0)
);

-- What the center tells of a pledge besides numbers: content, saved with it.
CREATE TABLE IF NOT EXISTS pledge_report (
    issue_slug    text  NOT NULL,
    lang          text  NOT NULL,
    milestones    jsonb NOT NULL,
    delivered_on  date,
    delivered_to  text  NOT NULL,
    delivered_how text  NOT NULL,
    outcome_on    date,
    outcome       text  NOT NULL, -- Markdown
    PRIMARY KEY (issue_slug, lang),
    FOREIGN KEY (issue_slug, lang) REFERENCES pledge ON DELETE CASCADE,
    CHECK ((delivered_on IS NULL) = (delivered_to = '')),
    CHECK ((outcome_on IS NULL) = (outcome = ''))
);

-- A signature is tallied by the transaction that moves it, whichever statement
-- does: the row is the truth, and no program can forget it. It only adds rows of
-- its own, so that no two signers ever wait for each other. What deletes a
-- signature decides itself whether its count goes, too.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION signature_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'confirmed' THEN
        INSERT INTO signature_event (pledge, signature_id, confirmed_at, state_code, zip, district_id, district_congress, n)
        SELECT OLD.pledge, OLD.id, OLD.confirmed_at, OLD.state_code,
            (SELECT zip FROM signature_person WHERE signature_id = OLD.id),
            coalesce(max(district_id), ''), coalesce(max(congress), 0), -1
        FROM signature_district WHERE signature_id = OLD.id;
    END IF;
    IF NEW.state = 'confirmed' THEN
        INSERT INTO signature_event (pledge, signature_id, confirmed_at, state_code, zip, district_id, district_congress, n)
        SELECT NEW.pledge, NEW.id, NEW.confirmed_at, NEW.state_code,
            (SELECT zip FROM signature_person WHERE signature_id = NEW.id),
            coalesce(max(district_id), ''), coalesce(max(congress), 0), 1
        FROM signature_district WHERE signature_id = NEW.id;
    END IF;
    IF NEW.state = 'withdrawn' THEN
        DELETE FROM signature_district WHERE signature_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE OR REPLACE TRIGGER signature_moved AFTER UPDATE OF state ON signature
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state = 'confirmed' OR NEW.state IN ('confirmed', 'withdrawn')))
    EXECUTE FUNCTION signature_tallied();
CREATE OR REPLACE TRIGGER signature_came AFTER INSERT ON signature
    FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION signature_tallied();

-- Those confirmed before. One that moved meanwhile has its events already, or
-- the one that takes it out alone.
INSERT INTO signature_event (pledge, signature_id, confirmed_at, state_code, zip, district_id, district_congress, n)
SELECT s.pledge, s.id, s.confirmed_at, s.state_code, p.zip, '', 0, 1
FROM signature s LEFT JOIN signature_person p ON p.signature_id = s.id
WHERE s.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM signature_event e WHERE e.signature_id = s.id AND e.n = 1)
UNION ALL
SELECT e.pledge, e.signature_id, e.confirmed_at, e.state_code, e.zip, '', 0, 1 FROM signature_event e
WHERE e.n = -1 AND NOT EXISTS (SELECT 1 FROM signature_event a WHERE a.signature_id = e.signature_id AND a.n = 1);
