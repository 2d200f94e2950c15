-- +goose Up

-- The committees that have a bill, by the ids of the members' list: HSJU, SSJU.
ALTER TABLE bill ADD COLUMN committee_ids jsonb NOT NULL DEFAULT '[]';
