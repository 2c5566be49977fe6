-- The product's tables once more, for what it is compared with: the same columns, checks and indexes, whatever
-- migrations have made of them. Foreign keys are not copied, so they are made here.
CREATE SCHEMA rival;
CREATE TABLE rival.users (LIKE public.users INCLUDING ALL);
CREATE TABLE rival.competitions (LIKE public.competitions INCLUDING ALL);
CREATE TABLE rival.registrations (LIKE public.registrations INCLUDING ALL);
ALTER TABLE rival.competitions ADD FOREIGN KEY (organizer_id) REFERENCES rival.users ON DELETE CASCADE;
ALTER TABLE rival.registrations ADD FOREIGN KEY (user_id) REFERENCES rival.users ON DELETE CASCADE;
ALTER TABLE rival.registrations ADD FOREIGN KEY (competition_id) REFERENCES rival.competitions ON DELETE CASCADE;

-- The id with this number, as the bench makes it everywhere.
CREATE FUNCTION rival.id(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ('018a0000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid;

-- More than ours: pgbench cannot share out participants, so each of its clients has some of its own.
INSERT INTO rival.users (id, email, email_key, name, search_text, role, password_hash, created_at)
  SELECT rival.id(n), n::text, n::text, n::text, n::text, 'PARTICIPANT', '', now()
  FROM generate_series(0, 300000) AS n;
