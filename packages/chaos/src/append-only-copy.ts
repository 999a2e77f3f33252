import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@ardor/runtime/wait-for';

/** Redis 7 and later keep a folder of files with a manifest, older versions a single file. */
const isAppendOnly = (name: string): boolean => name.startsWith('appendonly');

export interface AppendOnlyCopy {
  /** Replaces the data that are there now. The server must not run. */
  readonly putBack: () => Promise<void>;
}

/** Copies the append-only data of a running Redis. The last command in them may be torn. */
export async function copyAppendOnly(dataDir: string, copyDir: string): Promise<AppendOnlyCopy> {
  await waitFor(async () => {
    await rm(copyDir, { recursive: true, force: true });
    const before = await manifestOf(dataDir);
    await copyAll(dataDir, copyDir);
    // After a rewrite meanwhile the manifest would name files that were not copied.
    return before === (await manifestOf(dataDir));
  });
  return {
    putBack: async () => {
      for (const name of (await readdir(dataDir)).filter(isAppendOnly))
        await rm(join(dataDir, name), { recursive: true });
      await copyAll(copyDir, dataDir);
      await rm(copyDir, { recursive: true });
    },
  };
}

async function copyAll(from: string, to: string): Promise<void> {
  for (const name of (await readdir(from)).filter(isAppendOnly))
    await cp(join(from, name), join(to, name), { recursive: true });
}

const manifestOf = (dataDir: string): Promise<string> =>
  readFile(join(dataDir, 'appendonlydir', 'appendonly.aof.manifest'), 'utf8').catch(() => '');
