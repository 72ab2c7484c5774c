-- How much a task's examples count: the largest share of a source, and whether recent ones may count more (0 or 1).
ALTER TABLE tasks ADD COLUMN max_source_share DOUBLE PRECISION;

ALTER TABLE tasks ADD COLUMN drifts BIGINT NOT NULL DEFAULT 0;
