-- What may go after a time: closed cases with their words, by country and age.
CREATE INDEX feedback_closed ON feedback (country, received_at)
    WHERE erased_at IS NULL AND status IN ('resolved', 'not_ours');
