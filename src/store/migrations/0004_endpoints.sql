-- Letters that are about no feedback (a digest, a notice to an institution), whether a letter has
-- waited, and what the receiver said. The table is made anew: SQLite cannot loosen a column.
CREATE TABLE letter_anew (
    id           TEXT   NOT NULL PRIMARY KEY,
    feedback     TEXT   REFERENCES feedback (id),
    institution  TEXT   NOT NULL,
    url          TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    seq          BIGINT NOT NULL,        -- its turn among the letters of one feedback to one url
    attempts     BIGINT NOT NULL,
    waited       BIGINT NOT NULL,        -- 1: tried, held back or replayed; what is new goes first
    standing     TEXT   NOT NULL,        -- pending, delivered, dead
    due_at       BIGINT NOT NULL,        -- while leased: the end of the lease
    leased_until BIGINT NOT NULL,        -- 0: in nobody's hands
    status       BIGINT,                 -- of the last answer
    why          TEXT,                   -- of the last failure
    answer       TEXT,                   -- what the receiver said with it, without numbers
    settled_at   BIGINT
);
INSERT INTO letter_anew (id, feedback, institution, url, event, body, created_at, seq, attempts,
                         waited, standing, due_at, leased_until, status, why, settled_at)
SELECT id, feedback, institution, url, event, body, created_at, seq, attempts,
       CASE WHEN attempts > 0 THEN 1 ELSE 0 END, standing, due_at, leased_until, status, why,
       settled_at
FROM letter;
DROP TABLE letter;
ALTER TABLE letter_anew RENAME TO letter;
CREATE INDEX letter_first ON letter (due_at) WHERE standing = 'pending' AND waited = 0;
CREATE INDEX letter_again ON letter (due_at) WHERE standing = 'pending' AND waited = 1;
CREATE INDEX letter_turn  ON letter (feedback, url, seq, id);
CREATE INDEX letter_by_time     ON letter (institution, created_at, id);
CREATE INDEX letter_by_standing ON letter (institution, standing, created_at, id);

-- Addresses with which something is wrong. A row goes with the next success there, or when the
-- operator gives the address another chance.
CREATE TABLE endpoint (
    institution   TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    failing_since BIGINT NOT NULL,       -- nothing was taken there since
    disabled_at   BIGINT,                -- not tried any more since
    why           TEXT,                  -- gone, silent
    PRIMARY KEY (institution, url)
);
