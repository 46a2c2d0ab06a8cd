-- The records. Portable: TEXT, BIGINT and BLOB (BYTEA on PostgreSQL) only.
-- Times are milliseconds since the epoch, UTC. Enumerations are stored as the words of the API.

-- A citizen's number, sealed, once a citizen. Nothing refers to it by a foreign key: a citizen
-- may have the number erased while the words that they said stay.
CREATE TABLE citizen (
    lookup     TEXT   NOT NULL PRIMARY KEY,
    key_id     TEXT   NOT NULL,
    number     BLOB   NOT NULL
);

CREATE TABLE feedback (
    id          TEXT   NOT NULL PRIMARY KEY,
    origin      TEXT   NOT NULL UNIQUE,  -- the feedback's key: one callback, one record
    code        TEXT   NOT NULL UNIQUE,
    country     TEXT   NOT NULL,
    institution TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    operator    TEXT,
    experience  TEXT,
    place       TEXT,
    office      TEXT,
    words       TEXT   NOT NULL,
    language    TEXT   NOT NULL,
    citizen     TEXT   NOT NULL,
    alias       TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    reply_by    BIGINT,
    complete    BIGINT NOT NULL          -- 0 or 1
);
CREATE INDEX feedback_by_time   ON feedback (institution, received_at, id);
CREATE INDEX feedback_by_status ON feedback (institution, status, received_at, id);
CREATE INDEX feedback_by_place  ON feedback (institution, place, received_at, id);

-- Events on their way to institutions (the outbox).
CREATE TABLE letter (
    id           TEXT   NOT NULL PRIMARY KEY,
    feedback     TEXT   NOT NULL REFERENCES feedback (id),
    institution  TEXT   NOT NULL,
    url          TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    seq          BIGINT NOT NULL,        -- its turn among the letters of one feedback to one url
    attempts     BIGINT NOT NULL,
    standing     TEXT   NOT NULL,        -- pending, delivered, dead
    due_at       BIGINT NOT NULL,        -- while leased: the end of the lease
    leased_until BIGINT NOT NULL,        -- 0: in nobody's hands
    status       BIGINT,                 -- of the last answer
    why          TEXT,                   -- of the last failure
    settled_at   BIGINT
);
CREATE INDEX letter_first ON letter (due_at) WHERE standing = 'pending' AND attempts = 0;
CREATE INDEX letter_again ON letter (due_at) WHERE standing = 'pending' AND attempts > 0;
CREATE INDEX letter_turn  ON letter (feedback, url, seq, id);
CREATE INDEX letter_by_time     ON letter (institution, created_at, id);
CREATE INDEX letter_by_standing ON letter (institution, standing, created_at, id);

-- An institution's replies.
CREATE TABLE reply (
    id         TEXT   NOT NULL PRIMARY KEY,
    feedback   TEXT   NOT NULL REFERENCES feedback (id),
    words      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX reply_by_feedback ON reply (feedback, created_at, id);

-- Messages to citizens.
CREATE TABLE message (
    id            TEXT   NOT NULL PRIMARY KEY,
    channel       TEXT   NOT NULL,
    citizen       TEXT   NOT NULL,
    feedback      TEXT   NOT NULL REFERENCES feedback (id),
    reply         TEXT            REFERENCES reply (id),
    words         TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    standing      TEXT   NOT NULL,       -- pending, sent, delivered, dead
    due_at        BIGINT NOT NULL,       -- while leased: the end of the lease
    leased_until  BIGINT NOT NULL,
    reference     TEXT,                  -- the aggregator's id, as it gave it
    reference_key TEXT,                  -- the same, lower case, without leading zeros
    report        TEXT,                  -- the aggregator's last word on it
    why           TEXT,
    sent_at       BIGINT,
    settled_at    BIGINT
);
CREATE INDEX message_first ON message (due_at) WHERE standing = 'pending' AND attempts = 0;
CREATE INDEX message_again ON message (due_at) WHERE standing = 'pending' AND attempts > 0;
CREATE INDEX message_by_reference ON message (channel, reference_key) WHERE reference_key IS NOT NULL;
CREATE INDEX message_by_feedback  ON message (feedback, created_at, id);

-- Delivery reports that came before we knew the message by that reference.
CREATE TABLE parked (
    channel       TEXT   NOT NULL,
    reference_key TEXT   NOT NULL,
    fate          TEXT   NOT NULL,
    report        TEXT   NOT NULL,
    why           TEXT,
    at            BIGINT NOT NULL,
    PRIMARY KEY (channel, reference_key)
);
CREATE INDEX parked_by_time ON parked (at);

-- Answers already given to POSTs that carried an Idempotency-Key.
CREATE TABLE idempotency (
    scope      TEXT   NOT NULL,
    token      TEXT   NOT NULL,          -- the client's key
    body_hash  TEXT   NOT NULL,
    response   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (scope, token)
);
CREATE INDEX idempotency_by_time ON idempotency (at);

-- Readable messages whose sender is not a number that we can place: nothing is thrown away.
CREATE TABLE unroutable (
    origin      TEXT   NOT NULL PRIMARY KEY,
    channel     TEXT   NOT NULL,
    key_id      TEXT   NOT NULL,
    sender      BLOB   NOT NULL,
    recipient   TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    received_at BIGINT NOT NULL
);
