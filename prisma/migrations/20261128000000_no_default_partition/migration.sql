-- PostgreSQL cannot detach a partition CONCURRENTLY while there is a default partition (docs/adr/0029).

-- The UTC day of a UUIDv7.
CREATE FUNCTION "ardor_uuid_day" ("id" uuid) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT (to_timestamp(('x' || substr(replace("id"::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC')::date
$$;

-- Creates a day's partition; false when it was there. Only the owner of "messages" can. It locks "messages" against other
-- changes of partitions only, so reads and writes go on.
CREATE FUNCTION "ardor_create_partition" ("day" date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  "partition" text := 'messages_' || to_char("day", 'YYYYMMDD');
BEGIN
  -- The second look follows the lock: the session that held it may have created this partition.
  FOR "look" IN 1..2 LOOP
    IF EXISTS (
      SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = '"messages"'::regclass AND c.relname = "partition"
    ) THEN RETURN false; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ardor.partitions'));
  END LOOP;
  EXECUTE format('CREATE TABLE %I (LIKE "messages" INCLUDING ALL)', "partition");
  EXECUTE format('ALTER TABLE "messages" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    "partition", "ardor_uuid_floor"("day"), "ardor_uuid_floor"("day" + 1));
  RETURN true;
END $$;

-- The same for a role that may only write rows. It runs as the owner, so it takes no day that a message of now cannot have.
CREATE OR REPLACE FUNCTION "ardor_ensure_partition" ("day" date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET lock_timeout = '250ms' AS $$
DECLARE
  "today" date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
  IF "day" BETWEEN "today" - 2 AND "today" + 60 THEN RETURN "ardor_create_partition"("day"); END IF;
  RAISE EXCEPTION 'no partition is created for %: it is not within 2 days before and 60 days after today', "day"
    USING ERRCODE = 'invalid_parameter_value';
END $$;

-- A caller's own search_path must not decide which objects the owner's rights are used on.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION "ardor_ensure_partition" (date) SET search_path = %I, pg_temp', current_schema());
END $$;

-- It took an ACCESS EXCLUSIVE lock on "messages". The worker detaches partitions before it drops them.
DROP FUNCTION "ardor_drop_partitions" (date);

-- Rows of the default partition go to partitions of their days. Until the commit nothing reads or writes messages.
ALTER TABLE "messages" DETACH PARTITION "messages_default";
SELECT "ardor_create_partition"("day") FROM (SELECT DISTINCT "ardor_uuid_day"("id") AS "day" FROM "messages_default") AS "days";
INSERT INTO "messages" SELECT * FROM "messages_default";
DROP TABLE "messages_default";
