-- What a citizen added to a feedback by text message.
CREATE TABLE addition (
    origin   TEXT   NOT NULL PRIMARY KEY,   -- the message's key: one message, one addition
    feedback TEXT   NOT NULL REFERENCES feedback (id),
    words    TEXT,                          -- none if it only answered a question of ours
    at       BIGINT NOT NULL
);
CREATE INDEX addition_by_feedback ON addition (feedback, at, origin);

-- What was asked of a citizen by text message: one question a message of theirs.
CREATE TABLE question (
    origin      TEXT   NOT NULL PRIMARY KEY, -- the key of the message that led to it
    citizen     TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    operator    TEXT,
    feedback    TEXT   REFERENCES feedback (id), -- which it is about, if one
    ask         TEXT   NOT NULL,             -- office, experience, place, thread
    options     TEXT   NOT NULL,             -- what the numbers stand for, a space between
    words       TEXT,                        -- what waits for the answer before it is filed
    asked_at    BIGINT NOT NULL,
    due_at      BIGINT,                      -- until when those words wait
    answered_at BIGINT
);
CREATE INDEX question_of_citizen ON question (citizen, asked_at);
CREATE INDEX question_due        ON question (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX question_by_time    ON question (asked_at);

-- Messages that asked for something and said nothing: the same one again does nothing new.
CREATE TABLE heard (
    origin TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL
);
CREATE INDEX heard_by_time ON heard (at);

-- Messages that are about no feedback (what answers STOP or INFO), whether one goes out although
-- its citizen wants none, and the number of someone of whom nothing else is kept. The table is made
-- anew: SQLite cannot loosen a column.
CREATE TABLE message_anew (
    id            TEXT   NOT NULL PRIMARY KEY,
    channel       TEXT   NOT NULL,
    citizen       TEXT   NOT NULL,
    key_id        TEXT,
    number        BLOB,                  -- sealed; goes when the message has ended
    feedback      TEXT            REFERENCES feedback (id),
    reply         TEXT            REFERENCES reply (id),
    words         TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    prompt        BIGINT NOT NULL DEFAULT 1, -- 0: waits for the end of quiet hours
    asked         BIGINT NOT NULL DEFAULT 0, -- 1: goes out whatever was opted out of
    standing      TEXT   NOT NULL,       -- pending, sent, delivered, dead
    due_at        BIGINT NOT NULL,       -- while leased: the end of the lease
    leased_until  BIGINT NOT NULL,
    refusals      BIGINT NOT NULL DEFAULT 0,
    refused_by    TEXT   NOT NULL DEFAULT '',
    reference     TEXT,                  -- the aggregator's id, as it gave it
    reference_key TEXT,                  -- the same, lower case, without leading zeros
    report        TEXT,                  -- the aggregator's last word on it
    why           TEXT,
    sent_at       BIGINT,
    settled_at    BIGINT
);
INSERT INTO message_anew (id, channel, citizen, feedback, reply, words, created_at, attempts, prompt,
                          standing, due_at, leased_until, refusals, refused_by, reference,
                          reference_key, report, why, sent_at, settled_at)
SELECT id, channel, citizen, feedback, reply, words, created_at, attempts, prompt, standing, due_at,
       leased_until, refusals, refused_by, reference, reference_key, report, why, sent_at, settled_at
FROM message;
DROP TABLE message;
ALTER TABLE message_anew RENAME TO message;
CREATE INDEX message_first ON message (due_at) WHERE standing = 'pending' AND attempts = 0;
CREATE INDEX message_again ON message (due_at) WHERE standing = 'pending' AND attempts > 0;
CREATE INDEX message_by_reference ON message (channel, reference_key) WHERE reference_key IS NOT NULL;
CREATE INDEX message_by_feedback  ON message (feedback, created_at, id);
CREATE INDEX message_of_citizen   ON message (citizen);
CREATE INDEX message_sent         ON message (sent_at) WHERE standing = 'sent';
