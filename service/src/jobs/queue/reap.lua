-- Puts the tickets of workers that are gone back to the front of their lists. Returns how many.
-- KEYS: workers. ARGV: the prefixes of the ready lists and of the processing lists.
local reaped = 0
for _, worker in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now(), 'BYSCORE')) do
  local job = redis.call('LPOP', ARGV[2] .. worker)
  while job do
    local list = ARGV[1] .. job:match('^[^:]+')
    redis.call('RPUSH', list, job)
    redis.call('LPUSH', bell(list), 1)
    reaped = reaped + 1
    job = redis.call('LPOP', ARGV[2] .. worker)
  end
  redis.call('ZREM', KEYS[1], worker)
end
return reaped
