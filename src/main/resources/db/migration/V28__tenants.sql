-- Whose stores there are beside this one. A place is never used twice; a tenant that was removed stays until all that it
-- kept is deleted. One that has begun has kept something: what is missing of it then is lost.
CREATE TABLE tenants (
    place      TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    begun_at   BIGINT
);

CREATE UNIQUE INDEX tenants_present ON tenants (tenant_id) WHERE removed_at IS NULL;
