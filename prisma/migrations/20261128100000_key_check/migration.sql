-- Tells whether a process has the ARDOR_MASTER_KEY that the passcodes, numbers and payloads here were made with.
-- The first process that has a key writes it; it is a MAC, so it reveals nothing of the key.
CREATE TABLE "key_check" (
  "one" boolean PRIMARY KEY DEFAULT true CHECK ("one"),
  "value" bytea NOT NULL,
  "written_at" timestamptz(3) NOT NULL DEFAULT now()
);
