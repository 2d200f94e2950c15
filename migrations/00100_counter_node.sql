-- +goose Up

-- Which node counts in which slot of pledge_counter, and until when unless it
-- says so again. Two nodes on one slot would still count right: the lease only
-- keeps them from waiting for each other's row.
CREATE TABLE pledge_counter_node (
    slot       smallint    PRIMARY KEY CHECK (slot BETWEEN 0 AND 15),
    node       uuid        NOT NULL,
    held_until timestamptz NOT NULL
) WITH (fillfactor = 50);
