-- What the other scripts share; it stands in front of each.

-- Puts a job, "<list>:<id>", at the end of its list, unless it is in a list already; tells whether it did.
local function enqueue(enqueued, ready, job)
  if redis.call('SADD', enqueued, job) == 0 then return false end
  redis.call('LPUSH', ready .. job:match('^[^:]+'), job)
  return true
end

-- The time of Redis, in milliseconds: workers on machines whose clocks disagree agree on it.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
