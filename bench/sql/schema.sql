-- Copies of the product's tables for pgbench: the same columns, checks and indexes as the migrations
-- create. LIKE does not copy foreign keys, so they are added here.
CREATE SCHEMA rival;
CREATE TABLE rival.users (LIKE public.users INCLUDING ALL);
CREATE TABLE rival.competitions (LIKE public.competitions INCLUDING ALL);
CREATE TABLE rival.registrations (LIKE public.registrations INCLUDING ALL);
ALTER TABLE rival.competitions ADD FOREIGN KEY (organizer_id) REFERENCES rival.users ON DELETE CASCADE;
ALTER TABLE rival.registrations ADD FOREIGN KEY (user_id) REFERENCES rival.users ON DELETE CASCADE;
ALTER TABLE rival.registrations ADD FOREIGN KEY (competition_id) REFERENCES rival.competitions ON DELETE CASCADE;

-- The id with this number, in the format of bench/src/sql/id.rs.
CREATE FUNCTION rival.id(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ('018a0000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid;

-- More users than the product has: pgbench clients cannot share participants, so each has its own.
INSERT INTO rival.users (id, email, email_key, name, search_text, role, password_hash, created_at)
  SELECT rival.id(n), n::text, n::text, n::text, n::text, 'PARTICIPANT', '', now()
  FROM generate_series(0, 300000) AS n;
