-- Whether messages that the limiter granted may still be stored: 'valid', 'epoch_ended' or 'too_late'. Holds the epoch until the
-- caller's transaction ends. It reads the clock after it has waited for the lock, and not the moment when the
-- transaction began: a statement that hung on its way here must not store what was granted long ago.
CREATE FUNCTION "ardor_check_permit" ("granted_in" text, "permit_ends_at" timestamptz) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  "current" text := "ardor_limiter_epoch"();
BEGIN
  RETURN CASE
    WHEN "current" <> "granted_in" THEN 'epoch_ended'
    WHEN clock_timestamp() > "permit_ends_at" THEN 'too_late'
    ELSE 'valid'
  END;
END $$;
