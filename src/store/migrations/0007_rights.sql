-- Who read or changed what; rows are only added, and each row's hash covers the one before.
CREATE TABLE audit (
    seq    BIGINT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT   NOT NULL,              -- citizen, operator, institution:…, worker:…
    deed   TEXT   NOT NULL,
    object TEXT   NOT NULL,              -- ids and counts; nothing that leads to a person
    hash   TEXT   NOT NULL
);

-- When the words of a feedback were erased; NULL while they are kept.
ALTER TABLE feedback ADD COLUMN erased_at BIGINT;
-- Under which lookup a sender that cannot be placed is found; empty in older rows.
ALTER TABLE unroutable ADD COLUMN citizen TEXT NOT NULL DEFAULT '';

-- The rest of what is one citizen's.
CREATE INDEX gathering_of_citizen  ON gathering (citizen);
CREATE INDEX unroutable_of_citizen ON unroutable (citizen);
CREATE INDEX opt_out_of_citizen    ON opt_out (citizen);
