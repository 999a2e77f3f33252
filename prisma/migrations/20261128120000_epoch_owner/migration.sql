-- Who began the limiter's epoch. All are NULL where a version before this one did.
ALTER TABLE "limiter_epoch"
  ADD COLUMN "redis_run_id" text,
  ADD COLUMN "redis_host" text,
  -- The key that marks the slots as complete: it names the queue prefix, the format of the slots and their scope.
  ADD COLUMN "mark" text,
  ADD COLUMN "begun_by" text,
  ADD COLUMN "begun_at" timestamptz(3) NOT NULL DEFAULT now();

-- When an ingress last said that it uses the epoch. A table of its own: it is written once a second, and each INSERT of
-- messages reads limiter_epoch. Old versions of a row stay as long as the oldest snapshot, and a backup holds one for hours.
CREATE TABLE "limiter_epoch_use" (
  "one" boolean PRIMARY KEY DEFAULT true CHECK ("one"),
  "epoch" text NOT NULL,
  "used_at" timestamptz(3) NOT NULL
);
INSERT INTO "limiter_epoch_use" ("epoch", "used_at") VALUES ('none', to_timestamp(0));

-- For versions before this one. They do not say who they are.
CREATE OR REPLACE FUNCTION "ardor_begin_limiter_epoch" ("next" text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ardor.limiter_epoch'));
  UPDATE "limiter_epoch" SET "epoch" = "next", "redis_run_id" = NULL, "redis_host" = NULL, "mark" = NULL,
    "begun_by" = NULL, "begun_at" = clock_timestamp();
END $$;

-- Begins an epoch when every send that was granted before is either stored or will never be. False when another ingress
-- has ended the expected epoch meanwhile.
CREATE FUNCTION "ardor_begin_limiter_epoch" (
  "next" text, "expected" text, "redis_run_id" text, "redis_host" text, "mark" text, "begun_by" text
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ardor.limiter_epoch'));
  UPDATE "limiter_epoch" SET "epoch" = $1, "redis_run_id" = $3, "redis_host" = $4, "mark" = $5, "begun_by" = $6,
    "begun_at" = clock_timestamp()
    WHERE "epoch" = $2;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE "limiter_epoch_use" SET "epoch" = $1, "used_at" = clock_timestamp();
  RETURN true;
END $$;
