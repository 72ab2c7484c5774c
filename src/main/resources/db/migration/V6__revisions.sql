-- What a task was at each of its revisions, so that an earlier one can answer again.
--
-- An example that was set aside (by going back to an earlier revision, or by another answer about the same text) keeps
-- its text and its vectors, and its row stays as it is: a row that grew could split its page, and leave a copy of texts
-- behind that are erased later. When it was not there is told beside it: from one revision up to, and without, another,
-- or to now. Erased examples are the tombstones that they always were, and are part of no revision any more.
CREATE TABLE example_absences (
    example        BIGINT NOT NULL,
    task_id        TEXT NOT NULL,
    first_revision BIGINT NOT NULL,
    end_revision   BIGINT,
    PRIMARY KEY (example, first_revision)
);

CREATE INDEX example_absences_of_task ON example_absences (task_id, example);

CREATE INDEX set_aside_examples ON example_absences (example) WHERE end_revision IS NULL;

-- Those that a revision has lost.
CREATE INDEX erased_examples ON examples (task_id, number) WHERE removed_revision IS NOT NULL;

-- A task's history begins after the last one of them.
CREATE INDEX task_removals ON revisions (task_id, number) WHERE cause = 'remove';

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
