-- Appends one entry to a session's log and returns the whole log, in one round trip.
--
-- KEYS[1] the session            ARGV[1] header, if the log has to be started
-- ARGV[2] the entry              ARGV[3] lifetime in milliseconds, 1 or more
-- ARGV[4] the longest log in bytes
--
-- A script and not MULTI: the cap needs a decision between reading and writing, and Redis runs a
-- script whole, so that entries of several instances are totally ordered. PEXPIRE is last and
-- unconditional: no key may be left without an expiry, not even one that was not appended to.
local log = redis.call('GET', KEYS[1])
local grown = (log or ARGV[1]) .. ARGV[2]
if #grown > tonumber(ARGV[4]) then
  if not log then
    return ''
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return log
end
if log then
  redis.call('APPEND', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], grown, 'PX', ARGV[3])
end
return grown
