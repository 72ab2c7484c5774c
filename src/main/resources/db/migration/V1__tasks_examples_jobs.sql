-- The truth of the service. Two placeholders keep this file the same for every database: ${key} is the type of an
-- integer primary key, ${bytes} the type of a byte string.
--
-- Rows of examples, vectors and job_payloads hold client text or what is computed from it. They are only ever appended
-- and, to erase them, emptied in place; no index holds any of their text. A B-tree page that is split or merged may keep
-- copies of rows that moved away, and a row that never moves leaves no copy behind.

CREATE TABLE sequences (
    name       TEXT PRIMARY KEY,
    last_value BIGINT NOT NULL
);

INSERT INTO sequences (name, last_value)
VALUES ('revision', 0), ('example', 0), ('vector', 0), ('member', 0), ('payload', 0), ('emptied', 0);

CREATE TABLE revisions (
    number     ${key} PRIMARY KEY,
    task_id    TEXT NOT NULL,
    cause      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX revisions_of_task ON revisions (task_id, number);

CREATE TABLE tasks (
    task_id         TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    input           TEXT NOT NULL,
    instruction     TEXT NOT NULL,
    score_min       DOUBLE PRECISION,
    score_max       DOUBLE PRECISION,
    target_coverage DOUBLE PRECISION NOT NULL,
    min_probability DOUBLE PRECISION,
    cascade_risk    DOUBLE PRECISION NOT NULL,
    abstain_cost    DOUBLE PRECISION,
    revision        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    examples        BIGINT NOT NULL
);

CREATE TABLE task_labels (
    task_id     TEXT NOT NULL REFERENCES tasks (task_id),
    position    BIGINT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (task_id, position)
);

CREATE TABLE task_error_costs (
    task_id  TEXT NOT NULL REFERENCES tasks (task_id),
    truth    TEXT NOT NULL,
    answered TEXT NOT NULL,
    cost     DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (task_id, truth, answered)
);

-- An erased example stays as a tombstone: its number, task and the two revisions; everything else is empty.
CREATE TABLE examples (
    number           ${key} PRIMARY KEY,
    task_id          TEXT NOT NULL,
    added_revision   BIGINT NOT NULL,
    added_at         BIGINT NOT NULL,
    removed_revision BIGINT,
    weight           DOUBLE PRECISION,
    score            DOUBLE PRECISION,
    content_key      TEXT,
    external_id      TEXT,
    label            TEXT,
    labels           TEXT,
    text             TEXT,
    text_pair        TEXT
);

CREATE INDEX live_examples ON examples (task_id, number) WHERE removed_revision IS NULL;

CREATE TABLE members (
    number ${key} PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE
);

-- Little-endian 32-bit floats, one member's vectors of one example, one after the other.
CREATE TABLE vectors (
    number  ${key} PRIMARY KEY,
    example BIGINT NOT NULL,
    member  BIGINT NOT NULL,
    vector  ${bytes},
    UNIQUE (example, member)
);

CREATE TABLE label_vectors (
    task_id TEXT NOT NULL,
    member  TEXT NOT NULL,
    text    TEXT NOT NULL,
    vector  ${bytes} NOT NULL,
    PRIMARY KEY (task_id, member, text)
);

CREATE TABLE replies (
    idempotency_key TEXT PRIMARY KEY,
    request_digest  TEXT NOT NULL,
    status          BIGINT NOT NULL,
    body            TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);

CREATE INDEX replies_by_age ON replies (created_at);

CREATE TABLE jobs (
    job_id         TEXT PRIMARY KEY,
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    status         TEXT NOT NULL,
    done           BIGINT NOT NULL,
    total          BIGINT NOT NULL,
    unit           TEXT NOT NULL,
    message        TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    started_at     BIGINT,
    finished_at    BIGINT,
    result         TEXT,
    problem        TEXT,
    payload_number BIGINT
);

CREATE INDEX unfinished_jobs ON jobs (created_at, job_id) WHERE status IN ('QUEUED', 'RUNNING');

CREATE TABLE job_payloads (
    number  ${key} PRIMARY KEY,
    payload ${bytes}
);

CREATE TABLE job_events (
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    number BIGINT NOT NULL,
    type   TEXT NOT NULL,
    data   TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
);
