-- Answers that feedback can refer to, how good they were, and which were mistakes.

-- Tasks whose texts are kept with their answers.
CREATE TABLE texts_kept (
    task_id TEXT PRIMARY KEY
);

-- Answers come in large numbers and go when they are old. Deleting rows may move others and leave copies behind, so they
-- are in eight tables that are filled in turn, and each is emptied as a whole before its next turn. Within a table rows
-- are only ever appended and, to erase them, emptied in place; no index holds what was asked or computed from it.
CREATE TABLE prediction_segments (
    segment  ${key} PRIMARY KEY,
    turn     BIGINT NOT NULL,
    held     BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    first_at BIGINT,
    last_at  BIGINT
);

INSERT INTO prediction_segments (segment, turn, held, bytes)
VALUES (0, 1, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0), (4, 0, 0, 0), (5, 0, 0, 0), (6, 0, 0, 0), (7, 0, 0, 0);

CREATE TABLE predictions_0 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_0_by_id ON predictions_0 (prediction_id);

CREATE TABLE predictions_1 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_1_by_id ON predictions_1 (prediction_id);

CREATE TABLE predictions_2 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_2_by_id ON predictions_2 (prediction_id);

CREATE TABLE predictions_3 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_3_by_id ON predictions_3 (prediction_id);

CREATE TABLE predictions_4 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_4_by_id ON predictions_4 (prediction_id);

CREATE TABLE predictions_5 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_5_by_id ON predictions_5 (prediction_id);

CREATE TABLE predictions_6 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_6_by_id ON predictions_6 (prediction_id);

CREATE TABLE predictions_7 (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    prediction_id TEXT,
    answered_at   BIGINT,
    revision      BIGINT,
    stage         TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    probability   DOUBLE PRECISION,
    odds          TEXT,
    member        BIGINT,
    vector        ${bytes},
    text          TEXT,
    text_pair     TEXT
);

CREATE UNIQUE INDEX predictions_7_by_id ON predictions_7 (prediction_id);

-- One row for each answer that was tested by feedback. Holds nothing of the input, and no label.
CREATE TABLE tested_answers (
    number         ${key} PRIMARY KEY,
    task_id        TEXT NOT NULL,
    tested_at      BIGINT NOT NULL,
    revision       BIGINT NOT NULL,
    stage          TEXT NOT NULL,
    prediction_id  TEXT,
    correct        BIGINT NOT NULL,
    abstained      BIGINT NOT NULL,
    answered       DOUBLE PRECISION,
    truth          DOUBLE PRECISION,
    brier          DOUBLE PRECISION,
    log_loss       DOUBLE PRECISION,
    absolute_error DOUBLE PRECISION
);

CREATE INDEX tested_answers_of_task ON tested_answers (task_id, number);
CREATE INDEX tested_answers_by_prediction ON tested_answers (prediction_id) WHERE prediction_id IS NOT NULL;

-- Like rows of examples: only ever appended and, to erase them, emptied in place.
CREATE TABLE mistakes (
    number        ${key} PRIMARY KEY,
    task_id       TEXT NOT NULL,
    input_key     TEXT,
    example       BIGINT,
    corrected_at  BIGINT,
    revision      BIGINT,
    stage         TEXT,
    prediction_id TEXT,
    probability   DOUBLE PRECISION,
    answered      TEXT,
    label         TEXT,
    labels        TEXT,
    score         DOUBLE PRECISION,
    member        BIGINT,
    vector        ${bytes}
);

CREATE INDEX live_mistakes ON mistakes (task_id, number) WHERE example IS NOT NULL;
CREATE INDEX mistakes_by_example ON mistakes (example) WHERE example IS NOT NULL;

INSERT INTO sequences (name, last_value)
VALUES ('prediction', 0), ('tested_answer', 0), ('mistake', 0);
