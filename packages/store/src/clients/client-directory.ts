import type { ChangedClient, ClientRecord, ReadClients } from './read-clients.js';

/** All clients, in memory. A client that is not here is unknown: nothing is looked up for one request. */
export interface ClientDirectory {
  /** The client that has a passcode with this MAC (hex). */
  findByPasscodeMac(mac: string): ClientRecord | undefined;
  findById(id: string): ClientRecord | undefined;
  /** Grows whenever a record was added, replaced or removed. */
  readonly version: number;
  /** Reads what has changed. Calls at the same time share one read. Throws StoreError. */
  refresh(): Promise<void>;
  /** Undefined while the records are young enough. Else resolves when they are, or throws StoreError. */
  waitUntilFresh(): Promise<void> | undefined;
}

export interface ClientDirectoryOptions {
  readonly readClients: ReadClients;
  /** Records that were read longer ago are not used, in milliseconds. */
  readonly maxAgeMs: number;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** It is empty until the first `refresh`. */
export function createClientDirectory({ readClients, maxAgeMs, now }: ClientDirectoryOptions): ClientDirectory {
  let records = createRecords();
  let lastChange = 0;
  let version = 0;
  /** When the last successful read began: it may have missed what changed afterwards. */
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;

  const readAfter = async (after: number): Promise<void> => {
    const changed: ChangedClient[] = [];
    let page = await readClients(after);
    // Another database stands behind the address, or one that lost its last changes.
    if (page.latest < after) return readAfter(0);
    changed.push(...page.clients);
    while (page.more) {
      page = await readClients(page.last);
      changed.push(...page.clients);
    }
    if (after === 0) records = createRecords();
    for (const one of changed) records.replace(one);
    lastChange = page.last;
    if (changed.length > 0 || after === 0) version++;
  };
  const read = async (): Promise<void> => {
    const startedAt = now();
    await readAfter(lastChange);
    readAt = startedAt;
  };
  const refresh = (): Promise<void> =>
    (reading ??= read().finally(() => {
      reading = undefined;
    }));
  return {
    findByPasscodeMac: (mac) => records.byMac.get(mac),
    findById: (id) => records.byId.get(id),
    get version() {
      return version;
    },
    refresh,
    waitUntilFresh: () => {
      const oldest = now() - maxAgeMs;
      if (readAt >= oldest) return undefined;
      // A read that was on its way may have begun too early.
      return refresh().then(() => (readAt >= oldest ? undefined : refresh()));
    },
  };
}

function createRecords() {
  const byId = new Map<string, ClientRecord>();
  const byMac = new Map<string, ClientRecord>();
  return {
    byId,
    byMac,
    replace: ({ id, record }: ChangedClient): void => {
      for (const mac of byId.get(id)?.passcodeMacs ?? []) byMac.delete(mac);
      if (record) byId.set(id, record);
      else byId.delete(id);
      for (const mac of record?.passcodeMacs ?? []) byMac.set(mac, record as ClientRecord);
    },
  };
}
