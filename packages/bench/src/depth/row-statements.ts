import type { RowSpan } from './plan-rows.js';

/** A UUIDv7 of each time: milliseconds, version, and the random digits of a UUIDv4. */
const moments = ({ from, to, rows }: RowSpan): string => `
  SELECT n, to_timestamp(ms / 1000.0) AS at,
    (lpad(to_hex(ms), 12, '0') || '7' || substr(gen_random_uuid()::text, 16))::uuid AS id
  FROM (
    SELECT n, ${from}::bigint + n * ${to - from}::bigint / ${rows}::bigint AS ms
    FROM generate_series(0::bigint, ${rows - 1}::bigint) AS n
  ) AS numbered`;

/** A message that the ingress stored, so that the values have the size and kind of real ones. */
const sample = (id: string): string =>
  `(SELECT client_id, template_id, lane, on_unknown, phone_mac FROM messages WHERE id = '${id}') AS sample`;

/** Messages that have ended: most were delivered, a tenth got no receipt, one in fifty was refused. */
export const historyRows = (span: RowSpan, sampleId: string): string => `
  INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, attempts, chunk_id, accepted_at, expires_at,
    due_at, worker, sent_at, final_at, gateway, carrier_id, carrier_code, reason, phone_mac)
  SELECT id, client_id, template_id, lane, status, on_unknown, 1, id, at, at + interval '2 minutes',
    at + interval '1 second', '00000000-0000-4000-8000-00000000000b',
    CASE WHEN status <> 'error' THEN at + interval '1 second' END,
    CASE WHEN status = 'error' THEN at + interval '1 second' WHEN status = 'delivered' THEN at + interval '4 seconds' END,
    'simulator', CASE WHEN status <> 'error' THEN id::text END, CASE WHEN status = 'error' THEN '21' END,
    CASE WHEN status = 'error' THEN 'rejected' END, phone_mac
  FROM (
    SELECT *, CASE WHEN n % 50 = 1 THEN 'error' WHEN n % 10 = 0 THEN 'sent' ELSE 'delivered' END::message_status AS status
    FROM (${moments(span)}) AS moments
  ) AS ended, ${sample(sampleId)}`;

/** Creates the partitions of a span's days, also of days that the worker's maintenance no longer creates. */
export const partitionsOf = ({ from, to }: Pick<RowSpan, 'from' | 'to'>): string => `
  SELECT ardor_create_partition(day::date) FROM generate_series(
    (to_timestamp(${from / 1_000}) AT TIME ZONE 'UTC')::date, (to_timestamp(${(to - 1) / 1_000}) AT TIME ZONE 'UTC')::date,
    interval '1 day') AS day`;
