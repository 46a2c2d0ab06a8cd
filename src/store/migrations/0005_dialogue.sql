-- Whether a message is part of an exchange (1), or has to wait for the end of quiet hours (0).
ALTER TABLE message ADD COLUMN prompt BIGINT NOT NULL DEFAULT 1;

-- When it was told that the time to answer had gone; NULL until then.
ALTER TABLE feedback ADD COLUMN overdue_at BIGINT;
CREATE INDEX feedback_promised ON feedback (reply_by)
    WHERE overdue_at IS NULL AND status IN ('received', 'opened');
CREATE INDEX feedback_by_citizen ON feedback (citizen, received_at);

-- Institutions that said that a feedback is not theirs: what they may still know of it.
CREATE TABLE formerly (
    feedback    TEXT   NOT NULL REFERENCES feedback (id),
    institution TEXT   NOT NULL,
    successor   TEXT   NOT NULL,         -- who got it
    reason      TEXT,
    at          BIGINT NOT NULL,
    PRIMARY KEY (feedback, institution)
);

-- What a citizen said when asked whether it is mended.
CREATE TABLE verdict (
    feedback    TEXT   NOT NULL REFERENCES feedback (id),
    at          BIGINT NOT NULL,
    institution TEXT   NOT NULL,
    fixed       BIGINT NOT NULL,         -- 0 or 1
    words       TEXT,
    PRIMARY KEY (feedback, at)
);
