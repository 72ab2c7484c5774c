-- Knowledge graphs. A statement belongs to an import, and is seen while its import is FINISHED: so that an import of
-- many small transactions, and the removal of a graph or of a source, become visible in one. What is not seen any more
-- (UNDONE, REMOVED) is deleted in portions. A removed graph keeps its row until its last statement is gone.
--
-- The sources of a graph are those of its finished imports. What clients say about single entities is one import of the
-- source "edits" that never ends; an edit that says nothing is a statement of the aspect NOTHING.

INSERT INTO sequences (name, last_value)
VALUES ('graph', 0), ('graph_import', 0), ('statement', 0);

CREATE TABLE graphs (
    number           ${key} PRIMARY KEY,
    graph_id         TEXT NOT NULL,
    description      TEXT NOT NULL,
    revision         BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    removed_revision BIGINT
);

CREATE UNIQUE INDEX live_graphs ON graphs (graph_id) WHERE removed_revision IS NULL;

-- Numbers of its statements lie above first_statement and, once there will be no more, at or below last_statement.
CREATE TABLE graph_imports (
    number          ${key} PRIMARY KEY,
    import_id       TEXT NOT NULL,
    graph           BIGINT NOT NULL REFERENCES graphs (number),
    source          TEXT NOT NULL,
    origin          TEXT NOT NULL,
    licence         TEXT NOT NULL,
    trust           DOUBLE PRECISION NOT NULL,
    state           TEXT NOT NULL,
    added           BIGINT NOT NULL,
    repeated        BIGINT NOT NULL,
    report          TEXT NOT NULL,
    revision        BIGINT,
    first_statement BIGINT NOT NULL,
    last_statement  BIGINT
);

CREATE UNIQUE INDEX live_graph_imports ON graph_imports (import_id) WHERE state IN ('OPEN', 'FINISHED');

CREATE INDEX imports_of_graph ON graph_imports (graph, source);

CREATE TABLE statements (
    number       ${key} PRIMARY KEY,
    graph        BIGINT NOT NULL,
    graph_import BIGINT NOT NULL,
    entity       TEXT NOT NULL,
    digest       ${bytes} NOT NULL,
    aspect       TEXT NOT NULL,
    relation     TEXT NOT NULL,
    value        TEXT NOT NULL,
    language     TEXT NOT NULL,
    seen         BIGINT NOT NULL
);

-- Finds what is said of an entity, whether it is said already, and all entities in their order.
CREATE UNIQUE INDEX statements_of_entity ON statements (graph, entity, digest, graph_import);
