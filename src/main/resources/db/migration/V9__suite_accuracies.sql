-- How well suites were answered, one row for each time that one was asked: after each change of what its task answers,
-- and when it was stored. Rows go with their suite, since those of another one do not compare.
CREATE TABLE suite_accuracies (
    number      ${key} PRIMARY KEY,
    task_id     TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    suite       TEXT NOT NULL,
    asked       BIGINT NOT NULL,
    examples    BIGINT NOT NULL,
    accuracy    DOUBLE PRECISION NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE INDEX suite_accuracies_of_task ON suite_accuracies (task_id, number);

INSERT INTO sequences (name, last_value)
VALUES ('suite_accuracy', 0);
