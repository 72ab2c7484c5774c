-- How much may be asked for with a key; what is not said is as the configuration has it.
ALTER TABLE api_keys ADD COLUMN requests_per_minute BIGINT;
ALTER TABLE api_keys ADD COLUMN examples_per_day BIGINT;

-- How many examples those have taught whose number is bounded: on the last day, of UTC, on which they did.
CREATE TABLE taught_examples (
    actor    TEXT PRIMARY KEY,
    day      BIGINT NOT NULL,
    examples BIGINT NOT NULL
);
