-- +goose Up

-- Apart from the transaction that added it, so that writers don't wait while the
-- history is read.
ALTER TABLE delivery_move VALIDATE CONSTRAINT delivery_move_legal;
