-- Who or what taught an example, if that was named. Erasing the example empties it; like the texts beside it, it is in
-- no index.
ALTER TABLE examples ADD COLUMN source TEXT;

-- Absences of examples that are set apart: kept and listed, not learnt from. Why, and how suspect or influential the
-- example was when it was.
CREATE TABLE example_quarantines (
    example        BIGINT NOT NULL,
    task_id        TEXT NOT NULL,
    first_revision BIGINT NOT NULL,
    reason         TEXT NOT NULL,
    degree         DOUBLE PRECISION,
    PRIMARY KEY (example, first_revision)
);

CREATE INDEX example_quarantines_of_task ON example_quarantines (task_id, example);
