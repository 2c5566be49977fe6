-- Removes jobs that a worker has taken: from here on their state is in the database.
-- KEYS: enqueued; the worker's processing. ARGV: the jobs, in the order in which `take` returned
-- them, so that LREM finds each at the head of the list.
for _, job in ipairs(ARGV) do
  redis.call('LREM', KEYS[2], 1, job)
end
redis.call('SREM', KEYS[1], unpack(ARGV))
