-- +goose Up

-- Who represents whom, as data with dates and sources. Every row says which
-- dataset told of it; an import replaces the rows of its own dataset in one
-- transaction. Nothing personal of visitors stands here.

CREATE TABLE dataset (
    id          text PRIMARY KEY CHECK (id IN ('congress', 'openstates', 'zip-cd', 'zip-sld', 'contact-forms')),
    name        text NOT NULL,
    source      text NOT NULL,
    url         text NOT NULL,
    licence     text NOT NULL,
    as_of       date NOT NULL,
    imported_at timestamptz NOT NULL,
    rows        integer NOT NULL CHECK (rows >= 0),
    origin      text NOT NULL -- 'snapshot:<digest>' or 'import'
);

-- A place that elects someone, in force from a day up to, not including, another.
CREATE TABLE division (
    id             text PRIMARY KEY CHECK (id LIKE 'ocd-division/country:us/%'),
    name           text NOT NULL,
    state          text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    level          text NOT NULL CHECK (level IN ('federal', 'state')),
    chamber        text NOT NULL CHECK (chamber IN ('senate', 'house', 'upper', 'lower')),
    district       text NOT NULL,
    census_code    text NOT NULL,
    congress       integer NOT NULL,
    plan           text NOT NULL,
    in_force_from  date,
    in_force_until date,
    dataset        text NOT NULL
);

-- A post in a division; filled by a tenure, or vacant.
CREATE TABLE seat (
    id          text PRIMARY KEY,
    division_id text NOT NULL REFERENCES division,
    level       text NOT NULL,
    chamber     text NOT NULL,
    state       text NOT NULL,
    district    text NOT NULL,
    title       text NOT NULL,
    name        text NOT NULL,
    nonvoting   boolean NOT NULL,
    dataset     text NOT NULL
);
CREATE INDEX seat_division ON seat (division_id);

CREATE TABLE official (
    id          text PRIMARY KEY CHECK (id ~ '^(bioguide|openstates):'),
    name        text NOT NULL CHECK (name <> ''),
    given_name  text NOT NULL,
    family_name text NOT NULL,
    party       text NOT NULL,
    party_code  text NOT NULL,
    website     text NOT NULL,
    dataset     text NOT NULL,
    as_of       date NOT NULL
);

-- Who sits, from when. term_ends is what the source gives and does not by itself
-- empty the seat; until is the day on which someone is known to have left.
CREATE TABLE tenure (
    seat_id     text NOT NULL REFERENCES seat ON DELETE CASCADE,
    official_id text NOT NULL REFERENCES official ON DELETE CASCADE,
    sits_from   date,
    sits_until  date,
    term_ends   date,
    dataset     text NOT NULL,
    PRIMARY KEY (seat_id, official_id)
);
CREATE INDEX tenure_official ON tenure (official_id);

-- Offices at the capitol and, for members of Congress, in their districts. State
-- legislators' district addresses are often homes and are never imported.
CREATE TABLE office (
    official_id text NOT NULL REFERENCES official ON DELETE CASCADE,
    position    integer NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('capitol', 'district')),
    name        text NOT NULL,
    street      text NOT NULL,
    city        text NOT NULL,
    state       text NOT NULL,
    zip         text NOT NULL,
    phone       text NOT NULL,
    fax         text NOT NULL,
    lat         double precision NOT NULL,
    lon         double precision NOT NULL,
    dataset     text NOT NULL,
    PRIMARY KEY (official_id, position),
    CHECK (dataset <> 'openstates' OR kind = 'capitol')
);

CREATE TABLE channel (
    official_id text NOT NULL REFERENCES official ON DELETE CASCADE,
    position    integer NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('email', 'phone')),
    value       text NOT NULL CHECK (value <> ''),
    dataset     text NOT NULL,
    PRIMARY KEY (official_id, position)
);

-- A member's web form. A list of forms may name people who have left, so nothing
-- here points at official.
CREATE TABLE contact_form (
    official_id text NOT NULL,
    url         text NOT NULL CHECK (url LIKE 'https://%'),
    asks        text[] NOT NULL,
    captcha     boolean NOT NULL,
    changed_on  date,
    dataset     text NOT NULL,
    PRIMARY KEY (official_id, dataset)
);

CREATE TABLE committee (
    id      text PRIMARY KEY,
    name    text NOT NULL,
    chamber text NOT NULL,
    dataset text NOT NULL
);

CREATE TABLE committee_member (
    committee_id text NOT NULL REFERENCES committee ON DELETE CASCADE,
    official_id  text NOT NULL REFERENCES official ON DELETE CASCADE,
    title        text NOT NULL,
    rank         integer NOT NULL,
    dataset      text NOT NULL,
    PRIMARY KEY (committee_id, official_id)
);

CREATE TABLE zip_division (
    zip         text NOT NULL CHECK (zip ~ '^[0-9]{5}$'),
    division_id text NOT NULL,
    dataset     text NOT NULL,
    PRIMARY KEY (zip, division_id)
);

-- Lies over every import, until a day.
CREATE TABLE correction (
    official_id   text NOT NULL,
    field         text NOT NULL CHECK (field IN ('name', 'party', 'phone', 'email', 'webform', 'website', 'successor', 'left')),
    value         text NOT NULL,
    source        text NOT NULL CHECK (source <> ''),
    applies_from  date,
    applies_until date,
    PRIMARY KEY (official_id, field)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['dataset', 'division', 'seat', 'official', 'tenure', 'office', 'channel',
        'contact_form', 'committee', 'committee_member', 'zip_division', 'correction'] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION redress_notify(''civics'')', t || '_changed', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
