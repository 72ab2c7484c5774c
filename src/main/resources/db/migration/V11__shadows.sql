-- Candidates that answer beside what serves, with what was counted of each: names of labels and counts, no text.
CREATE TABLE shadows (
    id                    TEXT PRIMARY KEY,
    task_id               TEXT NOT NULL,
    revision              BIGINT NOT NULL,
    share                 DOUBLE PRECISION NOT NULL,
    canary                DOUBLE PRECISION NOT NULL,
    seed                  BIGINT NOT NULL,
    rule_answers          BIGINT,
    rule_feedback         BIGINT,
    rule_gate             BIGINT,
    alias_change          BIGINT NOT NULL,
    started_at            BIGINT NOT NULL,
    state                 TEXT NOT NULL,
    reason                TEXT,
    ended_at              BIGINT,
    objection             TEXT,
    asked                 BIGINT NOT NULL,
    canaries              BIGINT NOT NULL,
    dropped               BIGINT NOT NULL,
    differing             BIGINT NOT NULL,
    other_cells           BIGINT NOT NULL,
    serving_probability   DOUBLE PRECISION NOT NULL,
    serving_probable      BIGINT NOT NULL,
    serving_nanos         BIGINT NOT NULL,
    serving_timed         BIGINT NOT NULL,
    candidate_probability DOUBLE PRECISION NOT NULL,
    candidate_probable    BIGINT NOT NULL,
    candidate_nanos       BIGINT NOT NULL,
    candidate_timed       BIGINT NOT NULL,
    judged                BIGINT NOT NULL,
    judged_both           BIGINT NOT NULL,
    judged_serving        BIGINT NOT NULL,
    judged_candidate      BIGINT NOT NULL
);

CREATE INDEX shadows_of_task ON shadows (task_id, id);

CREATE UNIQUE INDEX shadows_that_run ON shadows (task_id) WHERE state = 'running';

-- How often the two said what, where they differ; no answer is the empty string.
CREATE TABLE shadow_cells (
    shadow_id TEXT NOT NULL,
    serving   TEXT NOT NULL,
    candidate TEXT NOT NULL,
    answers   BIGINT NOT NULL,
    PRIMARY KEY (shadow_id, serving, candidate)
);

-- Tasks that answer silently until they are good enough; one row a task, also after it is.
CREATE TABLE apprenticeships (
    task_id       TEXT PRIMARY KEY,
    accuracy      DOUBLE PRECISION NOT NULL,
    least_answers BIGINT NOT NULL,
    gate          BIGINT NOT NULL,
    state         TEXT NOT NULL,
    reason        TEXT,
    answers       BIGINT NOT NULL,
    judged        BIGINT NOT NULL,
    judged_right  BIGINT NOT NULL,
    started_at    BIGINT NOT NULL,
    ended_at      BIGINT
);
