-- What a citizen said and was told: for making one citizen of two forms of a number, for telling
-- what is held, and for erasing it.
CREATE INDEX feedback_of_citizen ON feedback (citizen, received_at, id);
CREATE INDEX message_of_citizen  ON message (citizen);
