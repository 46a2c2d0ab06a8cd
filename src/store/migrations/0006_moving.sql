-- How far a move of records from another database has come: a row a table, and one with an empty
-- name that says where they come from. Empty when no move is under way.
CREATE TABLE moving (
    name  TEXT   NOT NULL PRIMARY KEY,
    at    TEXT   NOT NULL,               -- the last key moved, as JSON
    moved BIGINT NOT NULL                -- how many rows
);
