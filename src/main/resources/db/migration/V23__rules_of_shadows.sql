-- From how many compared answers on the rule of a shadow is asked again, and whether it has let the candidate pass (0 or 1).
ALTER TABLE shadows ADD COLUMN asked_again_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shadows ADD COLUMN passed BIGINT NOT NULL DEFAULT 0;
