-- Feedback that is in the institution's list but went out in no letter, because one phone had said
-- too much (1).
ALTER TABLE feedback ADD COLUMN folded BIGINT NOT NULL DEFAULT 0;
