-- Which clients have changed, so that an ingress reads only those (docs/adr/0023). The row of a deleted client stays.
CREATE TABLE "client_changes" (
  "client_id" text PRIMARY KEY,
  -- The later of two changes has the larger number.
  "changed" bigint NOT NULL
);
CREATE INDEX "client_changes_changed_idx" ON "client_changes" ("changed");

-- The number of the next change. The caller holds the lock until its transaction ends, so a reader that sees one number has seen
-- all smaller ones. Numbers are microseconds: a number that was lost with a failed primary is not given out again.
CREATE FUNCTION "ardor_next_client_change" () RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ardor.client_changes'));
  RETURN (
    SELECT greatest(coalesce(max("changed"), 0) + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    FROM "client_changes"
  );
END $$;

CREATE FUNCTION "ardor_note_client_change" ("id" text) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO "client_changes" ("client_id", "changed") VALUES ("id", "ardor_next_client_change"())
  ON CONFLICT ("client_id") DO UPDATE SET "changed" = EXCLUDED."changed"
$$;

-- Every table that a client's record is made of needs both triggers. The argument names its column with the client's id.
CREATE FUNCTION "ardor_client_changed" () RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "before" text := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) ->> TG_ARGV[0] END;
  "after" text := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) ->> TG_ARGV[0] END;
BEGIN
  IF "before" IS NOT NULL THEN PERFORM "ardor_note_client_change"("before"); END IF;
  IF "after" IS DISTINCT FROM "before" AND "after" IS NOT NULL THEN PERFORM "ardor_note_client_change"("after"); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION "ardor_all_clients_changed" () RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "next" bigint := "ardor_next_client_change"();
BEGIN
  UPDATE "client_changes" AS "c" SET "changed" = "next" + "place"."n"
  FROM (SELECT "client_id", row_number() OVER () AS "n" FROM "client_changes") AS "place"
  WHERE "c"."client_id" = "place"."client_id";
  RETURN NULL;
END $$;

CREATE TRIGGER "client_changed" AFTER INSERT OR UPDATE OR DELETE ON "clients"
  FOR EACH ROW EXECUTE FUNCTION "ardor_client_changed" ('id');
CREATE TRIGGER "client_changed" AFTER INSERT OR UPDATE OR DELETE ON "passcodes"
  FOR EACH ROW EXECUTE FUNCTION "ardor_client_changed" ('client_id');
CREATE TRIGGER "client_changed" AFTER INSERT OR UPDATE OR DELETE ON "template_grants"
  FOR EACH ROW EXECUTE FUNCTION "ardor_client_changed" ('client_id');
CREATE TRIGGER "all_clients_changed" AFTER TRUNCATE ON "clients" EXECUTE FUNCTION "ardor_all_clients_changed" ();
CREATE TRIGGER "all_clients_changed" AFTER TRUNCATE ON "passcodes" EXECUTE FUNCTION "ardor_all_clients_changed" ();
CREATE TRIGGER "all_clients_changed" AFTER TRUNCATE ON "template_grants" EXECUTE FUNCTION "ardor_all_clients_changed" ();

INSERT INTO "client_changes" ("client_id", "changed")
SELECT "id", "ardor_next_client_change"() + row_number() OVER () FROM "clients";
