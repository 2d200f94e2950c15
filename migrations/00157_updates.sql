-- +goose Up

-- What a consent covers. issue is the one it was given on, '' when it was given on none or before this was kept. wide: the words
-- speak of the center's news on every issue, not of that one's alone. Constant defaults rewrite nothing.
ALTER TABLE consent ADD COLUMN issue text NOT NULL DEFAULT '', ADD COLUMN wide boolean NOT NULL DEFAULT false;

-- Whose links are in mails that were sent before a mailbox's address was erased and left again: the row has a new id then, and a
-- link of years ago has to end what is sent today. It holds no more than the consents kept as proof do.
CREATE TABLE supporter_former (
    former      uuid  PRIMARY KEY,
    mailbox_key bytea NOT NULL
);
CREATE INDEX supporter_former_mailbox ON supporter_former (mailbox_key);
