-- Background documents. Like rows of examples, those of documents are only ever appended and, to erase them, emptied in
-- place, and no index holds any of their text. A bucket is 24 bits of the digest of an external id, or of the content
-- where there is none: enough to find a document by, too few to tell what was in one that is gone.
CREATE TABLE sources (
    source_id   TEXT PRIMARY KEY,
    origin      TEXT NOT NULL,
    licence     TEXT NOT NULL,
    trust       DOUBLE PRECISION NOT NULL,
    description TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    documents   BIGINT NOT NULL
);

CREATE TABLE documents (
    number           ${key} PRIMARY KEY,
    source_id        TEXT NOT NULL,
    added_revision   BIGINT NOT NULL,
    added_at         BIGINT NOT NULL,
    removed_revision BIGINT,
    bucket           BIGINT,
    content_key      TEXT,
    external_id      TEXT,
    title            TEXT,
    origin           TEXT,
    language         TEXT,
    text             TEXT
);

CREATE INDEX live_documents ON documents (source_id, number) WHERE removed_revision IS NULL;

CREATE INDEX documents_by_bucket ON documents (source_id, bucket) WHERE removed_revision IS NULL;

-- Little-endian 64-bit hashes of windows of words, ascending; of the texts nothing else is kept.
CREATE TABLE evaluation_sets (
    set_id     TEXT PRIMARY KEY,
    texts      BIGINT NOT NULL,
    windows    ${bytes} NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The documents that hold a text of an evaluation set.
CREATE TABLE leaks (
    document BIGINT NOT NULL,
    set_id   TEXT NOT NULL REFERENCES evaluation_sets (set_id),
    PRIMARY KEY (document, set_id)
);

CREATE INDEX leaks_of_set ON leaks (set_id);

INSERT INTO sequences (name, last_value)
VALUES ('document', 0), ('searched_documents', 0);
