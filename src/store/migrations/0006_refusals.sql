-- Attempts that surely sent nothing, and the channels that refused: only a message of which no
-- attempt may have got through goes by another channel.
ALTER TABLE message ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN refused_by TEXT NOT NULL DEFAULT '';
-- The key of the SMS that said it, if one did: the same SMS again says nothing new.
ALTER TABLE verdict ADD COLUMN origin TEXT;
CREATE UNIQUE INDEX verdict_origin ON verdict (origin) WHERE origin IS NOT NULL;
