-- Functions that the other scripts share; this file is put in front of each of them.

-- The items of a job, "<list>:<id>:<items>"; a job of one is "<list>:<id>".
local function items(job)
  return tonumber(job:match(':(%d+)$')) or 1
end

-- The bell of a list of ready jobs: a list with an element for each job that was put there since the list was last found
-- empty, up to 16. A worker can wait for the bells of several lists at once, and loses no job when it dies meanwhile.
local function bell(list)
  return (list:gsub('jobs:ready:', 'jobs:bell:', 1))
end

-- Puts a job at the end of its list. Returns false if it is in a list already.
local function enqueue(enqueued, ready, job)
  if redis.call('SADD', enqueued, job) == 0 then return false end
  local list = ready .. job:match('^[^:]+')
  redis.call('LPUSH', list, job)
  if redis.call('LLEN', bell(list)) < 16 then redis.call('LPUSH', bell(list), 1) end
  return true
end

-- The time of Redis, in milliseconds: the same for workers on machines whose clocks differ.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
