-- Vectors of label descriptions are found by the digest of their text, so that the text itself is stored with the task
-- and its examples alone. They are derived: those of before are made again at the next start.
DROP TABLE label_vectors;

CREATE TABLE label_vectors (
    task_id     TEXT NOT NULL,
    member      TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    vector      ${bytes} NOT NULL,
    PRIMARY KEY (task_id, member, text_digest)
);
