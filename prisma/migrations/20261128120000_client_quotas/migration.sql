-- What a client may use. NULL: the default of the ingress' settings. 0: no limit.
ALTER TABLE "clients"
  ADD COLUMN "sends_per_second" integer CHECK ("sends_per_second" >= 0),
  ADD COLUMN "sends_per_day" integer CHECK ("sends_per_day" >= 0),
  ADD COLUMN "queries_per_second" integer CHECK ("queries_per_second" >= 0),
  ADD COLUMN "country_cap_floor" integer CHECK ("country_cap_floor" >= 0);
