-- The frozen labelled rows that a task is measured with, and what came of measuring.
CREATE TABLE suites (
    task_id    TEXT PRIMARY KEY,
    digest     TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Like rows of examples: only ever appended and, to erase them, emptied in place; no index holds any of their text.
CREATE TABLE suite_rows (
    number      ${key} PRIMARY KEY,
    task_id     TEXT NOT NULL,
    position    BIGINT NOT NULL,
    weight      DOUBLE PRECISION,
    score       DOUBLE PRECISION,
    external_id TEXT,
    label       TEXT,
    labels      TEXT,
    text        TEXT,
    text_pair   TEXT
);

CREATE INDEX live_suite_rows ON suite_rows (task_id, number) WHERE text IS NOT NULL;

INSERT INTO sequences (name, last_value)
VALUES ('suite_row', 0);

-- A report is a JSON object that holds names of labels and no text.
CREATE TABLE evaluations (
    evaluation_id TEXT PRIMARY KEY,
    task_id       TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    report        TEXT NOT NULL
);

CREATE INDEX evaluations_of_task ON evaluations (task_id, evaluation_id);
