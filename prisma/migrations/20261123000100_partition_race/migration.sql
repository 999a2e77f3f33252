-- As before, but what is there is asked of pg_class once the lock is held: to_regclass may answer from the session's
-- cache, which waiting for an advisory lock does not refresh, and the copy that came second then failed.
CREATE OR REPLACE FUNCTION "ardor_ensure_partition" ("day" date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  "partition" text := 'messages_' || to_char("day", 'YYYYMMDD');
  "low" uuid := "ardor_uuid_floor"("day");
  "high" uuid := "ardor_uuid_floor"("day" + 1);
BEGIN
  IF to_regclass("partition") IS NOT NULL THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ardor.partitions'));
  IF EXISTS (
    SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = '"messages"'::regclass AND c.relname = "partition"
  ) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE "messages" INCLUDING ALL)', "partition");
  LOCK TABLE "messages_default" IN ACCESS EXCLUSIVE MODE;
  EXECUTE format(
    'WITH moved AS (DELETE FROM "messages_default" WHERE "id" >= %L AND "id" < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
    "low", "high", "partition");
  EXECUTE format('ALTER TABLE "messages" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', "partition", "low", "high");
  RETURN true;
END $$;
