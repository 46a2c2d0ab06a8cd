-- When a feedback reached which rung at which institution: delivered, opened, answered, resolved,
-- fixed, not_fixed, overdue, not_ours.
CREATE TABLE rung (
    feedback    TEXT   NOT NULL REFERENCES feedback (id),
    institution TEXT   NOT NULL,
    rung        TEXT   NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (feedback, institution, rung)
);
