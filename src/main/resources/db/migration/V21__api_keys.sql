-- Keys by which clients are let in: what they are called and allow, and the SHA-256 of each. Revoked ones stay, so that
-- the service does not come to be open again.
CREATE TABLE api_keys (
    key_id     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
