-- Forgets jobs that a worker has taken: the database knows what became of them.
-- KEYS: enqueued; the worker's processing. ARGV: the jobs, in the order in which they were answered by take.
for _, job in ipairs(ARGV) do
  redis.call('LREM', KEYS[2], 1, job)
end
redis.call('SREM', KEYS[1], unpack(ARGV))
