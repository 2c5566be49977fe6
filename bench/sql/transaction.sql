-- The usual transaction: lock the row, insert, update the count. One round trip for each statement.
\set n :n + 1
\set participant :client_id * :share + :n
\set competition :first + random(0, :competitions - 1)
BEGIN;
SELECT capacity, registered, reg_deadline FROM rival.competitions WHERE id = rival.id(:competition) FOR UPDATE;
INSERT INTO rival.registrations (id, user_id, competition_id, status, idempotency_key, registered_at, updated_at)
  VALUES (gen_random_uuid(), rival.id(:participant), rival.id(:competition), 'PENDING', :participant::bigint::text, now(), now());
UPDATE rival.competitions SET registered = registered + 1, version = version + 1, updated_at = now()
  WHERE id = rival.id(:competition);
COMMIT;
