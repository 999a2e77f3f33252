/** The columns of Ardor's table, so that the store's client fits; no partitions, and no index but the key's. */
export const NAIVE_TABLE = `
  CREATE TYPE lane AS ENUM ('otp', 'notify', 'bulk');
  CREATE TYPE on_unknown AS ENUM ('wait', 'resend');
  CREATE TYPE message_status AS ENUM ('queuing', 'sending', 'uncertain', 'sent', 'delivered', 'error');
  CREATE TABLE messages (
    id uuid PRIMARY KEY,
    client_id text NOT NULL,
    template_id text NOT NULL,
    lane lane NOT NULL,
    status message_status NOT NULL,
    on_unknown on_unknown NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    chunk_id uuid NOT NULL,
    accepted_at timestamptz(3) NOT NULL DEFAULT now(),
    expires_at timestamptz(3) NOT NULL,
    due_at timestamptz(3) NOT NULL,
    fence uuid,
    worker uuid,
    uncertain_since timestamptz(3),
    sent_at timestamptz(3),
    final_at timestamptz(3),
    gateway text,
    carrier_id text,
    carrier_code text,
    reason text,
    phone_mac bytea NOT NULL,
    payload bytea
  )`;
