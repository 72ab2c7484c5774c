-- Which process changes the store: the epoch that it was given, and until when, by the database's clock, nobody else may
-- take its place. Used where several processes can reach the store.
CREATE TABLE store_leases (
    name       TEXT PRIMARY KEY,
    epoch      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

INSERT INTO store_leases (name, epoch, expires_at) VALUES ('process', 0, 0);
