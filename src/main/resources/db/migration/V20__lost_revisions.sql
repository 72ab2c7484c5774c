-- Revisions that were let go: what they were made of is not kept any more (0 or 1).
ALTER TABLE revisions ADD COLUMN lost BIGINT NOT NULL DEFAULT 0;
