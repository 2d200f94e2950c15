-- +goose Up

-- Facts on the districts and members of a Congress stand beside those of the next
-- one until its day: the id of their dataset carries the Congress's number, and
-- every key that repeats from one Congress to the next includes the dataset.
-- All of these tables are small (under 150,000 rows): each lock is held for
-- moments.

ALTER TABLE dataset DROP CONSTRAINT dataset_id_check;
ALTER TABLE dataset ADD COLUMN kind text NOT NULL DEFAULT '', ADD COLUMN congress integer NOT NULL DEFAULT 0;
UPDATE dataset SET kind = id;
UPDATE dataset SET id = id || '-119', congress = 119, name = name || ', 119th Congress' WHERE id = 'congress';
UPDATE dataset SET id = id || '-119', congress = 119 WHERE id = 'zip-cd';
ALTER TABLE dataset ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN congress DROP DEFAULT,
    ADD CHECK (kind IN ('congress', 'openstates', 'zip-cd', 'zip-sld', 'contact-forms', 'boundaries')),
    ADD CHECK (id = CASE WHEN congress = 0 THEN kind ELSE kind || '-' || congress END);

ALTER TABLE tenure DROP CONSTRAINT tenure_seat_id_fkey, DROP CONSTRAINT tenure_official_id_fkey, DROP CONSTRAINT tenure_pkey;
ALTER TABLE office DROP CONSTRAINT office_official_id_fkey, DROP CONSTRAINT office_pkey;
ALTER TABLE channel DROP CONSTRAINT channel_official_id_fkey, DROP CONSTRAINT channel_pkey;
ALTER TABLE committee_member DROP CONSTRAINT committee_member_official_id_fkey, DROP CONSTRAINT committee_member_committee_id_fkey,
    DROP CONSTRAINT committee_member_pkey;
ALTER TABLE committee DROP CONSTRAINT committee_pkey;
ALTER TABLE official DROP CONSTRAINT official_pkey;
-- A legislature's seats stand in divisions that the Census told of.
ALTER TABLE seat DROP CONSTRAINT seat_division_id_fkey, DROP CONSTRAINT seat_pkey;
ALTER TABLE division DROP CONSTRAINT division_pkey;

UPDATE division SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE seat SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE official SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE tenure SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE office SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE channel SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE committee SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE committee_member SET dataset = 'congress-119' WHERE dataset = 'congress';
UPDATE contact_form SET dataset = 'congress-119' WHERE dataset = 'congress';

ALTER TABLE division ADD PRIMARY KEY (id, dataset);
ALTER TABLE seat ADD PRIMARY KEY (id, dataset);
ALTER TABLE official ADD PRIMARY KEY (id, dataset);
ALTER TABLE committee ADD PRIMARY KEY (id, dataset);
ALTER TABLE tenure ADD PRIMARY KEY (seat_id, official_id, dataset),
    ADD FOREIGN KEY (seat_id, dataset) REFERENCES seat ON DELETE CASCADE,
    ADD FOREIGN KEY (official_id, dataset) REFERENCES official ON DELETE CASCADE;
ALTER TABLE office ADD PRIMARY KEY (official_id, dataset, position),
    ADD FOREIGN KEY (official_id, dataset) REFERENCES official ON DELETE CASCADE;
ALTER TABLE channel ADD PRIMARY KEY (official_id, dataset, position),
    ADD FOREIGN KEY (official_id, dataset) REFERENCES official ON DELETE CASCADE;
ALTER TABLE committee_member ADD PRIMARY KEY (committee_id, official_id, dataset),
    ADD FOREIGN KEY (committee_id, dataset) REFERENCES committee ON DELETE CASCADE,
    ADD FOREIGN KEY (official_id, dataset) REFERENCES official ON DELETE CASCADE;

-- The ZIP codes of each division in one row: they are read all at once.
CREATE TABLE division_zips (
    dataset     text NOT NULL,
    division_id text NOT NULL,
    zips        integer[] NOT NULL CHECK (0 <= ALL (zips) AND 99999 >= ALL (zips)),
    PRIMARY KEY (dataset, division_id)
);
INSERT INTO division_zips
SELECT CASE dataset WHEN 'zip-cd' THEN 'zip-cd-119' ELSE dataset END, division_id, array_agg(zip::integer ORDER BY zip)
FROM zip_division GROUP BY dataset, division_id;
DROP TABLE zip_division;

-- The map of a Congress's districts, as the program packs it.
CREATE TABLE boundary (
    dataset  text PRIMARY KEY,
    congress integer NOT NULL CHECK (congress > 0),
    shape    bytea NOT NULL
);
ALTER TABLE boundary ALTER COLUMN shape SET STORAGE EXTERNAL; -- it would not get smaller for the time it takes

CREATE TRIGGER division_zips_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON division_zips
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('civics');
CREATE TRIGGER boundary_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON boundary
    FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('civics');

ALTER TABLE correction DROP CONSTRAINT correction_field_check;
ALTER TABLE correction ADD CONSTRAINT correction_field_check
    CHECK (field IN ('name', 'party', 'phone', 'email', 'webform', 'website', 'successor', 'left', 'offer'));
