-- What a task was at each of its revisions, so that an earlier one can answer again.
--
-- An example that was set aside (by going back to an earlier revision, or by another answer about the same text) keeps
-- its text and its vectors: removed_revision says since when, and returned_revision since when it is there again.
-- Erased examples are the tombstones that they always were, and are part of no revision any more.
ALTER TABLE examples ADD COLUMN returned_revision BIGINT;

CREATE INDEX examples_set_aside ON examples (task_id, number) WHERE removed_revision IS NOT NULL AND text IS NOT NULL;

-- Earlier times for which an example that came back was there: from one revision up to, and without, another.
CREATE TABLE example_spans (
    example        BIGINT NOT NULL,
    task_id        TEXT NOT NULL,
    first_revision BIGINT NOT NULL,
    end_revision   BIGINT NOT NULL,
    PRIMARY KEY (example, first_revision)
);

CREATE INDEX example_spans_of_task ON example_spans (task_id);

-- The revision whose state a revision brought back.
ALTER TABLE revisions ADD COLUMN restored BIGINT;

-- Definition and policy as JSON, from a revision on; revisions before the first row have the definition that the task
-- had when its first row was written.
CREATE TABLE task_definitions (
    task_id    TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (task_id, revision)
);

-- What answered by a revision: a digest of everything that decides answers, and the digests of the members as JSON.
CREATE TABLE served_revisions (
    revision ${key} PRIMARY KEY,
    task_id  TEXT NOT NULL,
    digest   TEXT NOT NULL,
    members  TEXT NOT NULL,
    examples BIGINT NOT NULL
);

-- Names of revisions, by their changes: the last one of a name counts, and one without revision ends it.
CREATE TABLE alias_changes (
    number     ${key} PRIMARY KEY,
    task_id    TEXT NOT NULL,
    alias      TEXT NOT NULL,
    revision   BIGINT,
    changed_at BIGINT NOT NULL
);

CREATE INDEX alias_changes_of_task ON alias_changes (task_id, alias, number);

INSERT INTO sequences (name, last_value)
VALUES ('alias_change', 0);
