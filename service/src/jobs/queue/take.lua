-- Takes jobs, the most urgent first and the oldest of those. Returns all jobs that the worker has taken and not settled
-- yet, the newest first.
-- KEYS: enqueued; delayed; workers; the worker's processing; the ready lists, the most urgent first.
-- ARGV: the prefix of the ready lists; the worker; how long it counts as alive, in ms; the time of the application, in
-- ms; how many items its jobs may have.
redis.call('ZADD', KEYS[3], now() + ARGV[3], ARGV[2])

for _, job in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', ARGV[4], 'BYSCORE', 'LIMIT', 0, ARGV[5])) do
  redis.call('ZREM', KEYS[2], job)
  enqueue(KEYS[1], ARGV[1], job)
end

local free = ARGV[5] + 0
for _, job in ipairs(redis.call('LRANGE', KEYS[4], 0, -1)) do
  free = free - items(job)
end
for i = 5, #KEYS do
  local job = free > 0 and redis.call('RPOP', KEYS[i])
  while job do
    redis.call('LPUSH', KEYS[4], job)
    free = free - items(job)
    job = free > 0 and redis.call('RPOP', KEYS[i])
  end
  if free > 0 then
    while redis.call('LPOP', bell(KEYS[i])) do end
  end
end
return redis.call('LRANGE', KEYS[4], 0, -1)
