-- What a citizen said when asked whether the institution named on the screen may see their number.
-- The number itself is not here: it stays sealed, and is filled in when a letter goes.
CREATE TABLE consent (
    feedback    TEXT   NOT NULL PRIMARY KEY REFERENCES feedback (id),
    institution TEXT   NOT NULL,         -- the one that the screen named; empty if it named none
    given       BIGINT NOT NULL,         -- 0 or 1
    words       TEXT   NOT NULL,         -- which words asked: text/language/version
    at          BIGINT NOT NULL,
    revoked_at  BIGINT                   -- when it was taken back; NULL while it holds
);
