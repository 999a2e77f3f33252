-- Numbers that must not be sent to, by their MAC. An empty client_id stands for every client.
CREATE TABLE "suppressions" (
  "phone_mac" bytea NOT NULL,
  "client_id" text NOT NULL DEFAULT '',
  "reason" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("phone_mac", "client_id")
);
-- Each accepted message is looked up here. A look-up takes less time than in the index of the primary key.
CREATE INDEX "suppressions_phone_mac" ON "suppressions" USING hash ("phone_mac");

-- Whether a suppression holds for messages of a client. Its cost is not the true one: it keeps the planner from reading
-- the whole table for each message, which it would otherwise prefer up to a few hundred rows.
CREATE FUNCTION "ardor_suppression_holds" ("suppressed_client_id" text, "client_id" text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE COST 4000 AS $$
BEGIN
  RETURN "suppressed_client_id" IN ('', "client_id");
END $$;

-- Makes every session plan its INSERT again. A plan that was made for an empty table reads all of it for each message.
-- Only the owner of a table may analyze it, and suppressions are added by other roles too. A large table needs no such care:
-- once a plan uses the index it stays right.
CREATE FUNCTION "ardor_analyze_suppressions" () RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF (SELECT c."reltuples" < 1000 FROM pg_class c WHERE c."oid" = '"suppressions"'::regclass) THEN
    ANALYZE "suppressions";
  END IF;
END $$;
