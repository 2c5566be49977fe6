-- A single statement: take a seat if there is one, and insert the registration. One round trip.
\set n :n + 1
\set participant :client_id * :share + :n
\set competition :first + random(0, :competitions - 1)
WITH seat AS (
  UPDATE rival.competitions SET registered = registered + 1, version = version + 1, updated_at = now()
    WHERE id = rival.id(:competition) AND registered < capacity AND reg_deadline > now()
    RETURNING id
)
INSERT INTO rival.registrations (id, user_id, competition_id, status, idempotency_key, registered_at, updated_at)
  SELECT gen_random_uuid(), rival.id(:participant), seat.id, 'PENDING', :participant::bigint::text, now(), now() FROM seat;
