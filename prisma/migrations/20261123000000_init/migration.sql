CREATE TYPE "lane" AS ENUM ('otp', 'notify', 'bulk');
CREATE TYPE "on_unknown" AS ENUM ('wait', 'resend');
-- queuing, sending and uncertain are one word, queuing, to a client.
CREATE TYPE "message_status" AS ENUM ('queuing', 'sending', 'uncertain', 'sent', 'delivered', 'error');

CREATE TABLE "clients" (
  "id" text PRIMARY KEY,
  "name" text NOT NULL,
  "region" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "disabled_at" timestamptz(3)
);

CREATE TABLE "passcodes" (
  "id" text PRIMARY KEY,
  "client_id" text NOT NULL REFERENCES "clients" ("id"),
  "mac" bytea NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "revoked_at" timestamptz(3)
);
CREATE INDEX "passcodes_client_id_idx" ON "passcodes" ("client_id");

CREATE TABLE "templates" (
  "id" text PRIMARY KEY,
  "body" text NOT NULL,
  "lane" "lane" NOT NULL DEFAULT 'otp',
  "validity_seconds" integer NOT NULL CHECK ("validity_seconds" BETWEEN 1 AND 604800),
  "on_unknown" "on_unknown" NOT NULL DEFAULT 'wait',
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE "template_grants" (
  "client_id" text NOT NULL REFERENCES "clients" ("id"),
  "template_id" text NOT NULL REFERENCES "templates" ("id"),
  PRIMARY KEY ("client_id", "template_id")
);

-- No foreign keys: they would cost two look-ups for each accepted message, and clients and templates are never deleted.
CREATE TABLE "messages" (
  "id" uuid NOT NULL,
  "client_id" text NOT NULL,
  "template_id" text NOT NULL,
  "lane" "lane" NOT NULL,
  "status" "message_status" NOT NULL,
  "on_unknown" "on_unknown" NOT NULL,
  "attempts" integer NOT NULL DEFAULT 0,
  -- The queue's job that carries this message; adding it again is a no-op while the job is there.
  "chunk_id" uuid NOT NULL,
  -- When it was stored. Its number's slot was taken before that.
  "accepted_at" timestamptz(3) NOT NULL DEFAULT now(),
  "expires_at" timestamptz(3) NOT NULL,
  -- When recovery should look at the row: a stray (queuing), a claim's end (sending), a look-up (uncertain).
  "due_at" timestamptz(3) NOT NULL,
  -- Written by a claim; only its holder may settle.
  "fence" uuid,
  -- Who claimed it. A claim of a worker that is dead is taken back before its time.
  "worker" uuid,
  "uncertain_since" timestamptz(3),
  "sent_at" timestamptz(3),
  "final_at" timestamptz(3),
  "gateway" text,
  "carrier_id" text,
  "carrier_code" text,
  -- Why it failed or was last deferred: a word of the catalogue.
  "reason" text,
  "phone_mac" bytea NOT NULL,
  -- Number and text, sealed; erased as soon as no carrier needs them any more.
  "payload" bytea,
  PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- What recovery looks for, each by an index of its own: the cost of a look must not grow with the backlog.
CREATE INDEX "messages_due" ON "messages" ("due_at", "id") WHERE "status" = 'queuing';
CREATE INDEX "messages_expiring" ON "messages" ("expires_at") WHERE "status" IN ('queuing', 'uncertain');
CREATE INDEX "messages_uncertain" ON "messages" ("due_at") WHERE "status" = 'uncertain';
-- Only what is being sent at this moment: small, however long the backlog.
CREATE INDEX "messages_sending" ON "messages" ("worker") WHERE "status" = 'sending';
CREATE INDEX "messages_phone" ON "messages" ("phone_mac");

-- Takes what no day's partition does, so that no accepted message is refused for want of one.
CREATE TABLE "messages_default" PARTITION OF "messages" DEFAULT;

-- The smallest UUIDv7 of a UTC day: 48 bits of Unix milliseconds, then zeros.
CREATE FUNCTION "ardor_uuid_floor" ("day" date) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT rpad(lpad(to_hex((extract(epoch FROM "day")::bigint) * 1000), 12, '0'), 32, '0')::uuid
$$;

-- Makes a day's partition; false when it was there. ATTACH, unlike CREATE … PARTITION OF, lets reads and writes of
-- other partitions go on. Rows that had to go to the default partition are moved.
CREATE FUNCTION "ardor_ensure_partition" ("day" date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  "partition" text := 'messages_' || to_char("day", 'YYYYMMDD');
  "low" uuid := "ardor_uuid_floor"("day");
  "high" uuid := "ardor_uuid_floor"("day" + 1);
BEGIN
  IF to_regclass("partition") IS NOT NULL THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ardor.partitions'));
  -- Not to_regclass: it may answer from the session's cache, which waiting for an advisory lock does not refresh.
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

-- Drops the partitions of all days before `day`; returns how many.
CREATE FUNCTION "ardor_drop_partitions" ("day" date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  "partition" text;
  "dropped" integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ardor.partitions'));
  FOR "partition" IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = '"messages"'::regclass AND c.relname ~ '^messages_[0-9]{8}$'
      AND c.relname < 'messages_' || to_char("day", 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE %I', "partition");
    "dropped" := "dropped" + 1;
  END LOOP;
  RETURN "dropped";
END $$;

-- Receipts whose message is not known yet.
CREATE TABLE "parked_receipts" (
  "message_id" uuid PRIMARY KEY,
  "status" text NOT NULL,
  "carrier_id" text NOT NULL,
  "carrier_code" text,
  "received_at" timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX "parked_receipts_received_at_idx" ON "parked_receipts" ("received_at");

-- The workers that live: each says so once a second.
CREATE TABLE "workers" (
  "id" uuid PRIMARY KEY,
  "alive_until" timestamptz(3) NOT NULL
);

-- The limiter's epoch: begun anew when Redis has lost slots. A send that was granted in an earlier one is not stored.
CREATE TABLE "limiter_epoch" (
  "one" boolean PRIMARY KEY DEFAULT true CHECK ("one"),
  "epoch" text NOT NULL
);
INSERT INTO "limiter_epoch" ("epoch") VALUES ('none');

-- The epoch, held until the caller's transaction ends. Volatile, so that its SELECT sees what was committed while it
-- waited for the lock; a plain subquery would see the statement's older snapshot.
CREATE FUNCTION "ardor_limiter_epoch" () RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  "current" text;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('ardor.limiter_epoch'));
  SELECT "epoch" INTO "current" FROM "limiter_epoch";
  RETURN "current";
END $$;

-- Begins an epoch when every send that was granted before is either stored or will never be.
CREATE FUNCTION "ardor_begin_limiter_epoch" ("next" text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ardor.limiter_epoch'));
  UPDATE "limiter_epoch" SET "epoch" = "next";
END $$;

SELECT "ardor_ensure_partition"((now() AT TIME ZONE 'UTC')::date + n) FROM generate_series(0, 7) AS n;
