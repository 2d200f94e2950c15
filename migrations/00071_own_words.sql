-- +goose Up

-- Asks of committee members and of a declared comparison, and the words with
-- which a story prompt begins. Openings stand beside the prompts, in the same
-- order, and not among them: the release before reads prompts as a list of
-- strings, and writes letters without openings.
ALTER TABLE letter
    ADD COLUMN openings jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN comparison_name text NOT NULL DEFAULT '',
    ADD COLUMN comparison_question text NOT NULL DEFAULT '',
    ADD COLUMN comparison_declared text NOT NULL DEFAULT '';
ALTER TABLE ask
    ADD COLUMN committees jsonb NOT NULL DEFAULT '[]', -- ["HSJU"], or ["bill"]: those that have the bill
    ADD COLUMN variant text NOT NULL DEFAULT '' CHECK (variant IN ('', 'a', 'b'));

-- Which version of a comparison the writer saw.
ALTER TABLE message ADD COLUMN variant text NOT NULL DEFAULT '' CHECK (variant IN ('', 'a', 'b'));

-- How many of a text's words are the writer's own, and whether the prepared text
-- stands in it unchanged. The tables hold 60 days: each lock is held for moments.
ALTER TABLE message_text
    ADD COLUMN own_words integer NOT NULL DEFAULT 0,
    ADD COLUMN all_words integer NOT NULL DEFAULT 0,
    ADD COLUMN body_prepared boolean NOT NULL DEFAULT false;
