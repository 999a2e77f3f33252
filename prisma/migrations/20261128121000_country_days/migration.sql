-- What clients usually send to a country: the highest hour of each day of UTC. The country caps are learned from it (docs/adr/0024).
CREATE TABLE "country_days" (
  "client_id" text NOT NULL,
  -- ISO 3166-1 alpha-2, or the calling code with a plus where a number has no country.
  "country" text NOT NULL,
  "day" date NOT NULL,
  -- The hour of the last send, 0..23, and the sends of that hour so far.
  "hour" smallint NOT NULL,
  "sends" integer NOT NULL,
  "highest_hour" integer NOT NULL,
  PRIMARY KEY ("client_id", "country", "day")
);
CREATE INDEX "country_days_day_idx" ON "country_days" ("day");
