-- Where a client may send. No country: its own region only. 'any': every country. No prefix: all numbers of the countries.
ALTER TABLE "clients"
  ADD COLUMN "countries" text[] NOT NULL DEFAULT '{}',
  ADD COLUMN "prefixes" text[] NOT NULL DEFAULT '{}' CHECK (cardinality("prefixes") <= 100);
