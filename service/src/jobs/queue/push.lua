-- Puts jobs into their lists.
-- KEYS: enqueued. ARGV: what the names of the lists begin with; the jobs.
for i = 2, #ARGV do
  enqueue(KEYS[1], ARGV[1], ARGV[i])
end
