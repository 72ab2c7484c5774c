-- How much worse a candidate may be than what serves a task: what the task has set; for all else there are defaults.
CREATE TABLE gate_bounds (
    task_id TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (task_id, name)
);

-- What gates have said. A report is a JSON object that holds names of labels and no text.
CREATE TABLE gates (
    gate_id    TEXT PRIMARY KEY,
    task_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    report     TEXT NOT NULL
);

CREATE INDEX gates_of_task ON gates (task_id, gate_id);
