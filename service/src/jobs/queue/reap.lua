-- Puts what workers had taken who are gone back to the front of its list; answers with how many jobs that were.
-- KEYS: workers. ARGV: what the names of the ready lists and of the processing lists begin with.
local reaped = 0
for _, worker in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now(), 'BYSCORE')) do
  local job = redis.call('LPOP', ARGV[2] .. worker)
  while job do
    redis.call('RPUSH', ARGV[1] .. job:match('^[^:]+'), job)
    reaped = reaped + 1
    job = redis.call('LPOP', ARGV[2] .. worker)
  end
  redis.call('ZREM', KEYS[1], worker)
end
return reaped
