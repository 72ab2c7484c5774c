-- Rows of label vectors are only ever appended and, to erase them, emptied in place, like those of examples; no index
-- holds the digest of a text. They are derived: those of before are made again at the next start.
DROP TABLE label_vectors;

CREATE TABLE label_vectors (
    number      ${key} PRIMARY KEY,
    task_id     TEXT NOT NULL,
    member      TEXT NOT NULL,
    text_digest TEXT,
    vector      ${bytes}
);

CREATE INDEX live_label_vectors ON label_vectors (task_id, member) WHERE vector IS NOT NULL;

INSERT INTO sequences (name, last_value)
VALUES ('label_vector', 0);
