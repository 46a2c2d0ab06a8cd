-- Long messages whose parts come one by one. A row stays for a while after the message is on
-- record, without number and words: a part that comes again is then known.
CREATE TABLE gathering (
    id        TEXT   NOT NULL PRIMARY KEY,
    channel   TEXT   NOT NULL,
    citizen   TEXT   NOT NULL,
    key_id    TEXT   NOT NULL,
    number    BLOB   NOT NULL,           -- sealed; empty once closed
    network   TEXT,
    reference TEXT   NOT NULL,           -- the phone's name for the message: comes again
    parts     BIGINT NOT NULL,           -- how many there are
    due_at    BIGINT NOT NULL,           -- when the waiting ends
    closed_at BIGINT
);
CREATE INDEX gathering_by_reference ON gathering (channel, citizen, reference, parts);
CREATE INDEX gathering_open   ON gathering (due_at) WHERE closed_at IS NULL;
CREATE INDEX gathering_closed ON gathering (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE part (
    gathering TEXT   NOT NULL REFERENCES gathering (id) ON DELETE CASCADE,
    nth       BIGINT NOT NULL,           -- counted from 1
    origin    TEXT   NOT NULL,           -- the part's key: one callback, one part
    words     TEXT   NOT NULL,           -- empty once closed
    PRIMARY KEY (gathering, nth)
);

-- Citizens who want no messages on a channel, as its network told.
CREATE TABLE opt_out (
    channel   TEXT   NOT NULL,
    citizen   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (channel, citizen)
);
