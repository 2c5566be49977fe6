-- Puts jobs into their lists.
-- KEYS: enqueued. ARGV: the prefix of the ready lists; the jobs.
for i = 2, #ARGV do
  enqueue(KEYS[1], ARGV[1], ARGV[i])
end
