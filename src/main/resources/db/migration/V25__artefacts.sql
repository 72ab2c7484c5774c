-- Files of the data directory that whoever takes over needs. Used where several processes can reach the store.
CREATE TABLE artefacts (
    name   TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    size   BIGINT NOT NULL
);

-- Their content in parts of 1 MiB, the last one smaller, under the hash of the whole: a file that takes another name is
-- not sent again. What no artefact names is on its way, or was cut off.
CREATE TABLE artefact_chunks (
    sha256 TEXT NOT NULL,
    part   BIGINT NOT NULL,
    bytes  ${bytes} NOT NULL,
    PRIMARY KEY (sha256, part)
);

-- Counts changes of artefacts. While it is 0, the data directory that serves is the only place that has any.
INSERT INTO sequences (name, last_value) VALUES ('artefact', 0);
