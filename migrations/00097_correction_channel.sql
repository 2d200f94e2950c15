-- +goose Up

-- An office's chosen channel is a fact that can be put right like any other. The
-- table is small; it is read whole in an instant.
ALTER TABLE correction
    DROP CONSTRAINT correction_field_check,
    ADD CONSTRAINT correction_field_check
        CHECK (field IN ('name', 'party', 'phone', 'email', 'webform', 'website', 'successor', 'left', 'offer', 'channel'));
