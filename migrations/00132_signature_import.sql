-- +goose Up

-- How far the import of a file under a pledge has come. The row moves in the
-- transaction that takes the records, so that an import that was killed goes on
-- where it was and takes nothing twice.
CREATE TABLE signature_import (
    pledge      text        NOT NULL CHECK (pledge <> ''),
    file_hash   bytea       NOT NULL CHECK (length(file_hash) = 32), -- SHA-256 of the file and of how it is read
    records     bigint      NOT NULL DEFAULT 0 CHECK (records >= 0), -- read so far, the header not among them
    taken       bigint      NOT NULL DEFAULT 0,
    here        bigint      NOT NULL DEFAULT 0, -- had signed here, or stood in the file before
    refused     bigint      NOT NULL DEFAULT 0,
    consents    bigint      NOT NULL DEFAULT 0,
    began_at    timestamptz NOT NULL,
    moved_at    timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (pledge, file_hash),
    CHECK (taken + here + refused = records)
);
