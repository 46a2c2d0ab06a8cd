-- What a citizen said and was told, for making one citizen of two forms of a number.
CREATE INDEX IF NOT EXISTS feedback_by_citizen ON feedback (citizen);
CREATE INDEX IF NOT EXISTS message_by_citizen  ON message (citizen);
