-- What was changed, when and by whom: ids and counts, never client text. Rows are only ever added, each in the
-- transaction of the change that it tells of; the database itself refuses anything else. Removing a task keeps them.
CREATE TABLE audit_events (
    number       ${key} PRIMARY KEY,
    created_at   BIGINT NOT NULL,
    actor        TEXT NOT NULL,
    trace_id     TEXT,
    action       TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject      TEXT NOT NULL,
    revision     BIGINT,
    taught       BIGINT NOT NULL,
    removed      BIGINT NOT NULL
);

CREATE INDEX audit_events_of_subject ON audit_events (subject_kind, subject, number);

INSERT INTO sequences (name, last_value) VALUES ('audit', 0);

CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events ${refuse};

CREATE TRIGGER audit_events_remain BEFORE DELETE ON audit_events ${refuse};
